import Artifacts

extension StageRule {
  /// Labels, the column that they are in and negatives go together.
  static let intervalLabels: StageRule = StageRule(reads: ["labels", "label", "negatives"]) { settings in
    guard let label = settings.string("label"), let negatives = settings.string("negatives") else { return [] }
    let isValued = settings.string("labels") == "value"
    if isValued, label.isEmpty {
      return [.error("bad-parameters", "values are in a column: state 'label'", at: "label", "labels")]
    }
    if isValued, negatives != "none" {
      return [.error("bad-parameters", "negatives have no value: write negatives: none", at: "negatives", "labels")]
    }
    guard label.isEmpty, negatives == "none" else { return [] }
    return [
      .error(
        "bad-parameters", "without 'label' all intervals are positives: they need negatives, genome or shuffled",
        at: "negatives")
    ]
  }
}
