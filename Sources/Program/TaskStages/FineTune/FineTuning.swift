import Artifacts
import Blocks
import DataStages
import Inputs
import Labelled
import ModelStages
import Networks
import Rankings
import Sequences
import Spaces
import Tokenizers
import Training
import UseStages

/// One fine-tune: a task's sequences, a model, its epochs, its metrics.
struct FineTuning {
  let context: StageContext
  private let tokenizer: Tokenizer
  private let architecture: Architecture
  /// The training that is done again on all of train; nil for one of its own.
  private let refit: Refit?

  init(_ context: StageContext) throws {
    self.context = context
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    let architecture = try ArchitectureText.read(context.input("architecture"))
    self.architecture = architecture
    refit = try context.artifacts(at: "refit").first.map {
      try Refit($0, architecture, epochs: context[FineTuneStage.epochs], recipe: Refit.recipe(context))
    }
  }

  func run() throws {
    let task = try TaskSplits(
      context.input("task"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
      rows: context[.rows], keepsDuplicates: context[FineTuneStage.duplicates] == "keep",
      holdOut: refit == nil ? context[FineTuneStage.holdOut] : 0, holdOutSeed: context[FineTuneStage.holdOutSeed],
      context.report)
    try refit?.check(task)
    let tokens = try TaskTokens(
      task,
      SequenceEncoding(
        tokenizer, maximumLength: context[FineTuneStage.maxLength], inMiddle: context[FineTuneStage.cut] == "middle",
        strands: try strands(task)), context)
    warnOfWhatIsNotRead(task)
    let document =
      context[FineTuneStage.linearProbe] ? try probed(task, tokens) : try trained(task, tokens)
    try document.write(context)
  }

  private func trained(_ task: TaskSplits, _ tokens: TaskTokens) throws -> MetricsDocument {
    let setup = try setup(task, tokens)
    let total = context[FineTuneStage.epochs]
    var run = try CourseRun<FineTuner>(context, setup, until: refit?.epochs ?? total, of: total)
    let tuner = run.course
    var told = tuner.epochs.count
    let choice = try choice(task)
    try run.train(beforeSave: {
      for epoch in told..<tuner.epochs.count { tell(of: tuner.epochs[epoch], number: epoch + 1, choice) }
      told = tuner.epochs.count
    })
    var document = try finished(
      task, tokens, parameters: tuner.parameterCount, inherited: tuner.inherited?.blocks, outputs: tuner.evaluate)
    if let best = tuner.bestEpoch {
      document.epochs = tuner.epochs.map { MetricsDocument.Epoch(loss: $0.loss, score: $0.score) }
      document.chosenEpoch = best + 1
    }
    document.settings = refit?.settings
    document.recipe = Refit.recipe(context)
    try write(tuner.model, setup, task, tokens, threshold: document.threshold)
    return document
  }

  /// The metrics of a model that gives such outputs, whose predictions are written.
  func finished(
    _ task: TaskSplits, _ tokens: TaskTokens, parameters: Int, inherited: Int?,
    outputs: (LabelledTokens) throws -> [Float]
  ) throws -> MetricsDocument {
    let heldOut = try refit == nil ? outputs(tokens.holdOut) : []
    let isHalf = context[FineTuneStage.threshold] == "half"
    let threshold = isHalf ? 0 : refit?.threshold ?? tokens.threshold(heldOut)
    let holdOut = tokens.measurable(heldOut, \.holdOut, tokens.holdOut, threshold)
    let dev = tokens.measurable(try outputs(tokens.dev), \.dev, tokens.dev, threshold)
    let test = tokens.measurable(try outputs(tokens.test), \.test, tokens.test, threshold)
    try PredictionsArtifact.write(
      [("hold-out", task.holdOut, holdOut), ("dev", task.dev, dev), ("test", task.test, test)],
      classes: task.classNames, context)
    return MetricsDocument(
      architecture: architecture.text, parameters: parameters, inheritedBlocks: inherited ?? 0, rows: task.rows,
      encoded: tokens.encoded, threshold: task.hasThreshold ? threshold : nil,
      classes: task.classNames.isEmpty ? nil : task.classNames,
      metrics: Metrics(
        primary: task.metric, dev: dev.metrics(PredictionsArtifact.partners(task.dev)),
        test: test.metrics(PredictionsArtifact.partners(task.test))))
  }

  /// Writes the model of these weights.
  func write(
    _ weights: Checkpoint, _ setup: FineTuneSetup, _ task: TaskSplits, _ tokens: TaskTokens, threshold: Double?
  ) throws {
    let document = ModelDocument(
      architecture, task, setup.head, tokens.encoding, limit: setup.description.positions.count, threshold: threshold,
      scale: tokens.scale, precision: context[TrainingParameters.precision])
    try TrainedModel.write(document, tokenizer, weights, context)
  }

  /// Not refused: a stage may run over tasks of several kinds.
  private func warnOfWhatIsNotRead(_ task: TaskSplits) {
    if task.kind == .value, context[FineTuneStage.labelSmoothing] > 0 {
      context.report(.warning("labels are values: 'label-smoothing' is not read"))
    }
    if task.kind == .letters, context[FineTuneStage.pooling] != "mean" {
      context.report(.warning("labels are of letters: there is nothing to pool, 'pooling' is not read"))
    }
    if task.kind == .value, context[FineTuneStage.classWeights] != "none" {
      context.report(.warning("labels are values, which have no classes: 'class-weights' is not read"))
    }
  }

  /// The strands that are stated, or follow from the input.
  private func strands(_ task: TaskSplits) throws -> Strands {
    let isOfTwo = task.alphabet == .dna && task.kind != .letters
    guard let stated = Strands(rawValue: context[FineTuneStage.strands]) else {
      return task.isUnstranded && isOfTwo ? .both : .forward
    }
    guard stated == .forward || isOfTwo else {
      throw StageFailure(
        code: "one-strand",
        task.alphabet == .dna
          ? "labels are of letters, in the order of one strand: 'strands' is 'forward' for them"
          : "a sequence of \(task.alphabet.rawValue) has one strand: 'strands' is 'forward' for it")
    }
    return stated
  }

  /// The measure by which the epoch is chosen; nil for the loss.
  func choice(_ task: TaskSplits) throws -> Metric? {
    switch context[FineTuneStage.chooseBy] {
    case "loss": return nil
    case "auroc":
      guard task.kind == .class || task.kind == .set else {
        throw StageFailure(
          code: "no-auroc",
          "labels of the kind '\(task.kind.rawValue)' have no AUROC: 'choose-by' is 'metric' or 'loss'")
      }
      return .auroc
    default: return task.metric
    }
  }

  func setup(_ task: TaskSplits, _ tokens: TaskTokens) throws -> FineTuneSetup {
    let weights = try context.weights()
    var setup = FineTuneSetup(
      architecture, description: try description(weights, task, longest: tokens.longest), on: tokens.train,
      holdOut: refit == nil ? tokens.holdOut : nil)
    setup.weights = weights
    if weights != nil { context.warn(ofTags: tokenizer) }
    let pooling = Pooling(rawValue: context[FineTuneStage.pooling]) ?? .mean
    if weights == nil, context[FineTuneStage.linearProbe] {
      context.report(
        .warning("no weights are bound: the probe reads the features of a network that has learnt nothing"))
    }
    if pooling == .attention, context[FineTuneStage.linearProbe] {
      throw StageFailure(
        code: "bad-pooling", "a linear probe trains no queries: 'pooling: attention' would pool by chance")
    }
    setup.head = TaskHead(
      tokens.space, pooling: pooling,
      length: pooling == .flat ? (tokens.longest + architecture.stride - 1) / architecture.stride : 0,
      isPaired: task.isPaired, strands: tokens.train.strands)
    setup.strands = try strands(task)
    setup.labelSmoothing = context[FineTuneStage.labelSmoothing]
    setup.averaging = context[FineTuneStage.averaging]
    setup.rateDecay = context[FineTuneStage.layerDecay]
    setup.batchSize = context[FineTuneStage.batch]
    setup.dropout = context[FineTuneStage.dropout]
    if context[FineTuneStage.classWeights] == "balanced" {
      setup.classWeights = tokens.train.targets.balancedWeights(classes: task.classes)
    }
    setup.patience = context[FineTuneStage.patience]
    setup.options = context.stepOptions(FineTuner.unit(of: setup))
    setup.score = try choice(task).map { metric in
      { outputs in
        // Nothing was learnt when a metric is not defined, as a correlation with equal predictions.
        let value = tokens.measurable(outputs, \.holdOut, tokens.holdOut).value(of: metric) ?? 0
        return metric.higherIsBetter ? value : -value
      }
    }
    return setup
  }

  /// The description of the weights, or of new ones. It must fit the tokenizer, the task, the direction and the longest
  /// sequence.
  private func description(
    _ weights: Checkpoint?, _ task: TaskSplits, longest: Int
  ) throws -> SupernetDescription {
    let positions = context.positions(count: longest)
    let isCausal = context[FineTuneStage.direction] == "causal"
    let description =
      try weights.map { try SupernetDescription($0) }
      ?? SupernetDescription(
        vocabulary: tokenizer.vocabularySize, architectures: [architecture], positions: positions ?? .learned(longest),
        causal: isCausal, seed: context[.seed])
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
    if let count = description.positions.count, count < longest {
      throw StageFailure(
        code: "too-long",
        "the weights have \(count) learned positions, the longest sequence has \(longest) tokens: "
          + "'max-length: \(count)' cuts, or the pretraining states 'max-positions: \(longest)'")
    }
    if let problem = description.problem(of: positions) { throw StageFailure(code: "other-positions", problem) }
    guard description.causal || !isCausal else {
      throw StageFailure(code: "other-direction", "the weights are bidirectional, the stage states causal")
    }
    return description
  }

  private func tell(of epoch: EpochScore, number: Int, _ metric: Metric?) {
    context.report(.metric(name: "hold-out loss", step: number, value: epoch.loss))
    guard let metric else { return }
    context.report(
      .metric(
        name: "hold-out \(metric.rawValue)", step: number, value: metric.higherIsBetter ? epoch.score : -epoch.score))
  }
}
