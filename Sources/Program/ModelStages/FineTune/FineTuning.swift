import Artifacts
import DataStages
import Inputs
import Labelled
import Rankings
import Sequences
import Spaces
import Tokenizers
import Training

/// One fine-tune: a task's sequences, a model, its epochs, its metrics.
struct FineTuning {
  private let context: StageContext
  private let tokenizer: Tokenizer
  private let architecture: Architecture

  init(_ context: StageContext) throws {
    self.context = context
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    architecture = try ArchitectureText.read(context.input("architecture"))
  }

  func run() throws {
    let task = try TaskSplits(
      context.input("task"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
      rows: context[.rows], keepsDuplicates: context[FineTuneStage.duplicates] == "keep",
      holdOut: context[FineTuneStage.holdOut], context.report)
    let tokens = try TaskTokens(
      task, tokenizer, maximumLength: context[FineTuneStage.maxLength],
      inMiddle: context[FineTuneStage.cut] == "middle", context)
    warnOfWhatIsNotRead(task)
    var segments = Segments(context)
    let steps = context[FineTuneStage.epochs] * Self.steps(tokens, context[FineTuneStage.batch])
    let tuner = try makeTuner(task, tokens, steps: steps, segments.newest(atOrBefore: steps))
    let (inherited, blocks) = tuner.inheritedBlocks
    if context.optionalInput("weights") != nil, inherited < blocks {
      context.report(.warning("\(blocks - inherited) of \(blocks) blocks have no trained weights: they start anew"))
    }
    try train(tuner, task, tokens, steps: steps, &segments)
    guard let best = tuner.bestEpoch else { return }
    let measured = { (records: KeyPath<TaskSplits, [LabelledRecord]>, data: LabelledTokens) in
      let outputs = tuner.outputs(of: data)
      guard outputs.allSatisfy(\.isFinite) else { throw TrainingError.notFinite(quantity: "logits", step: tuner.step) }
      return tokens.measurable(outputs, records, data).metrics()
    }
    let document = MetricsDocument(
      architecture: architecture.text, parameters: tuner.parameterCount, inheritedBlocks: inherited,
      epochs: tuner.epochs.map { MetricsDocument.Epoch(loss: $0.loss, score: $0.score) }, chosenEpoch: best + 1,
      rows: task.rows, encoded: tokens.encoded, classes: task.classNames.isEmpty ? nil : task.classNames,
      metrics: Metrics(
        primary: task.metric, dev: try measured(\.dev, tokens.dev), test: try measured(\.test, tokens.test)))
    for note in document.predictedAlike { context.report(.warning(note)) }
    try context.outputs.write("metrics", "", JSONArtifact.encode(document))
  }

  /// Not refused: a stage may run over tasks of several kinds.
  private func warnOfWhatIsNotRead(_ task: TaskSplits) {
    if task.kind == .letters, context[FineTuneStage.pooling] != "mean" {
      context.report(.warning("labels are of letters: there is nothing to pool, 'pooling' is not read"))
    }
    if task.kind == .value, context[FineTuneStage.classWeights] != "none" {
      context.report(.warning("labels are values, which have no classes: 'class-weights' is not read"))
    }
  }

  private func makeTuner(
    _ task: TaskSplits, _ tokens: TaskTokens, steps: Int, _ saved: Checkpoint?
  ) throws -> FineTuner {
    var options = FineTuneOptions()
    options.seed = context[.seed]
    options.head = TaskHead(
      tokens.space, pooling: Pooling(rawValue: context[FineTuneStage.pooling]) ?? .mean, isPaired: task.isPaired)
    options.batchSize = context[FineTuneStage.batch]
    options.accumulate = context[FineTuneStage.accumulate]
    options.dropout = context[FineTuneStage.dropout]
    options.classWeights =
      context[FineTuneStage.classWeights] == "balanced"
      ? tokens.train.targets.balancedWeights(classes: task.classes) : nil
    options.linearProbe = context[FineTuneStage.linearProbe]
    options.patience = context[FineTuneStage.patience]
    options.shards = context[FineTuneStage.shards]
    options.half = context[.precision] == "bf16"
    options.threads = context.threads
    options.optimizer = context.optimizer(steps: steps)
    let weights = try context.optionalInput("weights").map { try Segments.checkpoint($0, prefix: "weights/") }
    let isCausal = context[FineTuneStage.direction] == "causal"
    let description =
      try weights.map { try SupernetDescription($0) }
      ?? SupernetDescription(
        vocabulary: tokenizer.vocabularySize, architectures: [architecture], causal: isCausal, seed: options.seed)
    guard description.vocabulary == tokenizer.vocabularySize else {
      throw StageFailure(
        code: "other-tokenizer",
        "the weights are of a vocabulary of \(description.vocabulary) tokens, "
          + "the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
    guard tokenizer.reads(task.alphabet) else {
      throw StageFailure(
        code: "other-alphabet",
        "the tokenizer is of the alphabet \(tokenizer.alphabet.rawValue), the task's letters are "
          + "\(task.alphabet.rawValue): an input states them by the option alphabet")
    }
    guard description.causal || !isCausal else {
      throw StageFailure(code: "other-direction", "the weights are bidirectional, the stage states causal")
    }
    return try FineTuner(
      architecture, description: description, pretrained: weights, options: options, restoring: saved)
  }

  /// Trains to the horizon. A segment is a number of steps; at the end of an epoch it holds the epoch's score.
  private func train(
    _ tuner: FineTuner, _ task: TaskSplits, _ tokens: TaskTokens, steps: Int, _ segments: inout Segments
  ) throws {
    let horizon = context[FineTuneStage.epochs]
    var progress = TrainingProgress(context, total: steps)
    let material = TaskMaterial(tokens.train, holdOut: tokens.holdOut) { outputs in
      // Nothing was learnt when a metric is not defined, as a correlation with equal predictions.
      let value = tokens.measurable(outputs, \.holdOut, tokens.holdOut).value(of: task.metric) ?? 0
      return task.metric.higherIsBetter ? value : -value
    }
    var told = tuner.epochs.count
    try segments.train(tuner, until: horizon, on: material) { report in
      progress.tell(report, loss: report.loss, lead: "epoch \(tuner.epochs.count + 1)/\(horizon)  ")
    } afterwards: {
      for epoch in told..<tuner.epochs.count {
        let (loss, score) = (tuner.epochs[epoch].loss, tuner.epochs[epoch].score)
        context.report(.metric(name: "hold-out loss", step: epoch + 1, value: loss))
        context.report(
          .metric(
            name: "hold-out \(task.metric.rawValue)", step: epoch + 1,
            value: task.metric.higherIsBetter ? score : -score))
      }
      told = tuner.epochs.count
    }
  }

  private static func steps(_ tokens: TaskTokens, _ batch: Int) -> Int {
    (tokens.train.count + batch - 1) / batch
  }
}
