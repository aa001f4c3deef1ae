import Artifacts
import RecallTasks

extension StageRule {
  /// A task can be made of the numbers that are stated.
  static let madTask: StageRule = StageRule(
    reads: ["task", "vocabulary", "length", "train", "noise", "noise-vocabulary", "copies", "motif"]
  ) { settings in
    guard let task = SynthesizeMADStage.recallTask(settings), let problem = task.problem else { return [] }
    let place = [.selectiveCopying: "copies", .fuzzyRecall: "motif"][task.kind] ?? "vocabulary"
    return [.error("bad-task", problem, at: place, "length")]
  }

  /// Numbers that the task has no use for.
  static let unreadByMADTask: StageRule = StageRule(
    reads: ["task", "noise", "noise-vocabulary", "copies", "motif"]
  ) { settings in
    guard let task = settings[SynthesizeMADStage.task].flatMap(RecallTask.Kind.init(rawValue:)) else { return [] }
    let readers: [(RecallTask.Kind, [String])] = [
      (.noisyRecall, ["noise", "noise-vocabulary"]), (.selectiveCopying, ["copies"]), (.fuzzyRecall, ["motif"]),
    ]
    return readers.filter { $0.0 != task }.flatMap { reader, names in
      SynthesizeMADStage.declaration.stated(names, settings).map {
        .error(
          "bad-parameters",
          "'\($0)' belongs to the task '\(reader.rawValue)'; '\(task.rawValue)' does not read it", at: $0)
      }
    }
  }
}
