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
    inputs: [
      InputPort(
        "sequences", [.sequences, .labelledSequences], acceptsSeveral: true,
        help: "Genomes or other long sequences; of labelled sequences only train, and dev as held-out.")
    ],
    outputs: [
      OutputPort("sequences", .sequences, .tree, help: "The windows: train.fasta and held-out.fasta.")
    ],
    rules: [.statedAlphabet(of: "sequences"), .windowStep],
    example: """
      windows:
        stage: windows
        with: { length: 512, step: 256, held-out: 0.2 }
        in: { sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    let corpus = try Corpus(context)
    guard try !corpus.sources.contains(where: { try $0.isSplit }) else {
      throw StageFailure(code: "already-split", "the sequences are split into train and held-out already")
    }
    let cut = { (split: Windows.Split) in
      Windows(
        length: context.int("length"), step: context.int("step"), maximumUnknown: context.int("min-gap"),
        split: split, alphabet: corpus.alphabet)
    }
    let (windows, whole) = (cut(.tail(fraction: context.float("held-out"))), cut(.none))
    let train = FASTAOutput(try context.outputs.create("sequences", SequenceSource.train))
    let heldOut = FASTAOutput(try context.outputs.create("sequences", SequenceSource.heldOut))
    var index = 0
    try corpus.forEach { record, isHeldOut in
      for window in (isHeldOut == nil ? windows : whole).cut(record, record: index) {
        let name = Windows.name(record.name, window)
        try (isHeldOut ?? window.isHeldOut ? heldOut : train).add(name, record.sequence[window.start..<window.end])
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
