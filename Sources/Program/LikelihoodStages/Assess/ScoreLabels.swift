import Artifacts
import Labelled

/// Labels of names: numbers, or one of two classes.
struct ScoreLabels {
  /// By name.
  private(set) var values: [String: Double] = [:]
  let isBinary: Bool
  /// Whether names that have no label are of the class 0.
  let isList: Bool
  /// Rows without a label, and rows of a name that an earlier one has.
  private(set) var empty = 0
  private(set) var repeated = 0

  /// A list of the names of class 1, a line each; lines that begin with # say nothing.
  init(list artifact: any InputArtifact) throws {
    let text = String(decoding: try artifact.bytes(try artifact.names.first ?? ""), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      let name = trimmed(String(line.prefix { $0 != "\t" }))
      if name.isEmpty || name.hasPrefix("#") { continue }
      if values.updateValue(1, forKey: name) != nil { repeated += 1 }
    }
    (isBinary, isList) = (true, true)
  }

  /// A table of names and labels: 0 and 1, or false and true, or the class `positive` and any other; else numbers. The
  /// first row of a name counts.
  init(_ artifact: any InputArtifact, name: String, label: String, positive: String) throws {
    let table = try ColumnTable(artifact, port: "labels", columns: [name, label])
    let rows = table.rows.map { (name: trimmed($0[0]), label: trimmed($0[1])) }
    let known = rows.filter { !$0.label.isEmpty && !["na", "nan"].contains($0.label.lowercased()) }
    empty = rows.count - known.count
    let words = ["true": 1.0, "false": 0, "1": 1, "0": 0, "1.0": 1, "0.0": 0]
    let areTruths = known.allSatisfy { words[$0.label.lowercased()] != nil }
    (isBinary, isList) = (!positive.isEmpty || areTruths, false)
    for row in known {
      let value: Double?
      if !positive.isEmpty {
        value = row.label == positive ? 1 : 0
      } else {
        value = areTruths ? words[row.label.lowercased()] : Double(row.label).flatMap { $0.isFinite ? $0 : nil }
      }
      guard let value else {
        throw StageFailure(
          code: "bad-label",
          "the label of `\(row.name)` is `\(row.label)`, no number; of classes state the one that is 1 in 'positive'")
      }
      if values[row.name] == nil { values[row.name] = value } else { repeated += 1 }
    }
  }
}
