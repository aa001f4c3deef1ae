import Wording

/// The text of predictions: one row for each row of a split, with its label and what the model says.
///
/// Columns by kind of label. One class: `label`, `predicted` and, of two classes, `score:CLASS`, the log-odds of the
/// second or, of up to 64, of each the probability. Sets, with `;` between classes: `labels`, `predicted`,
/// `score:CLASS`, logits. Values: `value`, `predicted`. Letters: `letters`, `predicted`, with a class for each letter
/// that is read, and `.` for one that is not measured. Where a class has this sign, the name of the first column states
/// another one, as `letters:-`.
package struct PredictionTable: Sendable {
  /// The columns, and the fields of each row.
  package let header: [String]
  package let rows: [[String]]

  /// - Parameters:
  ///   - classes: the names of the classes, by number; empty for values.
  package init(_ predictions: any Measurable, classes: [String]) {
    switch predictions {
    case let known as Predictions:
      let scores = known.measuredClasses == 0 ? [] : known.scores
      let names = scores.isEmpty ? [] : classes.suffix(scores.count).map { "score:" + $0 }
      header = ["label", "predicted"] + names
      rows = known.labels.indices.map { row in
        [classes[known.labels[row]], classes[known.predicted[row]]] + scores.map { Self.text($0[row]) }
      }
    case let known as SetPredictions:
      let column = LabelColumn("labels", classes: classes)
      let set = { (members: [Int]) in members.map { classes[$0] }.joined(separator: column.sign) }
      header = [column.name, "predicted"] + classes.map { "score:" + $0 }
      rows = (0..<known.rows).map { row in
        [set(known.members(row)), set(known.predicted(row))] + known.scores(row).map(Self.text)
      }
    case let known as Regression:
      header = ["value", "predicted"]
      rows = zip(known.targets, known.predicted).map { ["\($0)", Self.text($1)] }
    case let known as TokenPredictions:
      let column = LabelColumn("letters", classes: classes)
      let letters = { (numbers: [Int]) in numbers.map { $0 < 0 ? column.sign : classes[$0] }.joined() }
      header = [column.name, "predicted"]
      rows = zip(known.labels, known.predicted).map { [letters($0), letters($1)] }
    default: preconditionFailure("predictions of an unknown kind")
    }
  }

  /// The shortest digits that are read as the same number: fewer would make ties.
  private static func text(_ value: Double) -> String { "\(value)" }
}

extension PredictionTable {
  /// Rows that are no predictions.
  package struct Fault: Error, Sendable, CustomStringConvertible {
    /// From 0; nil for the header.
    package let row: Int?
    package let description: String
  }

  /// The classes of all rows of a file, in the order of their numbers.
  package static func classes(_ header: [String], _ rows: [[String]]) -> [String] {
    let scored = header.dropFirst(2).map { String($0.dropFirst("score:".count)) }
    let column = LabelColumn(header.first ?? "")
    switch column.kind {
    case "label":
      let found = Set(rows.flatMap { $0.prefix(2) })
      if scored.count > 1 { return scored }
      // One column of scores is of the second of two classes.
      let others = found.subtracting(scored).sorted()
      return scored.isEmpty ? others : (others.isEmpty ? [""] : others) + scored
    case "labels": return scored
    case "letters":
      let letters = Set(rows.flatMap { $0.prefix(2) }.joined()).subtracting([Character(column.sign)])
      return letters.map(String.init).sorted { $0.precedesInBytes($1) }
    default: return []
    }
  }

  /// Reads the fields of rows, of which each has as many as the header.
  /// - Parameter names: the classes, as `classes` gives them for all splits together.
  package static func read(
    _ header: [String], _ rows: [[String]], classes names: [String]
  ) throws(Fault) -> any Measurable {
    let scores = header.dropFirst(2)
    guard let first = header.first, header.dropFirst().first == "predicted" else {
      throw Fault(row: nil, description: "no columns 'label' (or 'labels', 'value', 'letters') and 'predicted'")
    }
    let column = LabelColumn(first)
    var numbers: [[Double]] = []
    for (index, row) in rows.enumerated() {
      var values: [Double] = []
      for text in first == "value" ? row[...] : row.dropFirst(2) {
        guard let value = Double(text), value.isFinite else {
          throw Fault(row: index, description: "'\(text)' is no finite number")
        }
        values.append(value)
      }
      numbers.append(values)
    }
    switch column.kind {
    case "value": return Regression(predicted: numbers.map { $0[1] }, targets: numbers.map { $0[0] })
    case "label":
      guard scores.count != 2, scores.count != 1 || names.count == 2 else {
        throw Fault(
          row: nil, description: "of two classes the scores are of the second alone: one column 'score:CLASS'")
      }
      let labels = try Self.numbers(rows, 0, names), predicted = try Self.numbers(rows, 1, names)
      let columns = scores.indices.map { column in numbers.map { $0[column - 2] } }
      return Predictions(
        labels: labels, predicted: predicted, classes: max(2, names.count), scores: columns)
    case "labels":
      var sets: [[[Int]]] = [[], []]
      for side in 0..<2 {
        for (index, row) in rows.enumerated() {
          let parts = column.classes(row[side])
          let members = parts.compactMap { names.firstIndex(of: $0) }
          guard members.count == parts.count else {
            throw Fault(row: index, description: "'\(row[side])' has a class without a column 'score:CLASS'")
          }
          sets[side].append(members)
        }
      }
      return SetPredictions(logits: Array(numbers.joined()), labels: sets[0], classes: names.count, predicted: sets[1])
    case "letters":
      let classes = Dictionary(uniqueKeysWithValues: zip(names.map { Character($0) }, names.indices))
      let sign = Character(column.sign)
      for (index, row) in rows.enumerated() where row[0].count != row[1].count || row[1].contains(sign) {
        throw Fault(row: index, description: "'predicted' must have a class for each of 'letters'")
      }
      let read = { (column: Int) in rows.map { $0[column].map { classes[$0] ?? -1 } } }
      return TokenPredictions(labels: read(0), predicted: read(1), classes: names.count)
    default: throw Fault(row: nil, description: "the first column is '\(first)'")
    }
  }

  private static func numbers(_ rows: [[String]], _ column: Int, _ names: [String]) throws(Fault) -> [Int] {
    let classes = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    var numbers: [Int] = []
    for (index, row) in rows.enumerated() {
      guard let number = classes[row[column]] else {
        throw Fault(row: index, description: "'\(row[column])' has no column 'score:\(row[column])'")
      }
      numbers.append(number)
    }
    return numbers
  }
}
