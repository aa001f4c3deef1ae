import Artifacts
import Sequences

/// The formats that inputs of a pipeline may have.
enum SequenceFormats {
  static let all: [InputFormat] = [
    format("fasta", .sequences, files: ["files"], several, "FASTA, plain or compressed with gzip or zstd."),
    format("csv", .sequences, columns, "Comma-separated values with a header."),
    format("tsv", .sequences, columns, "Tab-separated values with a header."),
    format(
      "gue", .labelledSequences, fixed: LabelledReader.files, columns + LabelledFormat.pairs + LabelledFormat.common,
      "A folder with train.csv, dev.csv and test.csv, as in the GUE benchmark."),
    labelled("csv", columns + LabelledFormat.pairs, "Labelled sequences in comma-separated values."),
    labelled("tsv", columns + LabelledFormat.pairs, "Labelled sequences in tab-separated values."),
    labelled("fasta", [], "Sequences whose FASTA headers hold labels."),
  ]

  private static let columns = [
    ("sequence", "Name of the column of sequences."), ("name", "Name of the column of names."),
  ]
  private static let several = [("files", "Files of a folder, parted by commas; without, the input is one file.")]

  private static func labelled(_ name: String, _ options: [(String, String)], _ help: String) -> InputFormat {
    format(
      name, .labelledSequences, files: LabelledFormat.files,
      options + LabelledFormat.common + LabelledFormat.fileHelp, help)
  }

  private static func format(
    _ name: String, _ kind: ArtifactKind, fixed: [String] = [], files: [String] = [], _ options: [(String, String)],
    _ help: String
  ) -> InputFormat {
    let options =
      [(name: "alphabet", help: "dna or protein."), ZipMember.option] + options.map { (name: $0.0, help: $0.1) }
    return InputFormat(
      name: name, kind: kind, files: fixed, fileOptions: files, options: options, help: help
    ) { artifact, path in
      let unknown = artifact.reference.options.keys.filter { key in !options.contains { $0.name == key } }.sorted()
      if !unknown.isEmpty {
        let known = options.map(\.name).sorted().joined(separator: ", ")
        return unknown.map { "\(path("")): format '\(name)' has no option `\($0)`; it has \(known)" }
      }
      let source = SequenceSource(artifact, path: path, alphabet: .dna, rows: 0) { _ in }
      do {
        var count = 0
        try source.forEach { _, _ in count += 1 }
        return count == 0 ? ["\(path("")): there are no sequences in it"] : []
      } catch let failure as StageFailure {
        return failure.message.split(separator: "\n").map { line in
          line.hasSuffix("is this a protein?") ? line + " Then state options: { alphabet: protein }" : String(line)
        }
      }
    }
  }
}
