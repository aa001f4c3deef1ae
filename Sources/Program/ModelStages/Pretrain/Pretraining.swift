import Artifacts
import DataStages
import Inputs
import Sequences
import Spaces
import Tokenizers
import Tokens
import Training
import Wording

/// One pretraining: shared weights over a space, or one architecture, trained on token arrays.
struct Pretraining {
  private let context: StageContext
  private let tokenizer: Tokenizer
  private let architectures: [Architecture]
  private let train: TokenFile
  private let heldOut: TokenFile
  /// The table of the other strand, when sequences are read on both.
  private let complements: [Int32]?
  private let choice: PretrainObjective
  private let objective: any Objective

  init(_ context: StageContext) throws {
    self.context = context
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    choice = PretrainObjective.of(context)
    complements = try choice.complements(context, tokenizer)
    objective = choice.make(context, tokenizer, complements)
    if let architecture = context.optionalInput("architecture") {
      architectures = [try ArchitectureText.read(architecture)]
    } else {
      architectures = try JSONArtifact.decode(ReducedSpace.self, context.input("space").bytes()).architectures
    }
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
    let horizon = context[PretrainStage.steps]
    var segments = Segments(context)
    let saved = try segments.newest(atOrBefore: horizon)
    var history =
      try saved.map { try JSONArtifact.decode(TrainingHistory.self, $0.read(TrainingHistory.fileName)) }
      ?? TrainingHistory(choice)
    let trainer = try makeTrainer(saved)
    guard var batches = batches(of: train) else {
      throw StageFailure(
        code: "no-tokens",
        train.array.total == 0
          ? "there are no tokens to train on" : "there is nothing to learn from: \(Self.nothing(objective))")
    }
    if batches.leftOut > 0 {
      context.report(
        .warning(
          Words.part(batches.leftOut, of: train.array.count, "sequences")
            + " are left out, there is nothing to learn from them: \(Self.nothing(objective))"))
      history.leftOut = batches.leftOut
    }
    if choice.comparesSequences, batches.examples < context[PretrainStage.batch] {
      throw StageFailure(
        code: "bad-objective",
        "a contrast needs different sequences in a batch: 'batch' is \(context[PretrainStage.batch]), there are "
          + "\(batches.examples)")
    }
    if context[PretrainStage.heldOut] == "all", heldOut.array.count == 0 {
      throw StageFailure(
        code: "no-held-out",
        "'held-out: all' measures the held-out split, which is empty: state 'held-out' in the "
          + "stage that makes the windows or the tokens")
    }
    let source = TokenFunction { step in batches.batch(step) }
    var progress = TrainingProgress(context, total: horizon)
    try segments.train(
      trainer, until: horizon, on: source,
      extra: [(TrainingHistory.fileName, { try JSONArtifact.encode(history) })]
    ) { report in
      if let point = history.add(report) {
        context.report(.metric(name: "loss", step: point.step, value: point.loss))
      }
      progress.tell(report, loss: history.recentLoss)
    }
    try measure(trainer, &history)
    try write(trainer, history)
  }

  /// Why there is nothing to learn from a sequence.
  private static func nothing(_ objective: any Objective) -> String {
    "no token but [UNK]" + (objective.lead > 0 ? ", after the first, that could be predicted" : "")
  }

  private func makeTrainer(_ saved: Checkpoint?) throws -> Pretrainer {
    var options = PretrainOptions()
    options.seed = context[.seed]
    options.objective = objective
    options.optimizer = context.optimizer(steps: context[PretrainStage.steps])
    options.shards = context[PretrainStage.shards]
    options.half = context[.precision] == "bf16"
    options.accumulate = context[PretrainStage.accumulate]
    options.fair = context[PretrainStage.paths] == "cycle"
    options.threads = context.threads
    let weights = try context.optionalInput("weights").map { try Segments.checkpoint($0, prefix: "weights/") }
    let trainer = try Pretrainer(
      architectures: architectures, vocabulary: tokenizer.vocabularySize, options: options, from: weights,
      restoring: saved)
    let (inherited, blocks) = trainer.inheritedBlocks
    if weights != nil, inherited < blocks {
      context.report(.warning("\(blocks - inherited) of \(blocks) blocks have no trained weights: they start anew"))
    }
    return trainer
  }

  /// Every path on the same tokens of the held-out split.
  private func measure(_ trainer: Pretrainer, _ history: inout TrainingHistory) throws {
    let takesAll = context[PretrainStage.heldOut] == "all"
    let evaluation: [EvaluationBatch]
    if takesAll {
      evaluation = HeldOutPieces(context).batches(of: heldOut.array)
    } else {
      guard var batches = batches(of: heldOut) else {
        if heldOut.array.count > 0 {
          context.report(
            .warning(
              "the held-out split is not measured, there is nothing to predict in it: \(Self.nothing(objective))"))
        }
        return
      }
      if choice.comparesSequences, batches.examples < context[PretrainStage.batch] {
        context.report(
          .warning("the held-out split has fewer sequences than a batch (\(batches.examples)) and is not measured"))
        return
      }
      evaluation = (0..<context[PretrainStage.heldOutBatches]).map { EvaluationBatch(batches.batch($0)) }
    }
    if evaluation.isEmpty { return }
    let tellsOfLetters = takesAll || !choice.asksAtRandom
    for architecture in architectures {
      if context.isInterrupted() { throw Interrupted() }
      let result = try trainer.evaluate(
        architecture, evaluation, letters: tellsOfLetters ? tokenizer.addedLengths : [])
      if result.tokens == 0 {
        context.report(.warning("\(architecture.text): the held-out split has no token that can be asked for"))
        continue
      }
      history.heldOut.append(TrainingHistory.HeldOutPoint(architecture, result))
      context.report(.metric(name: "held-out loss", step: trainer.step, value: result.loss))
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
    return Batches(
      file.array, seed: context[.seed], batchSize: context[PretrainStage.batch], length: context[PretrainStage.length],
      complements: choice.comparesSequences ? nil : complements, lead: objective.lead)
  }
}

/// The whole held-out split, in pieces that are measured together as many as make a batch's tokens.
struct HeldOutPieces {
  private let pieces: EvaluationPieces
  private let tokensPerBatch: Int

  init(_ context: StageContext) {
    let length =
      context[PretrainStage.heldOutLength] == 0 ? context[PretrainStage.length] : context[PretrainStage.heldOutLength]
    let overlap = context[PretrainStage.heldOutContext]
    pieces = EvaluationPieces(length: length, context: overlap)
    tokensPerBatch = context[PretrainStage.batch] * context[PretrainStage.length]
  }

  func batches(of tokens: TokenArray) -> [EvaluationBatch] {
    var result: [EvaluationBatch] = []
    var (batch, first) = (PackedTokens(), Set<Int>())
    let end = {
      if batch.count > 0 { result.append(EvaluationBatch(batch, context: pieces.context, firstPieces: first)) }
      (batch, first) = (PackedTokens(), [])
    }
    for index in 0..<tokens.count {
      let sequence = tokens.tokens(index)
      for range in pieces.cut(sequence.count) {
        if batch.ids.count + range.count > tokensPerBatch { end() }
        if range.lowerBound == 0 { first.insert(batch.count) }
        batch.append(sequence[range])
      }
    }
    end()
    return result
  }
}
