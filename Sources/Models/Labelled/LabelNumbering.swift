import Sequences
import Wording

/// The classes of a task, from the labels of train, and labels as numbers.
///
/// Labels that are the integers from 0 up to the largest are class numbers. Other integers are names of classes, in
/// their order, and other labels, the members of sets and the letters of labels are names in the order of their UTF-8
/// bytes. A label of dev or test that train has not is an error, or its rows are left out; or it is a class too.
struct LabelNumbering {
  let classes: [String]
  private(set) var notes: [String] = []
  /// Sizes of values: their squares, and those of a model's predictions, are numbers too.
  private static let range = 1e-100...1e100
  private let options: LabelledOptions
  private let numbers: [String: Int]
  /// The name of train in messages.
  private let train: String
  /// The classes that rows of train have.
  private let trained: Set<String>

  /// - Parameters:
  ///   - trained: the rows of train.
  ///   - others: those of dev and test, whose classes count where the options keep them.
  init(_ trained: [LabelledRow], others: [LabelledRow] = [], _ options: LabelledOptions) throws(SequenceFindings) {
    self.options = options
    train = trained.first?.file ?? "train"
    let rows = trained + (options.unseen == .keep ? others : [])
    switch options.labels {
    case .value: classes = []
    case .class:
      let names = Self.names(rows, options)
      if let message = Self.valuesMessage(names, rows: rows.count, options) {
        var findings = SequenceFindings()
        findings.add(SequenceError(.label, file: train, message))
        throw findings
      }
      (classes, notes) = Self.ordered(names, options)
    case .set, .letters:
      classes = Self.names(rows, options).sorted { $0.precedesInBytes($1) }
    }
    var numbers: [String: Int] = [:]
    for (number, name) in classes.enumerated() { numbers[name] = number }
    self.numbers = numbers
    self.trained = options.unseen == .keep ? Self.names(trained, options) : Set(classes)
  }

  /// The classes that rows have.
  private static func names(_ rows: [LabelledRow], _ options: LabelledOptions) -> Set<String> {
    switch options.labels {
    case .value: []
    case .class: Set(rows.map(\.row.label))
    case .set, .letters: rows.reduce(into: []) { $0.formUnion(members($1.row.label, options)) }
    }
  }

  /// Advice for labels that are hardly classes: numbers of which nearly each row has its own.
  private static func valuesMessage(_ labels: Set<String>, rows: Int, _ options: LabelledOptions) -> String? {
    guard !options.labelsAreNames, labels.count > 20, labels.count * 2 > rows else { return nil }
    guard labels.allSatisfy({ Double($0)?.isFinite == true }) else { return nil }
    return "the labels are \(labels.count) different numbers in \(rows) rows: values are stated by labels: value, "
      + "names of classes by labels: name"
  }

  /// The classes that a label of several names.
  private static func members(_ label: String, _ options: LabelledOptions) -> [String] {
    let all =
      options.labels == .letters
      ? label.map(String.init)
      : label.split(separator: options.piece == nil ? options.separator ?? ";" : ";").map { trimmed(String($0)) }
    return all.filter { !options.ignored.contains($0) }
  }

  /// Names of classes in their order, and a note where they are numbers that are taken as names.
  private static func ordered(_ labels: Set<String>, _ options: LabelledOptions) -> ([String], notes: [String]) {
    let numbers = labels.compactMap { Int($0) }.sorted()
    guard numbers.count == labels.count, numbers.allSatisfy({ labels.contains(String($0)) }),
      let low = numbers.first, let high = numbers.last
    else { return (labels.sorted { $0.precedesInBytes($1) }, []) }
    let names = numbers.map(String.init)
    if low == 0 && high == numbers.count - 1 || options.labelsAreNames { return (names, []) }
    return (
      names, ["the labels are \(numbers.count) numbers from \(low) to \(high): they are taken as names of classes"]
    )
  }

  /// The row with its label as numbers; nil, and a finding unless its class is not one of train.
  func record(_ row: LabelledRow, _ findings: inout SequenceFindings) -> LabelledRecord? {
    guard let label = label(row, &findings) else { return nil }
    return LabelledRecord(
      sequence: row.row.record.sequence, second: row.row.second, label: label, name: row.row.record.name,
      group: row.row.group)
  }

  private func label(_ row: LabelledRow, _ findings: inout SequenceFindings) -> Label? {
    let text = row.row.label
    switch options.labels {
    case .class: return numbers[text].map(Label.number)
    case .value:
      guard let value = Double(text), value.isFinite else {
        let next =
          text.contains(",") ? "a decimal sign is a point" : "option `ignore: \(text)` leaves rows of this label out"
        findings.add(row.error(.label, of: "labels", "label `\(text)` is no number; \(next)"))
        return nil
      }
      if value == 0 || Self.range.contains(abs(value)) { return .value(value) }
      findings.add(
        row.error(
          .label, of: "labels",
          "label `\(text)` is out of range: a value is 0, or 1e-100 to 1e100 in size; scale them"))
    case .set:
      let members = Self.members(text, options)
      let known = members.compactMap { numbers[$0] }
      return known.count == members.count ? .set(Set(known).sorted()) : nil
    case .letters: return letters(row, &findings)
    }
    return nil
  }

  private func letters(_ row: LabelledRow, _ findings: inout SequenceFindings) -> Label? {
    let text = row.row.label
    let length = row.row.record.sequence.count
    let count = text.count
    guard count == length else {
      findings.add(row.error(.labelLength, "the label has \(count) letters, the sequence has \(length)"))
      return nil
    }
    var result: [Int32] = []
    result.reserveCapacity(length)
    for letter in text {
      let name = String(letter)
      if let number = numbers[name] {
        result.append(Int32(number))
      } else if options.ignored.contains(name) {
        result.append(-1)
      } else {
        return nil
      }
    }
    return .letters(result)
  }

  /// One finding about the classes that rows of dev and test have and train has not.
  /// - Parameter isCarved: whether the program made the splits.
  func addUnseen(_ splits: [[LabelledRow]], isCarved: Bool, to findings: inout SequenceFindings) {
    let (first, order, counts, _) = unseen(splits)
    guard let first else { return }
    let have = { (count: Int) in count == 1 ? "1 row has" : "\(count) rows have" }
    let place = first.file == train ? "train" : "train (\(train))"
    var message =
      "label `\(order[0])` does not occur in the rows of \(place); in dev and test \(have(counts[order[0]]!)) it"
    if order.count > 1 {
      let more = order.dropFirst()
      let names = more.prefix(5).map { "`\($0)`" }.joined(separator: ", ") + (more.count > 5 ? ", ..." : "")
      message += ", and \(have(more.reduce(0) { $0 + counts[$1]! })) "
      message += more.count == 1 ? "another: \(names)" : "\(more.count) others: \(names)"
    }
    let labels = classes + order
    if options.labels == .class, labels.count > 10, labels.allSatisfy({ Double($0) != nil }) {
      message += "; if labels are numbers to be predicted as such, state options: { labels: value }"
    } else if isCarved, options.labels == .class {
      message +=
        options.group != nil
        ? "; the rows of a group stay together: { ignore: LABEL } leaves a class out, { min-rows: N } classes of fewer "
          + "rows, and smaller groups part a class"
        : options.isStratified
          ? "; { min-rows: N } leaves out classes of fewer rows"
          : "; options: { stratify: true } puts rows of every class into train, { min-rows: N } leaves out "
            + "classes of fewer rows"
    }
    // A few are rather a mistake; many are a world in which not all is known.
    if options.labels == .class, isCarved || order.count > 5 {
      message +=
        "; { unseen: drop } leaves such rows of dev and test out, and with { unseen: keep } they count as wrong"
    }
    findings.add(first.error(.unseenLabel, message))
  }

  /// A note on rows of dev and test with a class that train has not, where they are no error.
  func unseenNotes(_ splits: [[LabelledRow]]) -> [String] {
    guard options.unseen != .refuse else { return [] }
    let (_, order, _, rows) = unseen(splits)
    if rows == 0 { return [] }
    let fate = options.unseen == .drop ? "left out" : "kept, and wrong whatever is predicted,"
    return ["rows of dev and test \(fate) for a class that train has not: \(rows), classes: \(order.count)"]
  }

  /// The classes that train has not, in the order of the rows, with the rows of each, the first, and how many rows
  /// have any.
  private func unseen(
    _ splits: [[LabelledRow]]
  ) -> (first: LabelledRow?, order: [String], counts: [String: Int], rows: Int) {
    if options.labels == .value { return (nil, [], [:], 0) }
    var first: LabelledRow?
    var counts: [String: Int] = [:]
    var (order, rows): ([String], Int) = ([], 0)
    for row in splits.joined() {
      let members = options.labels == .class ? [row.row.label] : Self.members(row.row.label, options)
      let others = Set(members).subtracting(trained)
      if others.isEmpty { continue }
      rows += 1
      first = first ?? row
      for name in others.sorted(by: { $0.precedesInBytes($1) }) {
        if counts[name] == nil { order.append(name) }
        counts[name, default: 0] += 1
      }
    }
    return (first, order, counts, rows)
  }
}
