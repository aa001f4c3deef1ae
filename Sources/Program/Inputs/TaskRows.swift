package import Labelled

/// Rows of each split of a task as they are used, and exact duplicates that were found.
package struct TaskRows: Codable, Sendable {
  package let train: Int
  package let holdOut: Int
  package let dev: Int
  package let test: Int
  /// Training rows dropped because dev or test has the same sequence.
  package let droppedFromTrain: Int
  /// Rows of dev and of test whose sequence train has too.
  package let devInTrain: Int
  package let testInTrain: Int
  /// Rows of test whose sequence dev has too.
  package let testInDev: Int
  /// Training sequences that carry more than one label.
  package let conflictingLabels: Int
  /// Rows of dev and of test that share 30 letters of DNA, on either strand, with a row that is trained on; nil for
  /// proteins, for more letters than are looked through, and in older documents.
  package var devNearTrain: Int?
  package var testNearTrain: Int?
  /// Training rows that are not in the sample which `rows` takes.
  package var beyondLimit: Int?
  /// Classes of which train has rows, none of which is trained on.
  package var classesNotTrained: [String]?
  /// Rows of dev and of test whose class no row of train has, so that no model is right about them; nil without any.
  package var devUnseen: Int?
  package var testUnseen: Int?
  /// Notes on what reading left out.
  package var notes: [String]?
}

extension TaskRows {
  /// The rows of a task that was made, of which all are used.
  package init(
    train: Int, dev: Int, test: Int, devInTrain: Int, testInTrain: Int, testInDev: Int, notes: [String]? = nil
  ) {
    self.init(
      train: train, holdOut: 0, dev: dev, test: test, droppedFromTrain: 0, devInTrain: devInTrain,
      testInTrain: testInTrain, testInDev: testInDev, conflictingLabels: 0, notes: notes)
  }

  /// The rows of a task of which all are used, whatever else has their sequences: nothing is learnt from a label.
  package init(_ task: LabelledSplits) {
    let duplicates = Duplicates(task)
    self.init(
      train: task.train.count, holdOut: 0, dev: task.dev.count, test: task.test.count, droppedFromTrain: 0,
      devInTrain: duplicates.devInTrain, testInTrain: duplicates.testInTrain, testInDev: duplicates.testInDev,
      conflictingLabels: duplicates.conflicting, notes: task.notes)
  }
}
