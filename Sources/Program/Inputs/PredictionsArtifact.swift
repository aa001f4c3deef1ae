package import Artifacts
package import Labelled
package import Rankings
import Sequences
import Wording

/// The `predictions` artifact: a TSV with the columns split, row (from 1), sequence (its `SequenceName`; of a pair
/// both, with a comma between), and those of a `PredictionTable`.
package struct PredictionsArtifact {
  /// One split as a model predicts it.
  package struct Split {
    /// Stands for the rows and their labels: two models with equal ones were measured on the same rows.
    package let rows: String
    /// The hash of each row, in hexadecimal digits; of a pair both.
    package let sequences: [String]
    package let predictions: any Measurable
    /// The sequences of rows that are pairs.
    package var partners: Partners? { PredictionsArtifact.partners(sequences) }
  }

  /// By name: hold-out, dev, test.
  package let splits: [String: Split]
  /// The names of the classes, by number; none for values.
  package let classes: [String]

  /// Writes the predictions of splits to the port `predictions`, each beside the records that were predicted.
  package static func write(
    _ splits: [(name: String, records: [LabelledRecord], predictions: any Measurable)], classes: [String],
    _ context: StageContext
  ) throws {
    try write(
      splits.map { ($0.name, $0.records.map { SequenceName.of($0) }, $0.predictions) }, classes: classes, context)
  }

  /// The sequences of records that are pairs; nil for others.
  package static func partners(_ records: [LabelledRecord]) -> Partners? {
    partners(records.map { SequenceName.of($0) })
  }

  private static func partners(_ names: [String]) -> Partners? {
    let pairs = names.compactMap { name -> (String, String)? in
      let parts = name.split(separator: ",", omittingEmptySubsequences: false)
      let isPair = parts.count == 2 && parts.allSatisfy { $0.utf8.count == 16 && $0.allSatisfy(\.isHexDigit) }
      return isPair ? (String(parts[0]), String(parts[1])) : nil
    }
    return names.isEmpty || pairs.count < names.count ? nil : Partners(pairs)
  }

  /// Writes the predictions of splits beside the names of their sequences.
  package static func write(
    _ splits: [(name: String, sequences: [String], predictions: any Measurable)], classes: [String],
    _ context: StageContext
  ) throws {
    var output: DelimitedOutput?
    for split in splits {
      let table = PredictionTable(split.predictions, classes: classes)
      let open =
        try output
        ?? DelimitedOutput(
          context.outputs.create("predictions", ""), .tab, header: ["split", "row", "sequence"] + table.header)
      output = open
      for (row, (sequence, fields)) in zip(split.sequences, table.rows).enumerated() {
        try open.add(([split.name, String(row + 1), sequence] + fields).map { Array($0.utf8) })
      }
    }
    try output?.close()
  }

  /// Reads what `write` wrote, or an own stage. Throws `StageFailure` for other bytes.
  /// - Parameter only: the split that is kept; nil keeps all.
  package init(_ artifact: any InputArtifact, only: String? = nil) throws {
    var reader = DelimitedReader(file: "predictions", delimiter: UInt8(ascii: "\t"))
    var rows: [(line: Int, fields: [String])] = []
    let emit = { (row: DelimitedRow) in
      rows.append((row.places[0].line, row.fields.map { String(decoding: $0, as: UTF8.self) }))
      return true
    }
    try artifact.forEachChunk("") { chunk in
      reader.push(chunk, emit)
      return !reader.isDone
    }
    reader.finish(emit)
    let fault = { (line: Int, text: String) in
      StageFailure(code: "bad-predictions", "predictions, line \(line): \(text)")
    }
    if let error = reader.findings.errors.first { throw fault(error.line ?? 1, error.message) }
    guard let header = rows.first?.fields, header.prefix(3) == ["split", "row", "sequence"], header.count > 4 else {
      throw fault(1, "the columns must be split, row, sequence, a label and what is predicted")
    }
    if let short = rows.first(where: { $0.fields.count != header.count }) {
      throw fault(short.line, "\(short.fields.count) fields, and \(header.count) columns")
    }
    let columns = Array(header.dropFirst(3))
    classes = PredictionTable.classes(columns, rows.dropFirst().map { Array($0.fields.dropFirst(3)) })
    var splits: [String: Split] = [:]
    for (name, own) in Dictionary(grouping: rows.dropFirst(), by: { $0.fields[0] })
    where only == nil || only == name {
      let labels = own.map { $0.fields[2] + " " + $0.fields[3] }.joined(separator: "\n")
      do throws(PredictionTable.Fault) {
        splits[name] = Split(
          rows: Digest.of(Array(labels.utf8)).hex, sequences: own.map { $0.fields[2] },
          predictions: try PredictionTable.read(
            columns, own.map { Array($0.fields.dropFirst(3)) }, classes: classes))
      } catch { throw fault(error.row.map { own[$0].line } ?? 1, error.description) }
    }
    // A header alone is checked too.
    do throws(PredictionTable.Fault) { _ = try PredictionTable.read(columns, [], classes: classes) } catch {
      throw fault(1, error.description)
    }
    self.splits = splits
  }
}

extension ArtifactKind {
  /// A table of what a model says of each row of a task.
  package static let predictions = ArtifactKind("predictions")
}
