import Artifacts
import Blocks
import DataStages
import Inputs
import Networks
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
    objective = try choice.make(context, tokenizer, complements)
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
    let (length, stated) = (context[PretrainStage.length], context[PretrainStage.heldOutLength])
    let overlap = context[PretrainStage.heldOut] == "all" ? context[PretrainStage.heldOutContext] : 0
    guard tokenizer.tags.isEmpty || length > 1 && (stated == 0 ? length : stated) > overlap + 1 else {
      throw StageFailure(
        code: "too-short", "a piece begins with a tag, and there is no room behind it: raise 'length'")
    }
  }

  func run() throws {
    guard let batches = batches(of: train) else {
      throw StageFailure(
        code: "no-tokens",
        train.array.total == 0
          ? "there are no tokens to train on" : "there is nothing to learn from: \(nothingToLearn)")
    }
    let (setup, steps) = try setup(batches)
    var run = try CourseRun<Pretrainer>(context, setup, until: steps)
    var history =
      try run.saved.map { try JSONArtifact.decode(TrainingHistory.self, $0.read(TrainingHistory.fileName)) }
      ?? TrainingHistory(choice)
    if batches.leftOut > 0 {
      context.report(
        .warning(
          Words.part(batches.leftOut, of: train.array.count, "sequences")
            + " are left out, there is nothing to learn from them: \(nothingToLearn)"))
      history.leftOut = batches.leftOut
    }
    try check(batches)
    try run.train(saving: (TrainingHistory.fileName, { try JSONArtifact.encode(history) })) { report in
      if let point = history.add(report) {
        context.report(.metric(name: "loss", step: point.step, value: point.loss))
      }
      return history.recentLoss
    }
    try measure(run.course, &history)
    try write(run.course.state, history)
  }

  /// Why there is nothing to learn from a sequence.
  private var nothingToLearn: String {
    "no token of known letters" + (objective.lead > 0 ? ", after the first, that could be predicted" : "")
  }

  /// The training, and its steps.
  private func setup(_ batches: Batches) throws -> (PretrainSetup, steps: Int) {
    var batches = batches
    var setup = PretrainSetup(architectures, vocabulary: tokenizer.vocabularySize) { batches.batch($0) }
    setup.weights = try context.weights()
    setup.positions = try positions()
    setup.objective = objective
    setup.fair = context[PretrainStage.paths] == "cycle"
    let steps = try steps(of: setup)
    setup.options = context.stepOptions(.step, total: steps)
    return (setup, steps)
  }

  /// Steps of a training at most, as 'steps' may state.
  private static let mostSteps = 1e9

  /// The steps that are stated, or as many of full batches as come nearest to the budget.
  private func steps(of setup: PretrainSetup) throws -> Int {
    let budget = context[TrainingParameters.budget]
    if budget == 0 { return context[PretrainStage.steps] }
    guard architectures.count == 1 else {
      throw StageFailure(code: "bad-budget", "a budget is of one architecture, the space has \(architectures.count)")
    }
    let lengths = [Int](repeating: context[PretrainStage.length], count: context[PretrainStage.batch])
    let step = try setup.operations(lengths: lengths)
    let steps = (budget / step).rounded()
    guard steps >= 1, steps <= Self.mostSteps else {
      throw StageFailure(
        code: "bad-budget",
        "one step of \(architectures[0].text) takes \(Words.short(step)) operations, the budget is "
          + Words.short(budget) + (steps < 1 ? "" : ": of more than \(Words.short(Self.mostSteps)) steps"))
    }
    return Int(steps)
  }

  /// The positions of new weights: learned ones for the longest piece that is read.
  private func positions() throws -> Positions? {
    let (length, stated) = (context[PretrainStage.length], context[PretrainStage.maxPositions])
    let count = stated == 0 ? length : stated
    let longest = max(length, context[PretrainStage.heldOut] == "all" ? context[PretrainStage.heldOutLength] : 0)
    let positions = context.positions(count: count)
    if let count = positions?.count, count < longest {
      throw StageFailure(
        code: "bad-positions",
        "pieces of up to \(longest) tokens are read, and there are \(count) learned positions: 'max-positions' makes "
          + "more")
    }
    return positions
  }

  private func check(_ batches: Batches) throws {
    let knowsPlaces = context.positions(count: 1) ?? .none != .none || context.optionalInput("weights") != nil
    if !knowsPlaces, let path = architectures.first(where: { !$0.knowsPlaces }) {
      context.report(
        .warning(
          "nothing tells the tokens of \(path.text) their places: state 'positions: learned' or 'sinusoidal', or a "
            + "layer that knows them"))
    }
    if choice.comparesSequences, batches.examples < context[PretrainStage.batch] {
      throw StageFailure(
        code: "bad-objective",
        "a contrast needs different sequences in a batch: 'batch' is \(context[PretrainStage.batch]), there are "
          + "\(batches.examples)")
    }
    if choice.comparesSequences {
      guard tokenizer.tags.isEmpty else {
        throw StageFailure(
          code: "bad-objective",
          "a contrast compares sequences, which their tags would tell apart: take tokens without tags, or another "
            + "objective")
      }
      let overlap = NeighbourOverlap(of: train.array, tokenizer)
      if let warning = overlap.warning { context.report(.warning(warning)) }
    }
    if context[PretrainStage.heldOut] == "all", heldOut.array.count == 0 {
      throw StageFailure(
        code: "no-held-out",
        "'held-out: all' measures the held-out split, which is empty: state 'held-out' in the "
          + "stage that makes the windows or the tokens")
    }
  }

  /// The batches that every path is measured on; none where the held-out split has too little, of which it warns.
  private func evaluation() -> [EvaluationBatch] {
    if context[PretrainStage.heldOut] == "all" {
      let (length, stated) = (context[PretrainStage.length], context[PretrainStage.heldOutLength])
      let pieces = EvaluationPieces(
        length: stated == 0 ? length : stated, context: context[PretrainStage.heldOutContext],
        ahead: tokenizer.tagsAhead)
      return pieces.batches(of: heldOut.array, most: context[PretrainStage.batch] * length)
    }
    guard var batches = batches(of: heldOut) else {
      if heldOut.array.count > 0 {
        context.report(
          .warning("the held-out split is not measured, there is nothing to predict in it: \(nothingToLearn)"))
      }
      return []
    }
    if choice.comparesSequences, batches.examples < context[PretrainStage.batch] {
      context.report(
        .warning("the held-out split has fewer sequences than a batch (\(batches.examples)) and is not measured"))
      return []
    }
    return (0..<context[PretrainStage.heldOutBatches]).map { EvaluationBatch(batches.batch($0)) }
  }

  /// Measures every path on the same tokens of the held-out split.
  private func measure(_ trainer: Pretrainer, _ history: inout TrainingHistory) throws {
    let evaluation = evaluation()
    if evaluation.isEmpty { return }
    let tellsOfLetters = context[PretrainStage.heldOut] == "all" || !choice.asksAtRandom
    for architecture in architectures {
      if context.isInterrupted() { throw Interrupted() }
      let result = try trainer.evaluate(
        HeldOut.Question(architecture, on: evaluation, letters: tellsOfLetters ? tokenizer.addedLengths : []))
      if result.tokens == 0 {
        context.report(.warning("\(architecture.text): the held-out split has no token that can be asked for"))
        continue
      }
      history.heldOut.append(TrainingHistory.HeldOutPoint(architecture, result, choice))
      context.report(.metric(name: "held-out loss", step: trainer.step, value: result.loss))
    }
  }

  private func write(_ state: Checkpoint, _ history: TrainingHistory) throws {
    for name in state.names {
      let parts = name.split(separator: "/", maxSplits: 1)
      guard parts.count == 2 else { preconditionFailure("a checkpoint's file without a folder: \(name)") }
      try context.outputs.write(parts[0] == "weights" ? "weights" : "state", String(parts[1]), state.read(name))
    }
    try context.outputs.write("history", "", JSONArtifact.encode(history))
  }

  private func batches(of file: TokenFile) -> Batches? {
    Batches(
      file.array, seed: context[.seed], batchSize: context[PretrainStage.batch], length: context[PretrainStage.length],
      complements: choice.comparesSequences ? nil : complements, lead: objective.lead,
      ahead: tokenizer.tagsAhead, letters: tokenizer.letters, distinct: choice.comparesSequences)
  }
}
