import Artifacts
import DataStages
import Labelled

extension StageRule {
  /// Parameters that a baseline does not read, by the kind of labels that the input states.
  static let unreadByBaseline: StageRule = {
    let ofLetters = [BaselineStage.reach.name, BaselineStage.letters.name]
    let ofSequences = [
      BaselineStage.kMin.name, BaselineStage.kMax.name, BaselineStage.strands.name, BaselineStage.positionWords.name,
      BaselineStage.positions.name, BaselineStage.positionWeights.name, FineTuneStage.threshold.name,
    ]
    return StageRule(reads: ofLetters + ofSequences + ["task"], isOfAll: true) { settings in
      guard let options = settings.options["task"] else { return [] }
      return options["labels"] == LabelKind.letters.rawValue
        ? BaselineStage.declaration.unread(ofSequences, settings, because: "labels are of letters")
        : BaselineStage.declaration.unread(ofLetters, settings, because: "labels are not of letters")
    }
  }()
}
