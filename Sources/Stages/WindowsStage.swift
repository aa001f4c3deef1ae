package import Artifacts
import Sequences

/// Cuts genomes into windows and splits them by region.
package enum WindowsStage: Stage {
  package static let declaration = StageDeclaration(
    name: "windows", version: 1,
    summary: "Cut genomes into windows and split them by region into train and held-out.",
    parameters: [
      Parameter(
        "length", .int(1...1_000_000), default: .int(512), neutral: .int(512), unit: "letters",
        help: "Length of a window."),
      Parameter(
        "step", .int(1...1_000_000), default: .int(256), neutral: .int(256), unit: "letters",
        help: "Distance between the starts of neighbouring windows."),
      Parameter(
        "held-out", .float(0...0.9), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Part of each record, at its end, whose windows are held out. No letter is in both splits."),
      Parameter(
        "min-gap", .int(1...1_000_000), default: .int(1), neutral: .int(1), unit: "letters",
        help: "Shortest run of unknown letters (N) that is a gap; no window holds a gap."),
      .alphabet, .rows("records"),
    ],
    inputs: [InputPort("sequences", [.sequences], help: "Genomes or other long sequences.")],
    outputs: [
      OutputPort("sequences", .sequences, .tree, help: "The windows: train.fasta and held-out.fasta.")
    ],
    example: """
      windows:
        stage: windows
        with: { length: 512, step: 256, held-out: 0.2 }
        in: { sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    let source = try SequenceSource("sequences", context)
    guard try !source.isSplit else {
      throw StageFailure(code: "already-split", "the sequences are split into train and held-out already")
    }
    let alphabet = source.reading.alphabet
    let windows = Windows(
      length: context.int("length"), step: context.int("step"), maximumUnknown: context.int("min-gap"),
      split: .tail(fraction: context.float("held-out")), alphabet: alphabet)
    let train = FASTAOutput(try context.outputs.create("sequences", SequenceSource.train))
    let heldOut = FASTAOutput(try context.outputs.create("sequences", SequenceSource.heldOut))
    var index = 0
    try source.forEach { record, _ in
      for window in windows.cut(record, record: index) {
        let name = Windows.name(record.name, window)
        try (window.isHeldOut ? heldOut : train).add(name, record.sequence[window.start..<window.end])
      }
      index += 1
    }
    try train.close()
    try heldOut.close()
    guard train.count > 0 else {
      throw StageFailure(
        code: "no-windows",
        "no window of \(windows.length) letters fits into the \(index) records; take a smaller 'length'")
    }
  }
}
