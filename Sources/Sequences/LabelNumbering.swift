/// The classes of a task, from the labels of train, and labels as numbers.
///
/// Labels that are all integers in train are class numbers: 0 up to the largest, each of which train must hold. Other
/// labels, the members of sets and the letters of labels are numbered in the order of their UTF-8 bytes. A label of dev
/// or test that train has not is an error.
struct LabelNumbering {
  let classes: [String]
  private let options: LabelledOptions
  private let numbers: [String: Int]
  /// What messages call train.
  private let train: String

  init(_ rows: [LabelledReader.Row], _ options: LabelledOptions) throws(SequenceFindings) {
    self.options = options
    train = rows.first?.file ?? "train"
    var findings = SequenceFindings()
    switch options.labels {
    case .value: classes = []
    case .class: classes = Self.numbered(Set(rows.map(\.row.label)), train, &findings)
    case .set, .letters:
      var names: Set<String> = []
      for row in rows { names.formUnion(Self.members(row.row.label, options)) }
      classes = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    // Without classes every row would be a finding.
    try findings.check()
    var numbers: [String: Int] = [:]
    for (number, name) in classes.enumerated() { numbers[name] = number }
    self.numbers = numbers
  }

  /// The classes that a label of several names.
  private static func members(_ label: String, _ options: LabelledOptions) -> [String] {
    let all =
      options.labels == .letters
      ? label.map(String.init)
      : label.split(separator: options.piece == nil ? options.separator ?? ";" : ";").map(String.init)
    return all.filter { !options.ignored.contains($0) }
  }

  private static func numbered(_ labels: Set<String>, _ file: String, _ findings: inout SequenceFindings) -> [String] {
    let numbers = labels.compactMap { Int($0) }.filter { $0 >= 0 }
    guard numbers.count == labels.count, numbers.allSatisfy({ labels.contains(String($0)) }), let top = numbers.max()
    else { return labels.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    guard top < 100_000 else {
      findings.add(
        SequenceError(.label, file: file, "label \(top) is too large for a class number: is it a value?"))
      return []
    }
    for number in 0...top where !labels.contains(String(number)) {
      findings.add(
        SequenceError(.missingClass, file: file, "no row of class \(number), although labels go up to \(top)"))
    }
    return (0...top).map(String.init)
  }

  /// The row with its label as numbers, or nil and a finding.
  func record(_ row: LabelledReader.Row, _ findings: inout SequenceFindings) -> LabelledRecord? {
    guard let label = label(row, &findings) else { return nil }
    return LabelledRecord(sequence: row.row.record.sequence, second: row.row.second, label: label)
  }

  private func label(_ row: LabelledReader.Row, _ findings: inout SequenceFindings) -> Label? {
    let text = row.row.label
    switch options.labels {
    case .class:
      if let number = numbers[text] { return .number(number) }
      findings.add(row.error(.unseenLabel, "label `\(text)` does not occur in \(train)"))
    case .value:
      if let value = Double(text), value.isFinite { return .value(value) }
      findings.add(row.error(.label, "label `\(text)` is no number"))
    case .set:
      let members = Self.members(text, options)
      if let unseen = members.first(where: { numbers[$0] == nil }) {
        findings.add(row.error(.unseenLabel, "label `\(unseen)` does not occur in \(train)"))
        return nil
      }
      return .set(Set(members.map { numbers[$0]! }).sorted())
    case .letters: return letters(row, &findings)
    }
    return nil
  }

  private func letters(_ row: LabelledReader.Row, _ findings: inout SequenceFindings) -> Label? {
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
        findings.add(row.error(.unseenLabel, "label `\(name)` does not occur in \(train)"))
        return nil
      }
    }
    return .letters(result)
  }
}
