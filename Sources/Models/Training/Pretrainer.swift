import JSON
import Randomness
package import Spaces
import Tensors
import Tokens

/// How a supernet is pretrained. `threads` alone changes no bit of the result.
package struct PretrainOptions: Sendable {
  package var seed = 0
  package var objective = Objective.mm(MaskedModelling())
  package var optimizer = AdamW(rate: 1e-3, warmup: 100)
  /// Logical shards of a batch.
  package var shards = 4
  /// Whether products round their operands to bfloat16.
  package var half = false
  /// Pieces that a batch is worked through in, one after the other; not for `cl`, whose loss needs the whole batch.
  package var accumulate = 1
  /// Every path once per cycle, in an order drawn anew, instead of one drawn from all at each step.
  package var fair = false
  package var threads = 1
  package init() {}
}

/// Trains the shared weights of a set of architectures, one path per step. A set of one is a model of its own.
package final class Pretrainer {
  package let architectures: [Architecture]
  package let options: PretrainOptions
  package let supernet: Supernet
  /// Blocks of the architectures whose weights were there before the first step, and blocks in all, embedding and heads
  /// included.
  package let inheritedBlocks: (count: Int, total: Int)
  /// Steps finished.
  package private(set) var step: Int
  private let shards: Shards

  static let cursorFile = "state/cursor.json"

  /// A new supernet; or one that goes on from the weights of another, whose blocks outside these architectures are left
  /// behind; or one restored from a checkpoint of its own training. Throws `BlockProblem` for an architecture that
  /// cannot be trained, `TrainingError` for weights and checkpoints that do not fit.
  package init(
    architectures: [Architecture], vocabulary: Int, options: PretrainOptions, from weights: Checkpoint? = nil,
    restoring checkpoint: Checkpoint? = nil
  ) throws {
    guard !architectures.isEmpty, architectures.allSatisfy({ !$0.layers.isEmpty }) else {
      throw TrainingError.badInput(
        architectures.isEmpty ? "no architecture to pretrain" : "an architecture without layers")
    }
    let description =
      try weights.map { try Self.description(of: $0, vocabulary: vocabulary, options.objective) }
      ?? SupernetDescription(
        vocabulary: vocabulary, architectures: architectures, causal: options.objective.isCausal, seed: options.seed)
    let blocks = try Supernet.blockNames(architectures, head: options.objective.head, description)
    if let checkpoint, try SupernetDescription(checkpoint) != description {
      throw TrainingError.badCheckpoint(file: SupernetDescription.fileName, reason: "it belongs to another supernet")
    }
    let inherited = weights.map { source in
      let files = Set(blocks.map(Supernet.weightsFile))
      return Checkpoint(names: source.names.filter(files.contains), read: source.read)
    }
    inheritedBlocks = (inherited?.names.count ?? 0, blocks.count)
    self.architectures = architectures
    self.options = options
    supernet = Supernet(description, origin: checkpoint ?? inherited)
    step = try checkpoint.map { try Self.cursor($0) } ?? 0
    shards = Shards(count: options.shards, half: options.half, workers: WorkerPool(threads: options.threads))
  }

  /// Trains until `horizon` steps are finished or `isCancelled`; returns whether the horizon was reached. Throws
  /// `TrainingError.notFinite` and what the source throws; the state is then that of the last finished step.
  @discardableResult
  package func train(
    until horizon: Int, from source: some TokenSource, isCancelled: () -> Bool = { false },
    report: (StepReport) -> Void = { _ in }
  ) throws -> Bool {
    while step < horizon {
      if isCancelled() { return false }
      report(try advance(source))
    }
    return true
  }

  /// The number of the architecture that a step trains.
  package func choice(step: Int) -> Int {
    let random = Philox(seed: options.seed, stream: .path)
    if !options.fair { return random.integer(below: architectures.count, step) }
    return random.permutation(architectures.count, round: step / architectures.count + 1)[step % architectures.count]
  }

  private func advance(_ source: some TokenSource) throws -> StepReport {
    let clock = ContinuousClock.now
    let batch = try source.batch(step: step)
    let path = try supernet.path(
      architectures[choice(step: step)], head: options.objective.head, headSeed: options.seed)
    let sum = try losses(batch, step: step, path, training: true)
    guard sum.loss.isFinite else { throw TrainingError.notFinite(quantity: "loss", step: step, origin: shards.origin) }
    let rate = options.optimizer.rate(step: step)
    let norm = shards.update(path, trained: { _ in true }, rule: options.optimizer, step: step)
    guard norm.isFinite else {
      throw TrainingError.notFinite(quantity: "gradient", step: step, origin: shards.origin)
    }
    step += 1
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    return StepReport(
      step: step, loss: sum.loss, gradientNorm: norm, rate: rate, tokens: batch.ids.count, seconds: seconds)
  }

  /// The mean loss of a batch by the objective. Held-out batches have negative steps.
  private func losses(_ batch: PackedTokens, step: Int, _ path: Path, training: Bool) throws -> LossSum {
    if case .cl(let learning) = options.objective {
      let random = Philox(seed: options.seed, stream: .views)
      let views = learning.views(
        try checked(batch), step: step, vocabulary: supernet.description.vocabulary, random: random)
      return shards.runTogether(
        views, training: training, { _, rows, tape in path.projections(views.ids[rows], on: tape) },
        loss: { InfoNCE.loss($0, views: views.count, temperature: learning.temperature) })
    }
    let task = try task(batch, step: step)
    if task.rows.isEmpty { throw TrainingError.badInput("a batch without a token to predict") }
    return losses(task, path, training: training)
  }

  /// The tokens that `mm` or `ntp` asks for; none when the batch has none that can be asked for.
  private func task(_ batch: PackedTokens, step: Int) throws -> PredictionTask {
    let task: PredictionTask
    switch options.objective {
    case .mm(let masking):
      task = masking.task(
        try checked(batch), step: step, vocabulary: supernet.description.vocabulary,
        random: Philox(seed: options.seed, stream: .masking))
    case .ntp(let prediction):
      task = prediction.task(try checked(batch))
    case .cl: preconditionFailure("a contrast names no tokens")
    }
    return task
  }

  private func checked(_ batch: PackedTokens) throws -> PackedTokens {
    let vocabulary = supernet.description.vocabulary
    if let bad = batch.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) is beyond the vocabulary of \(vocabulary)")
    }
    return batch
  }

  /// The mean loss over the batch's chosen rows, by shards.
  private func losses(_ task: PredictionTask, _ path: Path, training: Bool) -> LossSum {
    let scale = 1 / Float(task.rows.count)
    return shards.run(task.inputs, training: training, parts: training ? options.accumulate : 1) { _, rows, tape in
      let first = task.rows.partitioningIndex { $0 >= rows.lowerBound }
      let end = task.rows.partitioningIndex { $0 >= rows.upperBound }
      let chosen = task.rows[first..<end].map { $0 - Int32(rows.lowerBound) }
      let logits = path.tokenLogits(task.inputs.ids[rows], rows: chosen, on: tape)
      return tape.crossEntropy(logits, targets: task.targets[first..<end], scale: scale)
    }
  }

  /// How well one architecture does on held-out sequences: the mean over `batches`, whose draws depend on their number
  /// alone. For `mm` and `ntp` a batch may say how much of each sequence is context only. `letters`: by token, how many
  /// letters of a sequence it stands for.
  package func evaluate(
    _ architecture: Architecture, _ batches: some Sequence<EvaluationBatch>, letters: [Int] = []
  ) throws -> HeldOut {
    let path = try supernet.path(architecture, head: options.objective.head, headSeed: options.seed)
    defer { for block in path.blocks { block.weights.releasePacked() } }
    var total = LossSum()
    var covered = 0
    for (number, batch) in batches.enumerated() {
      let sum: LossSum
      if case .cl = options.objective {
        sum = try losses(batch.tokens, step: -1 - number, path, training: false)
      } else {
        let task = try task(batch.tokens, step: -1 - number).scored(after: batch.context, whole: batch.firstPieces)
        if task.rows.isEmpty { continue }
        sum = losses(task, path, training: false)
        if !letters.isEmpty { covered += task.targets.reduce(0) { $0 + letters[Int($1)] } }
      }
      guard sum.loss.isFinite else {
        throw TrainingError.notFinite(quantity: "held-out loss", step: step, origin: shards.origin)
      }
      total = total + LossSum(loss: sum.loss * Double(sum.rows), correct: sum.correct, rows: sum.rows)
    }
    return HeldOut(
      loss: total.loss / Double(max(1, total.rows)), correct: total.correct, tokens: total.rows, letters: covered)
  }

  /// The names of all files of the checkpoint at this step, ascending.
  package var checkpointNames: [String] { (supernet.checkpointNames + [Self.cursorFile]).sorted() }

  /// The bytes of one of them.
  package func checkpointBytes(_ name: String) throws -> [UInt8] {
    if name != Self.cursorFile { return try supernet.checkpointBytes(name) }
    return Array((JSON.object([("format", .int(1)), ("step", .int(step))]).line + "\n").utf8)
  }

  /// The whole checkpoint in memory.
  package func checkpoint() throws -> [CheckpointFile] {
    try checkpointNames.map { CheckpointFile(name: $0, bytes: try checkpointBytes($0)) }
  }

  private static func cursor(_ checkpoint: Checkpoint) throws -> Int {
    let bytes = try checkpoint.read(cursorFile)
    let json = try? JSON(parsing: bytes)
    guard json?["format"]?.int == 1, let step = json?["step"]?.int
    else { throw TrainingError.badCheckpoint(file: cursorFile, reason: "not a cursor of format 1") }
    return step
  }

  /// The description of weights to go on from: they must read the same tokens in the same direction.
  private static func description(
    of weights: Checkpoint, vocabulary: Int, _ objective: Objective
  ) throws -> SupernetDescription {
    let description = try SupernetDescription(weights)
    guard description.vocabulary == vocabulary else {
      throw TrainingError.badInput(
        "the weights are of a vocabulary of \(description.vocabulary) tokens, the tokenizer has \(vocabulary)")
    }
    guard description.causal == objective.isCausal else {
      throw TrainingError.badInput(
        description.causal
          ? "the weights are causal (ntp), this objective reads in both directions"
          : "the weights read in both directions (mm, cl), next-token prediction must not see what follows")
    }
    return description
  }
}

extension Array {
  /// The first index at which an ascending predicate holds.
  func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
