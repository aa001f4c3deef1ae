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
  init(_ metrics: any InputArtifact, _ architecture: Architecture, epochs total: Int) throws {
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
    guard chosen <= total else {
      throw StageFailure(
        code: "bad-refit", "the epoch \(chosen) was chosen, and 'epochs' is \(total): state what the other states")
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
}
