import Artifacts
import Layers
import Rankings
import Sequences
import Supernets

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
      context.input("task"), alphabet: Alphabet(rawValue: context.string("alphabet")) ?? .dna,
      rows: context.int("rows"), holdOut: context.float("hold-out"), context.report)
    let tokens = TaskTokens(task, tokenizer, maximumLength: context.int("max-length"), context)
    let tuner = try makeTuner(classes: task.classes, steps: Self.steps(tokens, context.int("batch")))
    let blocks = architecture.layers.count + 1
    if context.optionalInput("weights") != nil, tuner.inheritedBlocks < blocks {
      context.report(
        .warning("\(blocks - tuner.inheritedBlocks) of \(blocks) blocks have no trained weights: they start anew"))
    }
    try train(tuner, tokens, classes: task.classes)
    let scores = tuner.epochs
    guard
      let best = scores.indices.max(by: {
        scores[$0].score < scores[$1].score || (scores[$0].score == scores[$1].score && $0 > $1)
      })
    else { return }
    let document = MetricsDocument(
      architecture: architecture.text, parameters: tuner.parameterCount, inheritedBlocks: tuner.inheritedBlocks,
      epochs: scores.map { MetricsDocument.Epoch(loss: $0.loss, score: $0.score) }, chosenEpoch: best + 1,
      rows: task.rows,
      metrics: Metrics(
        primary: .mcc, dev: try split(tuner, tokens.dev, task.classes),
        test: try split(tuner, tokens.test, task.classes)))
    try context.outputs.write("metrics", "", JSONArtifact.encode(document))
  }

  private func split(_ tuner: FineTuner, _ data: LabelledTokens, _ classes: Int) throws -> SplitMetrics {
    let logits = tuner.logits(of: data.tokens).map(Double.init)
    guard logits.allSatisfy(\.isFinite) else { throw TrainingError.notFinite(quantity: "logits", step: tuner.step) }
    return Predictions(logits: logits, labels: data.labels.map(Int.init), classes: classes).metrics()
  }

  private func makeTuner(classes: Int, steps: Int) throws -> FineTuner {
    var options = FineTuneOptions()
    options.seed = context.int("seed")
    options.classes = classes
    options.batchSize = context.int("batch")
    options.dropout = context.float("dropout")
    options.shards = context.int("shards")
    options.threads = context.threads
    options.optimizer = try context.optimizer()
    let weights = try context.optionalInput("weights").map { try Segments.checkpoint($0, prefix: "weights/") }
    let description =
      try weights.map { try SupernetDescription($0) }
      ?? SupernetDescription(
        vocabulary: tokenizer.vocabularySize, architectures: [architecture], causal: false, seed: options.seed)
    guard description.vocabulary == tokenizer.vocabularySize else {
      throw StageFailure(
        code: "other-tokenizer",
        "the weights are of a vocabulary of \(description.vocabulary) tokens, "
          + "the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
    let saved = try Segments(context).newest(atOrBefore: context.int("epochs") * steps)
    return try FineTuner(
      architecture, description: description, pretrained: weights, options: options, restoring: saved)
  }

  /// Trains to the horizon. A segment is a number of steps; at the end of an epoch it holds the epoch's score.
  private func train(_ tuner: FineTuner, _ tokens: TaskTokens, classes: Int) throws {
    var segments = Segments(context)
    let horizon = context.int("epochs")
    let last = horizon * Self.steps(tokens, tuner.options.batchSize)
    let holdOut = tokens.holdOut
    var progress = TrainingProgress(context, total: last)
    var isFinished = false
    while !isFinished {
      let before = tuner.epochs.count
      isFinished = try tuner.train(
        epochs: horizon, on: tokens.train, holdOut: holdOut,
        score: { logits in
          Predictions(logits: logits.map(Double.init), labels: holdOut.labels.map(Int.init), classes: classes)
            .confusion.mcc ?? 0
        }, isCancelled: { context.isInterrupted() || segments.isDue }
      ) { report in
        progress.tell(report, loss: report.loss, lead: "epoch \(tuner.epochs.count + 1)/\(horizon)  ")
      }
      for epoch in before..<tuner.epochs.count {
        context.report(.metric(name: "hold-out loss", step: epoch + 1, value: tuner.epochs[epoch].loss))
        context.report(.metric(name: "hold-out MCC", step: epoch + 1, value: tuner.epochs[epoch].score))
      }
      let files = try tuner.checkpoint()
      try segments.save(step: tuner.step, files.map(\.name)) { name in files.first { $0.name == name }?.bytes ?? [] }
      if !isFinished && context.isInterrupted() { throw Interrupted() }
    }
  }

  private static func steps(_ tokens: TaskTokens, _ batch: Int) -> Int {
    (tokens.train.tokens.count + batch - 1) / batch
  }
}

extension TrainingError {
  /// The word under which the failure is recorded.
  var code: String {
    switch self {
    case .notFinite: "not-finite"
    case .badCheckpoint: "bad-checkpoint"
    case .badInput: "bad-input"
    }
  }
}

/// A `tokenizer` artifact.
enum TokenizerArtifact {
  static func read(_ artifact: any InputArtifact) throws -> Tokenizer {
    do { return try Tokenizer(json: artifact.bytes(), file: "tokenizer.json") } catch let error as SequenceError {
      throw StageFailure(code: "bad-tokenizer", "\(error)")
    }
  }
}
