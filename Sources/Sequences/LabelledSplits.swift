/// A classification task: the splits train, dev and test, and the names of the classes.
package struct LabelledSplits: Hashable, Sendable {
  package var train: [LabelledRecord]
  package var dev: [LabelledRecord]
  package var test: [LabelledRecord]
  /// By class number: the label as the files write it.
  package var classes: [String]

  package init(train: [LabelledRecord], dev: [LabelledRecord], test: [LabelledRecord], classes: [String]) {
    self.train = train
    self.dev = dev
    self.test = test
    self.classes = classes
  }
}

/// Reads the GUE folder layout: `train.csv`, `dev.csv` and `test.csv` with the columns `sequence` and `label`.
///
/// Labels that are all integers in train are class numbers: 0 up to the largest, each of which train must hold. Other labels
/// are numbered in the order of their UTF-8 bytes. A label of dev or test that train has not is an error.
package struct LabelledReader {
  /// The files of the layout, in the order in which they are read.
  package static let files = ["train.csv", "dev.csv", "test.csv"]

  private var readers: [TableReader]
  private var records: [[TableRecord]] = [[], [], []]
  /// `rows` of the options limits each split.
  package init(folder: String, options: TableOptions = TableOptions(labelColumn: "label")) {
    readers = Self.files.map { TableReader(file: folder.isEmpty ? $0 : "\(folder)/\($0)", options: options) }
  }

  /// Reads the next chunk of file `index` of `files`.
  package mutating func push(_ index: Int, _ bytes: UnsafeRawBufferPointer) {
    readers[index].push(bytes) { records[index].append($0) }
  }

  /// True when nothing more of file `index` will be read.
  package func isDone(_ index: Int) -> Bool { readers[index].isDone }

  /// Ends the reading. Throws the findings of all three files, errors of labels last.
  package mutating func finish() throws(SequenceFindings) -> LabelledSplits {
    var findings = SequenceFindings()
    for index in readers.indices {
      readers[index].finish { records[index].append($0) }
      findings.add(readers[index].findings)
    }
    try findings.check()
    let classes = classes(&findings)
    var numbers: [String: Int] = [:]
    for (number, name) in classes.enumerated() { numbers[name] = number }
    let splits = records.indices.map { index in
      records[index].compactMap { labelled($0, readers[index].file, numbers, &findings) }
    }
    try findings.check()
    return LabelledSplits(train: splits[0], dev: splits[1], test: splits[2], classes: classes)
  }

  private func classes(_ findings: inout SequenceFindings) -> [String] {
    let labels = Set(records[0].map(\.label))
    let numbers = labels.compactMap { Int($0) }.filter { $0 >= 0 }
    guard numbers.count == labels.count, numbers.allSatisfy({ labels.contains(String($0)) }), let top = numbers.max()
    else { return labels.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    guard top < 100_000 else {
      findings.add(
        SequenceError(.label, file: readers[0].file, "label \(top) is too large for a class number: is it a value?"))
      return []
    }
    for number in 0...top where !labels.contains(String(number)) {
      findings.add(
        SequenceError(
          .missingClass, file: readers[0].file, "no row of class \(number), although labels go up to \(top)"))
    }
    return (0...top).map(String.init)
  }

  private func labelled(
    _ row: TableRecord, _ file: String, _ numbers: [String: Int], _ findings: inout SequenceFindings
  ) -> LabelledRecord? {
    if let number = numbers[row.label] { return LabelledRecord(sequence: row.record.sequence, label: number) }
    findings.add(
      SequenceError(
        .unseenLabel, file: file, line: row.line, column: row.labelColumn, record: row.record.name,
        "label `\(row.label)` does not occur in \(readers[0].file)"))
    return nil
  }
}
