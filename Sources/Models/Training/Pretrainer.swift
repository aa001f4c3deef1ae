import JSON
package import Networks
import Randomness
import Spaces
import System
import Tensors
import Tokens

/// Trains the shared weights of a set of architectures, one path per step.
package final class Pretrainer: Course {
  package let inherited: (blocks: Int, total: Int)?
  package private(set) var step: Int
  let supernet: Supernet
  private let setup: PretrainSetup
  private let shards: Shards

  private static let cursorFile = "state/cursor.json"

  package static func unit(of setup: PretrainSetup) -> CourseUnit { .step }

  /// A new supernet, one that goes on from the weights of another, or one restored from a state of its own training.
  package init(_ setup: PretrainSetup, from state: Checkpoint? = nil) throws {
    let architectures = setup.architectures
    guard !architectures.isEmpty, architectures.allSatisfy({ !$0.layers.isEmpty }) else {
      throw ModelError.badInput(
        architectures.isEmpty ? "no architecture to pretrain" : "an architecture without layers")
    }
    let description = try setup.description()
    let blocks = try Supernet.blockNames(architectures, head: setup.objective.head, description)
    if let state, try SupernetDescription(state) != description {
      throw ModelError.badCheckpoint(file: SupernetDescription.fileName, reason: "it belongs to another supernet")
    }
    let weights = setup.weights?.weights(of: blocks)
    inherited = weights.map { ($0.names.count, blocks.count) }
    self.setup = setup
    supernet = Supernet(description, origin: state ?? weights)
    step = try state.map { try Self.cursor($0) } ?? 0
    shards = Shards(setup.options)
  }

  @discardableResult
  package func train(
    until horizon: Int, isCancelled: () -> Bool, report: (StepReport) -> Void
  ) throws -> Bool {
    while step < horizon {
      if isCancelled() { return false }
      report(try advance())
    }
    return true
  }

  /// The number of the architecture that a step trains.
  func choice(step: Int) -> Int {
    let (random, count) = (Philox(seed: setup.options.seed, stream: .path), setup.architectures.count)
    if !setup.fair { return random.integer(below: count, step) }
    return random.permutation(count, round: step / count + 1)[step % count]
  }

  private func advance() throws -> StepReport {
    let clock = ContinuousClock.now
    let batch = try checked(try setup.batch(step))
    let path = try path(of: setup.architectures[choice(step: step)])
    var hidden: HiddenLetters?
    var report = try shards.take(
      step: step, path, rule: setup.options.optimizer, tokens: batch.ids.count,
      forward: setup.objective.operations(Array(batch.lengths(0..<batch.count)), of: path.operations), since: clock
    ) {
      let loss = try setup.objective.loss(batch, in: setting(path, step: step))
      hidden = loss.hidden
      return loss.sum
    }
    report.hidden = hidden
    step += 1
    return report
  }

  private func path(of architecture: Architecture) throws -> Path {
    try supernet.path(architecture, head: setup.objective.head, headSeed: setup.options.seed)
  }

  private func setting(_ path: Path, step: Int) -> ObjectiveSetting {
    ObjectiveSetting(
      path: path, shards: shards, step: step, seed: setup.options.seed, vocabulary: setup.vocabulary,
      accumulate: setup.options.accumulate)
  }

  private func checked(_ batch: PackedTokens) throws -> PackedTokens {
    if let bad = batch.ids.first(where: { $0 < 0 || $0 >= setup.vocabulary }) {
      throw ModelError.badInput("token \(bad) is beyond the vocabulary of \(setup.vocabulary)")
    }
    try supernet.description.check(length: batch.longest)
    return batch
  }

  /// How well one architecture does on held-out sequences: the mean over batches, whose draws depend on their number
  /// alone. For `mm` and `ntp` a batch may say how much of each sequence is context only.
  package func evaluate(_ question: HeldOut.Question) throws -> HeldOut {
    let path = try path(of: question.architecture)
    defer { for block in path.blocks { block.weights.releasePacked() } }
    var total = LossSum()
    var covered = 0
    for (number, batch) in question.batches.enumerated() {
      _ = try checked(batch.tokens)
      let setting = setting(path, step: -1 - number)
      guard let (sum, targets) = try setup.objective.measure(batch, in: setting) else { continue }
      guard sum.loss.isFinite else {
        throw ModelError.notFinite(quantity: "held-out loss", step: step, origin: shards.origin)
      }
      if !question.letters.isEmpty { covered += targets.reduce(0) { $0 + question.letters[Int($1)] } }
      total = total + LossSum(loss: sum.loss * Double(sum.rows), correct: sum.correct, rows: sum.rows)
    }
    return HeldOut(
      loss: total.loss / Double(max(1, total.rows)), correct: total.correct, tokens: total.rows, letters: covered,
      parameters: path.parameterCount)
  }

  /// Files of the blocks, and the cursor.
  package var state: Checkpoint {
    Checkpoint(names: (supernet.checkpointNames + [Self.cursorFile]).sorted()) { [self] name in
      if name != Self.cursorFile { return try supernet.checkpointBytes(name) }
      return Array((JSON.object([("format", .int(1)), ("step", .int(step))]).line + "\n").utf8)
    }
  }

  private static func cursor(_ state: Checkpoint) throws -> Int {
    let bytes = try state.read(cursorFile)
    let json = try? JSON(parsing: bytes)
    guard json?["format"]?.int == 1, let step = json?["step"]?.int
    else { throw ModelError.badCheckpoint(file: cursorFile, reason: "not a cursor of format 1") }
    return step
  }
}
