import Networks
import System
import Tensors
import Tokens

/// The logical shards of a batch: S tapes, each run by one thread at a time, whatever the number of threads.
final class Shards {
  let tapes: [Tape]
  let workers: WorkerPool
  /// The op or block at which the numbers of the last step stopped being finite, when that was found.
  private(set) var origin: String?
  private let optimizer = Optimizer()

  init(_ options: StepOptions) {
    precondition(options.shards > 0, "\(options.shards) shards")
    tapes = (0..<options.shards).map { _ in Tape() }
    for tape in tapes {
      tape.half = options.half
      tape.recomputes = options.recompute
    }
    workers = WorkerPool(threads: options.threads)
  }

  /// Shard s of examples lo ..< lo + B: lo + sB/S ..< lo + (s+1)B/S.
  private func examples(_ shard: Int, of members: Range<Int>) -> Range<Int> {
    members.lowerBound + shard * members.count / tapes.count..<members.lowerBound + (shard + 1) * members.count
      / tapes.count
  }

  /// Records one shard on its begun tape: which examples of the batch, which rows.
  typealias Record<Result> = (_ examples: Range<Int>, _ rows: Range<Int>, Tape) -> Result

  /// Begins a shard's tape and records it.
  private func record<Result>(
    _ shard: Int, _ batch: PackedTokens, _ members: Range<Int>, group: Int = 1, training: Bool, continuing: Bool,
    _ body: Record<Result>
  ) -> Result {
    let range = examples(shard, of: members)
    let sequences = range.lowerBound * group..<range.upperBound * group
    tapes[shard].begin(lengths: batch.lengths(sequences), training: training, continuing: continuing)
    return body(range, batch.starts[sequences.lowerBound]..<batch.starts[sequences.upperBound], tapes[shard])
  }

  /// Forward, loss and (when training) backward of every shard; the sums in shard order. `body` returns the shard's
  /// part of the loss. `parts`: the batch is worked through in as many pieces, one after the other, whose gradients add
  /// up: the step of the whole batch but for rounding, with the memory of one piece. An example is `group` sequences.
  func run(
    _ batch: PackedTokens, training: Bool, parts: Int = 1, group: Int = 1, _ body: Record<LossSum>
  ) -> LossSum {
    origin = nil
    var total = LossSum()
    let count = batch.count / group
    for part in 0..<parts {
      let members = part * count / parts..<(part + 1) * count / parts
      var sums = [LossSum](repeating: LossSum(), count: tapes.count)
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums
        workers.run(tapes.count) { shard in
          sums[shard] = record(
            shard, batch, members, group: group, training: training, continuing: part > 0, body)
          if training { tapes[shard].backward() }
        }
      }
      for sum in sums { total = total + sum }
      if !total.loss.isFinite {
        findOrigin(batch, members, group: group) { _ = body($0, $1, $2) }
        break
      }
    }
    return total
  }

  /// A step with a loss that looks at the whole batch: forward of every shard to the value that `body` returns; the
  /// loss of all their rows, in order, and its gradient; backward of every shard from its rows of that.
  func runTogether(
    _ batch: PackedTokens, training: Bool, _ body: Record<TapeValue>,
    loss: ([Float]) -> (sum: LossSum, gradient: [Float])
  ) -> LossSum {
    origin = nil
    let everything = 0..<batch.count
    var values = [TapeValue?](repeating: nil, count: tapes.count)
    values.withUnsafeMutableBufferPointer { values in
      let values = values
      workers.run(tapes.count) { shard in
        values[shard] = record(shard, batch, everything, training: training, continuing: false, body)
      }
    }
    let numbers = values.indices.map { tapes[$0].array(values[$0]!) }
    let (sum, gradient) = loss(Array(numbers.joined()))
    if !sum.loss.isFinite { findOrigin(batch, everything) { _ = body($0, $1, $2) } }
    if !training { return sum }
    let ends = numbers.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    workers.run(tapes.count) { shard in
      let own = Array(gradient[ends[shard]..<ends[shard + 1]])
      tapes[shard].backward(seeds: own.isEmpty ? [] : [(values[shard]!, own)])
    }
    return sum
  }

  /// Records the shards once more, in order, until one shows where its numbers stop being finite.
  private func findOrigin(
    _ batch: PackedTokens, _ members: Range<Int>, group: Int = 1, _ body: Record<Void>
  ) {
    for shard in tapes.indices where origin == nil {
      record(shard, batch, members, group: group, training: true, continuing: false, body)
      origin = tapes[shard].firstNonFiniteValue
    }
  }

  /// Takes the step of this number: the loss and its gradients by `loss`, then an update of the path's blocks.
  /// `rates` has a factor of each block's learning rate, `forward` are the operations of a forward pass of the batch.
  /// Throws `ModelError.notFinite` and changes no weight then.
  func take(
    step: Int, _ path: Path, rule: AdamW, rates: [Double]? = nil, tokens: Int, forward: Double,
    since clock: ContinuousClock.Instant, loss: () throws -> LossSum
  ) throws -> StepReport {
    let sum = try loss()
    guard sum.loss.isFinite else { throw ModelError.notFinite(quantity: "loss", step: step, origin: origin) }
    let norm = update(path, rule: rule, rates: rates, step: step)
    guard norm.isFinite else { throw ModelError.notFinite(quantity: "gradient", step: step, origin: origin) }
    return StepReport(
      step: step + 1, loss: sum.loss, gradientNorm: norm, rate: rule.rate(step: step), tokens: tokens,
      operations: PathOperations.training(forward: forward), seconds: (ContinuousClock.now - clock) / .seconds(1))
  }

  /// Applies the shards' gradients to the path's blocks; returns the gradient's norm.
  private func update(_ path: Path, rule: AdamW, rates: [Double]?, step: Int) -> Double {
    let norm = optimizer.step(
      path.blocks, tapes: tapes, rule: rule, rate: rule.rate(step: step), factors: rates, workers: workers)
    origin = norm.isFinite ? nil : tapes[0].firstNonFiniteGradient
    return norm
  }
}
