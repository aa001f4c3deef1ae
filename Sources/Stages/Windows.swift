package import Artifacts
import Sequences

/// Cuts genomes into windows and splits them by region.
package enum Windows: Stage {
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
        "max-unknown", .int(0...1_000_000), default: .int(0), neutral: .int(0), unit: "letters",
        help: "Longest run of unknown letters (N) that a window may hold; longer ones are gaps."),
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
}
