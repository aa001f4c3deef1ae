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
    for (_, rows) in RowGroups(splits).groups where rows.count > 1 {
      let train = rows.filter { $0.split == .train }
      let (dev, test) = (rows.count { $0.split == .dev }, rows.count { $0.split == .test })
      devInTrain += train.isEmpty ? 0 : dev
      testInTrain += train.isEmpty ? 0 : test
      testInDev += dev == 0 ? 0 : test
      conflicting += Set(train.map { splits.train[$0.row].label }).count > 1 ? 1 : 0
    }
  }
}
