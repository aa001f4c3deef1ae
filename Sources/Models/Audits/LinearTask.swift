package import Labelled
package import LinearModels
package import Rankings

/// A labelled task as a linear model sees it: its form, targets, and what outputs mean.
package struct LinearTask {
  package let form: LinearForm
  private let isOfSets: Bool
  private let standard: Standardization

  /// Labels of a kind, of so many classes, whose values are standardised on `train`; nil for labels of letters.
  package init?(_ kind: LabelKind, classes: Int, train: [LabelledRecord]) {
    isOfSets = kind == .set
    standard = Standardization(kind == .value ? train.map(\.value) : [0, 1])
    switch kind {
    case .class: form = .classes(classes)
    case .set: form = .sets(classes)
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
