package import ArgumentParser
import Artifacts
import Console
import Glibc
package import Inputs
package import Sequences
import Stores

/// Options on a file of sequences that no pipeline names.
package struct SequenceFileOptions: ParsableArguments {
  package init() {}

  @Option(help: "The format: fasta, csv, tsv or text. Default: as the file's name ends.") package var format: String?
  @Option(help: "The column of sequences of a table.") package var sequence = "sequence"
  @Option(help: "The column of names of a table; without, rows are numbered.") package var name: String?

  private static let endings = [
    "fa": "fasta", "fasta": "fasta", "fna": "fasta", "ffn": "fasta", "faa": "fasta", "frn": "fasta", "csv": "csv",
    "tsv": "tsv", "tab": "tsv", "txt": "text",
  ]

  /// The file as a source of sequences, which is read piece by piece; it may be compressed. Warnings go to standard
  /// error.
  package func source(_ path: String, _ alphabet: Alphabet) throws -> SequenceSource {
    var options: [String: String] = [:]
    let format = try format ?? guess(path)
    if format == "csv" || format == "tsv" {
      options["sequence"] = sequence
      options["name"] = name
    }
    if format == "text" { options["record"] = "line" }
    options["alphabet"] = alphabet.rawValue
    let reference = ArtifactReference(
      kind: .sequences, format: format, options: options, layout: .file, digest: .of([]), size: 0)
    return SequenceSource(
      InputFiles(reference, [("", path)], member: nil), path: { _ in path }, alphabet: alphabet, rows: 0
    ) { if case .warning(let text) = $0 { Terminal.complain("warning: \(text)") } }
  }

  /// Throws a `Complaint` for a file that cannot be read, or whose format is not known: before anything is made for it.
  package func check(_ path: String) throws {
    if format == nil { _ = try guess(path) }
    guard access(path, R_OK) == 0 else {
      throw Complaint.failure("cannot read '\(path)': \(String(cString: strerror(errno)))")
    }
  }

  private func guess(_ path: String) throws -> String {
    var parts = path.split(separator: ".").dropFirst().map { $0.lowercased() }
    if let last = parts.last, ["gz", "zst", "bgz"].contains(last) { parts.removeLast() }
    guard let ending = parts.last, let format = Self.endings[ending] else {
      throw Complaint.usage(
        "the name of '\(path)' does not tell its format: say it with --format fasta, csv, tsv or text")
    }
    return format
  }

  package func validate() throws {
    if let format, !Self.endings.values.contains(format) {
      throw ValidationError("--format takes fasta, csv, tsv or text, not '\(format)'")
    }
  }
}
