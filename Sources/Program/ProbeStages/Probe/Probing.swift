import Artifacts
import Audits
import Clustering
import Inputs
import Labelled
import LinearModels
import Rankings
import Sequences
import System
import TaskStages
import UseStages
import Wording

/// A probe of one task in its course.
struct Probing {
  private let context: StageContext
  private let task: TaskSplits
  private let workers: WorkerPool

  init(_ context: StageContext, _ task: TaskSplits) {
    (self.context, self.task) = (context, task)
    workers = WorkerPool(threads: context.threads)
  }

  private var embeddings: Embeddings? {
    get throws { try context.optionalInput("embeddings").map { try Embeddings($0) } }
  }

  /// Predicts dev and test by their nearest rows of train.
  func findNeighbours() throws {
    let vote = NeighbourVote(task)
    let count = context[ProbeStage.k]
    let splits = [task.dev, task.test]
    let found: [[[Neighbour]]]
    let embeddings = try embeddings
    var letters = ""
    if let embeddings {
      let (columns, tables) = try embeddings.features(of: [task.train] + splits)
      let rows = tables.map { FloatRows($0, columns: columns) }
      found = try rows.dropFirst().map { try neighbours(of: $0, among: rows[0], vote) }
    } else {
      let isProtein = task.alphabet == .protein
      let stated = { (key: ParameterKey<Int>, standard: Int) in context[key] == 0 ? standard : context[key] }
      let (low, high) = (stated(ProbeStage.kMin, isProtein ? 3 : 5), stated(ProbeStage.kMax, isProtein ? 3 : 6))
      let vectors = try KmerVectors(
        task, low: low, high: high, bothStrands: context[ProbeStage.strands] == "both", words: 0, places: 0, context,
        workers)
      let train = KmerBlocks(vectors.rows(task.train, workers))
      found = try splits.map { try neighbours(of: KmerBlocks(vectors.rows($0, workers)), among: train, vote) }
      letters = ", k-mers of \(low) to \(high) letters"
    }
    try write(
      zip(splits, found).map { ($0, vote.measurable($1, $0)) }, holdOut: nil, embeddings,
      model: embeddings == nil ? "k-mer nearest neighbours" : "nearest neighbours",
      settings: "the \(Words.count(count, "nearest row")) of train by cosine\(letters)", parameters: 0)
  }

  private func neighbours(
    of queries: some RowBlocks, among train: some RowBlocks, _ vote: NeighbourVote
  ) throws -> [[Neighbour]] {
    let found = NearestNeighbours.find(
      context[ProbeStage.k], of: queries, among: train, rank: vote.rank, workers, isCancelled: context.isInterrupted
    ) { context.report(.progress(done: $0, total: $1, unit: "training rows", detail: "")) }
    guard let found else { throw Interrupted() }
    return found
  }

  /// Fits a linear model to standardised embeddings of train.
  func fit() throws {
    guard let embeddings = try embeddings, let fit = LinearTask(task) else {
      throw StageFailure(code: "no-probe", "a linear model is of embeddings")
    }
    let strengths = Set(context[ProbeStage.c]).sorted()
    guard !strengths.isEmpty else { throw StageFailure(code: "bad-parameters", "'c' needs at least one value") }
    let (columns, tables) = try embeddings.features(of: [task.train, task.holdOut, task.dev, task.test])
    var (train, holdOut) = (tables[0], tables[1])
    var tried = 0
    let model = StandardizedModel(
      &train, features: columns, fit.targets(task.train), fit.form, holdOut: &holdOut, strengths: strengths, workers,
      isCancelled: context.isInterrupted
    ) { outputs, strength in
      let value = fit.measurable(outputs, task.holdOut).value(of: task.metric) ?? 0
      tried += 1
      context.report(
        .progress(done: tried, total: strengths.count, unit: "fits", detail: "C \(Words.short(strength))"))
      context.report(.metric(name: "hold-out \(task.metric.rawValue)", step: tried, value: value))
      return task.metric.higherIsBetter ? value : -value
    }
    guard let model else { throw Interrupted() }
    let held = model.outputs(tables[1], workers)
    let threshold = context[FineTuneStage.threshold] == "half" ? 0 : fit.threshold(held, task.holdOut)
    let splits = zip([task.dev, task.test], tables.dropFirst(2)).map { records, rows in
      (records, fit.measurable(model.outputs(rows, workers), records, threshold))
    }
    try write(
      splits, holdOut: fit.measurable(held, task.holdOut, threshold), embeddings,
      model: task.kind == .value ? "ridge regression of embeddings" : "logistic regression of embeddings",
      settings: "linear probe, C \(Words.short(model.choice.strength)): the best of \(tried) on the hold-out",
      parameters: model.choice.model.weights.count { $0 != 0 }, threshold: task.hasThreshold ? threshold : nil)
  }

  /// - Parameter splits: dev, then test.
  private func write(
    _ splits: [(records: [LabelledRecord], predictions: any Measurable)], holdOut: (any Measurable)?,
    _ embeddings: Embeddings?, model: String, settings: String, parameters: Int, threshold: Double? = nil
  ) throws {
    let metrics = splits.map { $0.predictions.metrics(PredictionsArtifact.partners($0.records)) }
    let document = MetricsDocument(
      architecture: embeddings?.model?.architecture, model: model, settings: settings,
      parameters: (embeddings?.model?.parameters ?? 0) + parameters, rows: task.rows, threshold: threshold,
      classes: task.classNames.isEmpty ? nil : task.classNames,
      metrics: Metrics(primary: task.metric, dev: metrics[0], test: metrics[1]))
    try document.write(context)
    try PredictionsArtifact.write(
      (holdOut.map { [("hold-out", task.holdOut, $0)] } ?? [])
        + zip(["dev", "test"], splits).map { ($0, $1.records, $1.predictions) },
      classes: task.classNames, context)
  }
}
