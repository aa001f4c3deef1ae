import Artifacts
import DataStages
import Inputs
import Labelled
import LinearModels
import ModelStages
import Rankings
import System
import Wording

/// A linear model of single letters, for tasks whose labels are of letters.
struct LetterBaseline {
  let context: StageContext
  let task: TaskSplits
  let workers: WorkerPool

  private var form: LinearForm { .classes(task.classes) }
  private var isCancelled: () -> Bool { { context.isInterrupted() } }

  func run() throws {
    let limit = context[BaselineStage.letters]
    guard
      var features = LetterFeatures(
        task.alphabet, reach: context[BaselineStage.reach], task.train, classes: task.classes, workers,
        isCancelled: isCancelled)
    else { throw Interrupted() }
    let (chosen, all) = LetterFeatures.choose(limit, of: task.train)
    let rows = features.scaled(chosen, workers)
    let best = try choose(features, rows, chosen, limit)
    let holdOut = try measurable(features, best.model, task.holdOut)
    let dev = try measurable(features, best.model, task.dev)
    let test = try measurable(features, best.model, task.test)
    let document = MetricsDocument(
      model: "letter-window logistic regression",
      settings: "C \(Words.short(best.strength)): the best of \(Set(context[BaselineStage.c]).count) on the hold-out; "
        + "fitted to \(Words.part(rows.count, of: all, "letters of train"))",
      parameters: best.model.weights.count { $0 != 0 }, rows: task.rows, classes: task.classNames,
      metrics: Metrics(primary: task.metric, dev: dev.metrics(nil), test: test.metrics(nil)))
    try document.write(context)
    try PredictionsArtifact.write(
      [("hold-out", task.holdOut, holdOut), ("dev", task.dev, dev), ("test", task.test, test)],
      classes: task.classNames, context)
  }

  /// The model with the best penalty on as many letters of the hold-out as of train.
  private func choose(
    _ features: LetterFeatures, _ rows: LetterRows, _ chosen: [LetterFeatures.Chosen], _ limit: Int
  ) throws -> PenaltyChoice {
    let strengths = Set(context[BaselineStage.c]).sorted()
    guard !strengths.isEmpty else {
      throw StageFailure(code: "bad-parameters", "'c' needs at least one value")
    }
    let held = LetterFeatures.choose(limit, of: task.holdOut).chosen
    let heldRows = features.rows(held, workers)
    let labels = held.map(\.classes)
    var tried = 0
    let model = LinearModel(features: rows.features, outputs: form.outputs)
    let best = model.best(
      of: strengths, rows, form.targets(chosen.flatMap(\.classes)), form.loss, workers, isCancelled: isCancelled
    ) { model, strength in
      tried += 1
      let predicted = TokenPredictions.classes(
        logits: form.logits(model.evaluate(heldRows, workers)), lengths: labels.map(\.count), classes: task.classes)
      let value =
        TokenPredictions(labels: labels, predicted: predicted, classes: task.classes).value(of: task.metric) ?? 0
      context.report(
        .progress(done: tried, total: strengths.count, unit: "fits", detail: "C \(Words.short(strength))"))
      context.report(.metric(name: "hold-out \(task.metric.rawValue)", step: tried, value: value))
      return task.metric.higherIsBetter ? value : -value
    }
    guard let best else { throw Interrupted() }
    return best
  }

  /// Every letter of records as a model predicts it.
  private func measurable(
    _ features: LetterFeatures, _ model: LinearModel, _ records: [LabelledRecord]
  ) throws -> TokenPredictions {
    var predicted = [[Int]](repeating: [], count: records.count)
    let isWhole = features.forEach(records, model, workers, isCancelled: isCancelled) { record, outputs in
      let logits = form.logits(Array(outputs))
      let own = TokenPredictions.classes(
        logits: logits, lengths: [logits.count / task.classes], classes: task.classes)
      predicted[record] += own[0]
    }
    guard isWhole else { throw Interrupted() }
    return TokenPredictions(
      labels: records.map { $0.letters.map(Int.init) }, predicted: predicted, classes: task.classes)
  }
}
