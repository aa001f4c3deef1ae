package import Artifacts
package import Intervals
import Sequences

/// Intervals out of an artifact: a BED or a GFF file.
package struct IntervalSource {
  private let artifact: any InputArtifact
  private let path: InputFormat.Path

  /// The formats `bed` and `gff` of inputs of the kind `intervals`.
  package static let formats: [InputFormat] = [
    format(
      "bed", [], "Intervals in BED, from 0 without the end; narrowPeak with its summits. Plain or compressed.",
      example: """
        peaks: { path: chip/peaks.narrowPeak.gz, kind: intervals, format: bed }
        """),
    format(
      "gff", [InputOption("type", .list, help: "Features that are read, as CDS; by default all.")],
      "Features in GFF3 or GTF, from 1 with the end. Plain or compressed.",
      example: """
        genes: { path: annotation.gff3.gz, kind: intervals, format: gff, options: { type: CDS } }
        """),
  ]

  package init(_ artifact: any InputArtifact, path: @escaping InputFormat.Path) {
    self.artifact = artifact.reference.options["member"].map { ZipMember(artifact, $0, path) } ?? artifact
    self.path = path
  }

  /// Calls `body` with each interval. Findings about the content are a `StageFailure`.
  package func forEach(label: String?, _ body: (GenomicInterval) throws -> Void) throws {
    do { try read(label: label, body) } catch let findings as SequenceFindings {
      throw StageFailure(code: "bad-data", "\(findings)")
    }
  }

  /// Calls `body` with each interval. Throws `SequenceFindings` about the content.
  private func read(label: String?, _ body: (GenomicInterval) throws -> Void) throws {
    let types = (artifact.reference.options["type"] ?? "").split(separator: ",")
    let options = IntervalOptions(
      layout: IntervalOptions.Layout(rawValue: artifact.reference.format) ?? .bed,
      types: Set(types.map { String($0.filter { $0 != " " }) }), label: label)
    var reader = IntervalReader(file: path(""), options: options)
    try artifact.forEachChunk("") { chunk in
      try reader.push(chunk, body)
      return true
    }
    try reader.finish(body)
    try reader.findings.check()
  }

  private static func format(
    _ name: String, _ options: [InputOption], _ help: String, example: String
  ) -> InputFormat {
    InputFormat(
      name: name, kind: .intervals, options: [ZipMember.option] + options, help: help, example: example
    ) { artifact, path in
      do {
        try IntervalSource(artifact, path: path).read(label: nil) { _ in }
        return []
      } catch let findings as SequenceFindings {
        return SequenceFormats.problems(findings)
      } catch let failure as StageFailure { return [InputProblem(failure.message)] }
    }
  }
}

/// A genome as its records, one in memory at a time, with the case of their letters.
package struct Genome {
  private let sources: [SequenceSource]

  /// The genome of one or several files, read one after the other.
  package init(_ artifacts: [any InputArtifact]) throws {
    sources = artifacts.enumerated().map { index, artifact in
      SequenceSource(
        artifact, path: SequenceSource.names(at: PortPlace("genome", index + 1).name), alphabet: .dna, rows: 0,
        keepsCase: true
      ) { _ in }
    }
    for source in sources where source.reading.alphabet != .dna {
      throw StageFailure(code: "other-alphabet", "'\(source.name)' states the alphabet protein; a genome is of DNA")
    }
  }

  /// Calls `body` with the number of each record, its name and its letters.
  package func forEach(_ body: (_ index: Int, _ name: String, _ letters: UnsafeBufferPointer<UInt8>) throws -> Void)
    throws
  {
    var index = 0
    for source in sources {
      try source.forEach { record, _ in
        try record.sequence.withUnsafeBufferPointer { try body(index, record.name, $0) }
        index += 1
      }
    }
  }
}
