import Artifacts
import DataStages
import Labelled
import ModelStages

extension StageRule {
  /// The architecture of a fine-tune; weights that it starts from say in which direction it reads.
  static let trainedArchitecture: StageRule = StageRule.architecture(reads: "direction") { settings in
    settings.bound.contains("weights") ? nil : settings.string("direction").map { $0 == "causal" }
  }

  /// Parameters that labels of a kind do not read, where the input states their kind.
  static let unreadByLabels: StageRule = StageRule(
    reads: ["task", "pooling", "class-weights", "label-smoothing"], isOfAll: true
  ) {
    settings in
    let declaration = FineTuneStage.declaration
    switch settings.options["task"]?["labels"] {
    case LabelKind.letters.rawValue:
      return declaration.unread(["pooling"], settings, because: "labels of letters leave nothing to pool")
    case LabelKind.value.rawValue:
      return declaration.unread(
        ["class-weights", "label-smoothing"], settings, because: "labels that are values have no classes")
    default: return []
    }
  }

  /// A probe has no epochs, so that none is chosen for a refit.
  static let refitTrains: StageRule = StageRule(reads: [FineTuneStage.linearProbe.name, "refit"]) { settings in
    guard settings[FineTuneStage.linearProbe] == true, settings.bound.contains("refit") else { return [] }
    return [
      .error(
        "bad-refit", "a linear probe takes no step, so that there are no epochs to refit",
        at: FineTuneStage.linearProbe.name)
    ]
  }

  /// Parameters that are about steps, of which a linear probe takes none; and its seed, where it starts from weights.
  static let unreadByProbe: StageRule = {
    let names =
      [FineTuneStage.epochs.name, FineTuneStage.batch.name, FineTuneStage.dropout.name]
      + [FineTuneStage.labelSmoothing.name, FineTuneStage.averaging.name, FineTuneStage.layerDecay.name]
      + [FineTuneStage.classWeights.name, FineTuneStage.patience.name, TrainingParameters.accumulate.name]
      + OptimizerParameters.ofEpochs(warmUp: 0).map(\.name)
    return StageRule(reads: names + [FineTuneStage.linearProbe.name, "seed"], isOfAll: true) { settings in
      guard settings[FineTuneStage.linearProbe] == true else { return [] }
      let unread = { FineTuneStage.declaration.unread($0, settings, because: $1) }
      return unread(names, "a linear probe is one fit to features that are computed once")
        + (settings.bound.contains("weights") ? unread(["seed"], "a probe of trained weights draws nothing") : [])
    }
  }()
}
