package import Inputs
package import Labelled
package import LinearModels
package import Rankings

/// A task as a linear model sees it: its form, targets, and what outputs mean.
package struct LinearTask {
  package let form: LinearForm
  private let isOfSets: Bool
  private let standard: Standardization

  /// nil for labels of letters.
  package init?(_ task: TaskSplits) {
    isOfSets = task.kind == .set
    standard = Standardization(task.kind == .value ? task.train.map(\.value) : [0, 1])
    switch task.kind {
    case .class: form = .classes(task.classes)
    case .set: form = .sets(task.classes)
    case .value: form = .value
    case .letters: return nil
    }
  }

  /// (n, outputs), row by row.
  package func targets(_ records: [LabelledRecord]) -> [Double] {
    if form == .value { return records.map { Double(standard.standard($0.value)) } }
    return isOfSets ? form.targets(members: records.map(\.members)) : form.targets(records.map(\.number))
  }

  /// The best threshold between two classes by outputs on the hold-out; 0 for other labels.
  package func threshold(_ values: [Double], _ records: [LabelledRecord]) -> Double {
    guard form == .classes(2) else { return 0 }
    return Predictions.bestThreshold(logits: form.logits(values), labels: records.map(\.number))
  }

  /// The predictions of records from outputs (n, outputs), row by row.
  package func measurable(_ values: [Double], _ records: [LabelledRecord], _ threshold: Double = 0) -> any Measurable {
    switch form {
    case .value: Regression(predicted: values.map(standard.original), targets: records.map(\.value))
    case .sets(let count): SetPredictions(logits: values, labels: records.map(\.members), classes: count)
    case .classes(let count):
      Predictions(
        logits: form.logits(values), labels: records.map(\.number), classes: count, threshold: threshold)
    }
  }
}
