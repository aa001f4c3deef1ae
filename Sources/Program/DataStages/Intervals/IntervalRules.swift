import Artifacts

extension StageRule {
  /// Windows that lie side by side are laid on no interval.
  static let unreadByCodons: StageRule = {
    let names = [
      IntervalsStage.center.name, IntervalsStage.shift.name, IntervalsStage.strand.name, IntervalsStage.label.name,
      IntervalsStage.negatives.name, IntervalsStage.ratio.name, IntervalsStage.gcTolerance.name,
      IntervalsStage.maskedTolerance.name, IntervalsStage.avoid.name,
    ]
    return StageRule(reads: names + [IntervalsStage.labels.name]) { settings in
      guard settings.string(IntervalsStage.labels.name) == "codons" else { return [] }
      return IntervalsStage.declaration.stated(names, settings).map {
        .error(
          "bad-parameters", "'\($0)' is of windows on intervals; with labels: codons they lie side by side", at: $0)
      }
    }
  }()

  /// Labels, the column that they are in and negatives go together.
  static let intervalLabels: StageRule = StageRule(reads: ["labels", "label", "negatives"]) { settings in
    guard let label = settings.string("label"), let negatives = settings.string("negatives") else { return [] }
    if settings.string("labels") == "codons" { return [] }
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
