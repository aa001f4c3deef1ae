import Artifacts
import Layers
import Sequences
import Supernets

/// One pretraining: shared weights over a space, trained on token arrays.
struct Pretraining {
  private let context: StageContext
  private let tokenizer: Tokenizer
  private let architectures: [Architecture]
  private let train: TokenFile
  private let heldOut: TokenFile

  init(_ context: StageContext) throws {
    self.context = context
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    architectures = try JSONArtifact.decode(ReducedSpace.self, context.input("space").bytes()).architectures
    train = try TokenFile(context.input("tokens"), TokenFile.train)
    heldOut = try TokenFile(context.input("tokens"), TokenFile.heldOut)
    guard train.array.vocabularySize == tokenizer.vocabularySize else {
      throw StageFailure(
        code: "other-tokenizer",
        "the tokens are of a vocabulary of \(train.array.vocabularySize), the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
  }

  func run() throws {
    let horizon = context.int("steps")
    var segments = Segments(context)
    let saved = try segments.newest(atOrBefore: horizon)
    var history =
      try saved.map { try JSONArtifact.decode(TrainingHistory.self, $0.read(TrainingHistory.fileName)) }
      ?? TrainingHistory()
    let trainer = try Pretrainer(
      architectures: architectures, vocabulary: tokenizer.vocabularySize, options: options(), restoring: saved)
    guard var batches = batches(of: train) else {
      throw StageFailure(code: "no-tokens", "there are no tokens to train on")
    }
    let source = TokenFunction { step in TokenBatch(batches.batch(step)) }
    var isFinished = false
    while !isFinished {
      isFinished = try trainer.train(
        until: horizon, from: source, isCancelled: { context.isInterrupted() || segments.isDue }
      ) { report in
        if let point = history.add(report) {
          context.report(.metric(name: "loss", step: point.step, value: point.loss))
        }
        context.report(
          .progress(
            done: report.step, total: horizon, unit: "steps",
            detail: "loss \(Figures.fixed(history.recentLoss, 3))  "
              + "\(Figures.grouped(Int(report.tokensPerSecond))) tokens/s"))
      }
      try segments.save(step: trainer.step, trainer.checkpointNames + [TrainingHistory.fileName]) { name in
        name == TrainingHistory.fileName ? try JSONArtifact.encode(history) : try trainer.checkpointBytes(name)
      }
      if !isFinished && context.isInterrupted() { throw Interrupted() }
    }
    try measure(trainer, &history)
    try write(trainer, history)
  }

  private func options() -> PretrainOptions {
    var options = PretrainOptions()
    options.seed = context.int("seed")
    options.masking = MaskedModelling(rate: context.float("mask"), span: tokenizer.contiguousMask)
    options.optimizer = AdamW(
      rate: context.float("lr"), decay: context.float("weight-decay"),
      clip: context.float("clip") == 0 ? .infinity : context.float("clip"), warmup: context.int("warm-up"))
    options.shards = context.int("shards")
    options.fair = context.string("paths") == "cycle"
    options.threads = context.threads
    return options
  }

  /// Every path on the same batches of the held-out split.
  private func measure(_ trainer: Pretrainer, _ history: inout TrainingHistory) throws {
    let count = context.int("held-out-batches")
    guard count > 0, var batches = batches(of: heldOut) else { return }
    let chosen = (0..<count).map { TokenBatch(batches.batch($0)) }
    for architecture in architectures {
      if context.isInterrupted() { throw Interrupted() }
      let result = try trainer.evaluate(architecture, chosen)
      history.heldOut.append(
        TrainingHistory.HeldOutPoint(
          architecture: architecture.text, loss: result.loss, accuracy: result.accuracy, tokens: result.tokens))
    }
  }

  private func write(_ trainer: Pretrainer, _ history: TrainingHistory) throws {
    for name in trainer.checkpointNames {
      let parts = name.split(separator: "/", maxSplits: 1)
      guard parts.count == 2 else { preconditionFailure("a checkpoint's file without a folder: \(name)") }
      let port = parts[0] == "weights" ? "weights" : "state"
      try context.outputs.write(port, String(parts[1]), trainer.checkpointBytes(name))
    }
    try context.outputs.write("history", "", JSONArtifact.encode(history))
  }

  private func batches(of file: TokenFile) -> Batches? {
    Batches(
      file.array, seed: context.int("seed"), batchSize: context.int("batch"), length: context.int("length"))
  }
}
