/// The rows of a task that are alike: one group for each sequence, or pair of sequences, in the order of the first row
/// of each in train, dev and test.
package struct RowGroups: Sendable {
  /// The place of a row in a task.
  package struct Place: Hashable, Sendable {
    package let split: SplitName
    /// From 0.
    package let row: Int

    package init(split: SplitName, row: Int) { (self.split, self.row) = (split, row) }
  }

  /// By group: the key of its rows, and the rows in order.
  package private(set) var groups: [(key: [UInt8], rows: [Place])] = []
  private var numbers: [[UInt8]: Int] = [:]

  /// - Parameter key: two records with one key are alike.
  package init(_ splits: LabelledSplits, by key: (LabelledRecord) -> [UInt8] = \.identity) {
    for split in LabelledSplits.names {
      for (row, record) in splits[split].enumerated() {
        let key = key(record)
        let number = numbers[key] ?? groups.count
        if number == groups.count {
          numbers[key] = number
          groups.append((key, []))
        }
        groups[number].rows.append(Place(split: split, row: row))
      }
    }
  }

  /// The rows with this key.
  package func rows(_ key: [UInt8]) -> [Place] { numbers[key].map { groups[$0].rows } ?? [] }
}
