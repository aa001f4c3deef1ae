import Artifacts
import Sequences

/// The formats that inputs of a pipeline may have.
enum SequenceFormats {
  static let all: [InputFormat] = [
    format("fasta", .sequences, [], [], "FASTA, plain or compressed with gzip or zstd."),
    format("csv", .sequences, [], columns, "Comma-separated values with a header."),
    format("tsv", .sequences, [], columns, "Tab-separated values with a header."),
    format(
      "gue", .labelledSequences, LabelledReader.files, columns + [("label", "Name of the column of labels.")],
      "A folder with train.csv, dev.csv and test.csv, as in the GUE benchmark."),
  ]

  private static let columns = [
    ("sequence", "Name of the column of sequences."), ("name", "Name of the column of names."),
  ]

  private static func format(
    _ name: String, _ kind: ArtifactKind, _ files: [String], _ options: [(String, String)], _ help: String
  ) -> InputFormat {
    InputFormat(
      name: name, kind: kind, files: files,
      options: [("alphabet", "dna or protein.")] + options.map { (name: $0.0, help: $0.1) }, help: help
    ) { artifact, path in
      let source = SequenceSource(artifact, name: path, alphabet: .dna, rows: 0) { _ in }
      do {
        var count = 0
        try source.forEach { _, _ in count += 1 }
        return count == 0 ? ["\(path): there are no sequences in it"] : []
      } catch let failure as StageFailure {
        return failure.message.split(separator: "\n").map { line in
          line.hasSuffix("is this a protein?") ? line + " Then state options: { alphabet: protein }" : String(line)
        }
      }
    }
  }
}
