package import Layers
import Randomness
import Tensors

/// How a supernet is pretrained. `threads` alone changes no bit of the result.
package struct PretrainOptions: Sendable {
  package var seed = 0
  package var masking = MaskedModelling()
  package var optimizer = AdamW(rate: 1e-3, warmup: 100)
  /// Logical shards of a batch.
  package var shards = 4
  /// Every path once per cycle, in an order drawn anew, instead of one drawn from all at each step.
  package var fair = false
  package var threads = 1
  package init() {}
}

/// Trains the shared weights of a set of architectures by masked modelling, one path per step.
package final class Pretrainer {
  package let architectures: [Architecture]
  package let options: PretrainOptions
  package let supernet: Supernet
  /// Steps finished.
  package private(set) var step: Int
  private let shards: Shards

  static let cursorFile = "state/cursor.json"

  /// A new supernet, or one that goes on from a checkpoint. Throws `BlockError` for an architecture that cannot be
  /// trained, `TrainingError.badCheckpoint` for one of another space.
  package init(
    architectures: [Architecture], vocabulary: Int, options: PretrainOptions, restoring checkpoint: Checkpoint? = nil
  ) throws {
    guard !architectures.isEmpty else { throw TrainingError.badInput("no architecture to pretrain") }
    let description = SupernetDescription(
      vocabulary: vocabulary, architectures: architectures, causal: false, seed: options.seed)
    for architecture in architectures { try Self.check(architecture, description) }
    if let checkpoint, try SupernetDescription(checkpoint) != description {
      throw TrainingError.badCheckpoint(file: SupernetDescription.fileName, reason: "it belongs to another supernet")
    }
    self.architectures = architectures
    self.options = options
    supernet = Supernet(description, origin: checkpoint)
    step = try checkpoint.map { try Self.cursor($0) } ?? 0
    shards = Shards(count: options.shards, workers: WorkerPool(threads: options.threads))
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
    let path = try supernet.path(architectures[choice(step: step)], head: .tokens)
    let task = try task(batch, step: step)
    let sum = losses(task, path, training: true)
    guard sum.loss.isFinite else { throw TrainingError.notFinite(quantity: "loss", step: step) }
    let rate = options.optimizer.rate(step: step)
    let norm = shards.update(path, trained: { _ in true }, rule: options.optimizer, step: step)
    guard norm.isFinite else { throw TrainingError.notFinite(quantity: "gradient", step: step) }
    step += 1
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    return StepReport(
      step: step, loss: sum.loss, gradientNorm: norm, rate: rate, tokens: batch.ids.count, seconds: seconds)
  }

  private func task(_ batch: TokenBatch, step: Int) throws -> PredictionTask {
    let vocabulary = supernet.description.vocabulary
    if let bad = batch.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) is beyond the vocabulary of \(vocabulary)")
    }
    let task = options.masking.task(
      batch, step: step, vocabulary: vocabulary, random: Philox(seed: options.seed, stream: .masking))
    if task.rows.isEmpty { throw TrainingError.badInput("a batch without a token that can be masked") }
    return task
  }

  /// The mean loss over the batch's chosen rows, by shards.
  private func losses(_ task: PredictionTask, _ path: Path, training: Bool) -> LossSum {
    let scale = 1 / Float(task.rows.count)
    return shards.run(task.inputs, training: training) { _, rows, tape in
      let first = task.rows.partitioningIndex { $0 >= rows.lowerBound }
      let end = task.rows.partitioningIndex { $0 >= rows.upperBound }
      let chosen = task.rows[first..<end].map { $0 - Int32(rows.lowerBound) }
      let logits = path.tokenLogits(task.inputs.ids[rows], rows: chosen, on: tape)
      return tape.crossEntropy(logits, targets: task.targets[first..<end], scale: scale)
    }
  }

  /// Held-out loss (nats per masked token) and accuracy of one architecture, over batches whose masks depend on their
  /// number alone.
  package func evaluate(_ architecture: Architecture, _ batches: [TokenBatch]) throws -> HeldOut {
    let path = try supernet.path(architecture, head: .tokens)
    var total = LossSum()
    for (number, batch) in batches.enumerated() {
      let task = try task(batch, step: -1 - number)
      let sum = losses(task, path, training: false)
      guard sum.loss.isFinite else { throw TrainingError.notFinite(quantity: "held-out loss", step: step) }
      total = total + LossSum(loss: sum.loss * Double(task.rows.count), correct: sum.correct, rows: sum.rows)
    }
    return HeldOut(loss: total.loss / Double(max(1, total.rows)), correct: total.correct, tokens: total.rows)
  }

  /// The names of all files of the checkpoint at this step, ascending.
  package var checkpointNames: [String] { (supernet.checkpointNames + [Self.cursorFile]).sorted() }

  /// The bytes of one of them.
  package func checkpointBytes(_ name: String) throws -> [UInt8] {
    if name != Self.cursorFile { return try supernet.checkpointBytes(name) }
    return Array((JSONValue.object(["format": .integer(1), "step": .integer(step)]).text + "\n").utf8)
  }

  /// The whole checkpoint in memory.
  package func checkpoint() throws -> [CheckpointFile] {
    try checkpointNames.map { CheckpointFile(name: $0, bytes: try checkpointBytes($0)) }
  }

  private static func cursor(_ checkpoint: Checkpoint) throws -> Int {
    guard let json = JSONValue(try checkpoint.read(cursorFile)), json["format"]?.integer == 1,
      let step = json["step"]?.integer
    else { throw TrainingError.badCheckpoint(file: cursorFile, reason: "not a cursor of format 1") }
    return step
  }

  private static func check(_ architecture: Architecture, _ description: SupernetDescription) throws {
    guard !architecture.layers.isEmpty else { throw TrainingError.badInput("an architecture without layers") }
    var width = description.embeddingWidth
    for layer in architecture.layers {
      _ = try BlockShape(layer: layer, hIn: width, causal: description.causal)
      width = layer.width
    }
  }
}

/// How well masked tokens are named.
package struct HeldOut: Hashable, Sendable {
  /// Nats per masked token.
  package let loss: Double
  package let correct: Int
  /// Masked tokens.
  package let tokens: Int
  package var accuracy: Double { tokens > 0 ? Double(correct) / Double(tokens) : 0 }
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
