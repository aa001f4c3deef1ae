/// Exact duplicates in a task, by sequence or pair of sequences.
package struct Duplicates: Hashable, Sendable {
  /// Rows of dev and of test whose sequence is also in train.
  package var devInTrain = 0
  package var testInTrain = 0
  /// Rows of test whose sequence is also in dev.
  package var testInDev = 0
  /// Sequences that train has with more than one label.
  package var conflicting = 0

  package init(_ splits: LabelledSplits) {
    var train: [[UInt8]: Set<Label>] = [:]
    for record in splits.train { train[record.identity, default: []].insert(record.label) }
    conflicting = train.values.count { $0.count > 1 }
    let dev = Set(splits.dev.map(\.identity))
    devInTrain = splits.dev.count { train[$0.identity] != nil }
    testInTrain = splits.test.count { train[$0.identity] != nil }
    testInDev = splits.test.count { dev.contains($0.identity) }
  }
}
