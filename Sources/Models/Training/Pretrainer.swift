import JSON
import Randomness
package import Spaces
import System
import Tensors
import Tokens

/// How a supernet is pretrained. `threads` alone changes no bit of the result.
package struct PretrainOptions: Sendable {
  package var seed = 0
  package var objective: any Objective = MaskedModelling()
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
package final class Pretrainer: Course {
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
    until horizon: Int, on source: any TokenSource, isCancelled: () -> Bool = { false },
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

  private func advance(_ source: any TokenSource) throws -> StepReport {
    let clock = ContinuousClock.now
    let batch = try checked(try source.batch(step: step))
    let path = try path(of: architectures[choice(step: step)])
    let report = try shards.take(
      step: step, path, rule: options.optimizer, tokens: batch.ids.count, since: clock
    ) { try options.objective.loss(batch, in: setting(path, step: step)) }
    step += 1
    return report
  }

  private func path(of architecture: Architecture) throws -> Path {
    try supernet.path(architecture, head: options.objective.head, headSeed: options.seed)
  }

  private func setting(_ path: Path, step: Int) -> ObjectiveSetting {
    ObjectiveSetting(
      path: path, shards: shards, step: step, seed: options.seed, vocabulary: supernet.description.vocabulary,
      accumulate: options.accumulate)
  }

  private func checked(_ batch: PackedTokens) throws -> PackedTokens {
    let vocabulary = supernet.description.vocabulary
    if let bad = batch.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) is beyond the vocabulary of \(vocabulary)")
    }
    return batch
  }

  /// How well one architecture does on held-out sequences: the mean over `batches`, whose draws depend on their number
  /// alone. For `mm` and `ntp` a batch may say how much of each sequence is context only. `letters`: by token, how many
  /// letters of a sequence it stands for.
  package func evaluate(
    _ architecture: Architecture, _ batches: some Sequence<EvaluationBatch>, letters: [Int] = []
  ) throws -> HeldOut {
    let path = try path(of: architecture)
    defer { for block in path.blocks { block.weights.releasePacked() } }
    var total = LossSum()
    var covered = 0
    for (number, batch) in batches.enumerated() {
      _ = try checked(batch.tokens)
      let setting = setting(path, step: -1 - number)
      guard let (sum, targets) = try options.objective.measure(batch, in: setting) else { continue }
      guard sum.loss.isFinite else {
        throw TrainingError.notFinite(quantity: "held-out loss", step: step, origin: shards.origin)
      }
      if !letters.isEmpty { covered += targets.reduce(0) { $0 + letters[Int($1)] } }
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

  private static func cursor(_ checkpoint: Checkpoint) throws -> Int {
    let bytes = try checkpoint.read(cursorFile)
    let json = try? JSON(parsing: bytes)
    guard json?["format"]?.int == 1, let step = json?["step"]?.int
    else { throw TrainingError.badCheckpoint(file: cursorFile, reason: "not a cursor of format 1") }
    return step
  }

  /// The description of weights to go on from: they must read the same tokens in the same direction.
  private static func description(
    of weights: Checkpoint, vocabulary: Int, _ objective: any Objective
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
