import Artifacts
import Sequences

/// The formats that inputs of a pipeline may have.
enum SequenceFormats {
  static let all: [InputFormat] = [
    format("fasta", .sequences, several, "FASTA, plain or compressed with gzip or zstd."),
    format("csv", .sequences, columns, "Comma-separated values with a header."),
    format("tsv", .sequences, columns, "Tab-separated values with a header."),
    format(
      "gue", .labelledSequences, files: LabelledReader.files, columns + LabelledFormat.columns + LabelledFormat.common,
      "A folder with train.csv, dev.csv and test.csv, as in the GUE benchmark."),
    labelled("csv", columns + LabelledFormat.columns, "Labelled sequences in comma-separated values."),
    labelled("tsv", columns + LabelledFormat.columns, "Labelled sequences in tab-separated values."),
    labelled("fasta", LabelledFormat.words, "Sequences whose FASTA headers hold labels."),
  ]

  private static let alphabet = InputOption(
    "alphabet", .choice(Alphabet.allCases.map(\.rawValue)),
    help: "Letters that sequences are made of; by default what the stage that reads them says.")
  private static let columns = [
    InputOption("sequence", default: "sequence", help: "Name of the column of sequences."),
    InputOption("name", help: "Name of the column of names."),
  ]
  private static let several = [
    InputOption("files", .files, help: "Files of a folder; without, the input is one file.")
  ]

  private static func labelled(_ name: String, _ options: [InputOption], _ help: String) -> InputFormat {
    format(name, .labelledSequences, options + LabelledFormat.common + LabelledFormat.fileOptions, help)
  }

  private static func format(
    _ name: String, _ kind: ArtifactKind, files: [String] = [], _ options: [InputOption], _ help: String
  ) -> InputFormat {
    InputFormat(
      name: name, kind: kind, files: files, options: [alphabet, ZipMember.option] + options, help: help,
      rules: { stated in kind == .labelledSequences ? LabelledFormat.problems(stated) : [] }, findings: read)
  }

  /// Reads a whole input, and returns what is wrong with its content.
  @Sendable private static func read(
    _ artifact: any InputArtifact, _ path: @escaping InputFormat.Path
  ) throws -> [InputProblem] {
    let source = SequenceSource(artifact, path: path, alphabet: .dna, rows: 0) { _ in }
    do {
      var count = 0
      try source.read { _, _ in count += 1 }
      return count == 0 ? [InputProblem("\(path("")): there are no sequences in it")] : []
    } catch let findings as SequenceFindings {
      return problems(findings)
    } catch let failure as StageFailure {
      return failure.message.split(separator: "\n").map { InputProblem(String($0)) }
    }
  }

  private static func problems(_ findings: SequenceFindings) -> [InputProblem] {
    let lines = findings.lines { text in
      text.hasSuffix("is this a protein?") ? text + " Then state options: { alphabet: protein }" : text
    }
    return lines.map { InputProblem($0.text, option: $0.option, isWarning: $0.isWarning, count: $0.count) }
  }
}
