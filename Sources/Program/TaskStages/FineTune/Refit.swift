import Artifacts
import Inputs
import Networks
import Rankings
import Spaces
import UseStages

/// A finished fine-tune whose choices a training on all of train takes over: its epochs and its threshold.
struct Refit {
  let epochs: Int
  /// The log-odds that part two classes; 0 for other labels.
  let threshold: Double
  private let rows: TaskRows
  private let metric: Metric
  private let classes: [String]?

  /// Throws `StageFailure` for metrics of another training.
  /// - Parameter total: the epochs that this training states.
  init(_ metrics: any InputArtifact, _ architecture: Architecture, epochs total: Int, recipe: String) throws {
    let document = try JSONArtifact.decode(MetricsDocument.self, metrics.bytes())
    guard let chosen = document.chosenEpoch, let name = document.architecture else {
      throw StageFailure(
        code: "bad-refit",
        "the metrics at 'refit' are of a model that chose no epoch: they must be those of a fine-tune with a hold-out")
    }
    guard name == architecture.text else {
      throw StageFailure(
        code: "bad-refit", "the metrics at 'refit' are of \(name), this training is of \(architecture.text)")
    }
    guard document.recipe ?? recipe == recipe else {
      throw StageFailure(
        code: "bad-refit",
        "the epoch was chosen on another task, with another tokenizer, other weights or other settings: all but the "
          + "seed, and what chooses an epoch, must be the same")
    }
    guard chosen <= total else {
      throw StageFailure(
        code: "bad-refit",
        "the epoch \(chosen) was chosen, and 'epochs' is \(total): state as many as the other training does")
    }
    (epochs, threshold, rows) = (chosen, document.threshold ?? 0, document.rows)
    (metric, classes) = (document.metrics.primary, document.classes)
  }

  /// Throws `StageFailure` unless the task has the rows on which, and by which, the epoch was chosen.
  func check(_ task: TaskSplits) throws {
    let counts = { (rows: TaskRows) in
      [
        rows.train + rows.holdOut, rows.dev, rows.test, rows.droppedFromTrain, rows.devInTrain, rows.testInTrain,
        rows.testInDev, rows.conflictingLabels, rows.beyondLimit ?? 0,
      ]
    }
    guard counts(task.rows) == counts(rows), task.metric == metric, classes ?? [] == task.classNames else {
      throw StageFailure(
        code: "bad-refit",
        "the epoch was chosen with \(rows.train + rows.holdOut) rows of train and its hold-out, and the task has "
          + "\(task.rows.train): it must be the same task, with the same rows, classes and metric")
    }
  }

  /// The training in words.
  var settings: String { "trained on all of train for the \(epochs) epochs that were chosen before" }

  /// The digest of what is trained, on what and how, but for its seed, its length and how its epoch is chosen.
  static func recipe(_ context: StageContext) -> String {
    let free = Set(
      [FineTuneStage.epochs.name, FineTuneStage.patience.name, FineTuneStage.threshold.name]
        + [FineTuneStage.holdOut.name, FineTuneStage.holdOutSeed.name, FineTuneStage.chooseBy.name, "seed"])
    let stated = FineTuneStage.declaration.parameters.filter { $0.role != .resource && !free.contains($0.name) }
    let bytes = CanonicalWriter.bytes { writer in
      writer.list(stated.count + 4)
      for parameter in stated {
        writer.list(2)
        writer.string(parameter.name)
        if let value = context.parameters[parameter.name] { value.canonical.write(to: &writer) } else { writer.null() }
      }
      for port in ["weights", "tokenizer", "architecture", "task"] {
        if let artifact = context.optionalInput(port) { artifact.reference.write(to: &writer) } else { writer.null() }
      }
    }
    return Digest.of(bytes).hex
  }
}
