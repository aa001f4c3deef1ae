/// Exact duplicates in a task, by sequence or pair of sequences.
package struct Duplicates: Hashable, Sendable {
  /// Rows of dev and of test whose sequence is also in train.
  package var devInTrain = 0
  package var testInTrain = 0
  /// Rows of test whose sequence is also in dev.
  package var testInDev = 0
  /// Rows of train whose sequence an earlier row of train has.
  package var withinTrain = 0
  /// Sequences that train has with more than one label.
  package var conflicting = 0
  /// Sequences of train that dev or test has with another label.
  package var conflictingAcross = 0

  package init(_ splits: LabelledSplits) {
    var train: [[UInt8]: Set<Label>] = [:]
    for record in splits.train {
      withinTrain += train[record.identity] == nil ? 0 : 1
      train[record.identity, default: []].insert(record.label)
    }
    conflicting = train.values.count { $0.count > 1 }
    let dev = Set(splits.dev.map(\.identity))
    var across: Set<[UInt8]> = []
    for (index, split) in [splits.dev, splits.test].enumerated() {
      for record in split {
        if let labels = train[record.identity] {
          if index == 0 { devInTrain += 1 } else { testInTrain += 1 }
          if !labels.contains(record.label) { across.insert(record.identity) }
        }
        if index == 1, dev.contains(record.identity) { testInDev += 1 }
      }
    }
    conflictingAcross = across.count
  }
}
