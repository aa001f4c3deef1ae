import Layers
import Tensors

/// The logical shards of a batch: S tapes, each run by one thread at a time, whatever the number of threads.
final class Shards {
  let tapes: [Tape]
  let workers: WorkerPool
  private let optimizer = Optimizer()

  init(count: Int, workers: WorkerPool) {
    precondition(count > 0, "\(count) shards")
    tapes = (0..<count).map { _ in Tape() }
    self.workers = workers
  }

  /// Shard s of B examples: sB/S ..< (s+1)B/S.
  func examples(_ shard: Int, of count: Int) -> Range<Int> {
    shard * count / tapes.count..<(shard + 1) * count / tapes.count
  }

  /// Forward, loss and (when training) backward of every shard; the sums in shard order. `body` records one shard on
  /// its begun tape and returns its part of the loss. An example is `group` sequences.
  func run(
    _ batch: TokenBatch, training: Bool, group: Int = 1,
    _ body: (_ examples: Range<Int>, _ rows: Range<Int>, Tape) -> LossSum
  ) -> LossSum {
    var sums = [LossSum](repeating: LossSum(), count: tapes.count)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums
      workers.run(tapes.count) { shard in
        let range = examples(shard, of: batch.count / group)
        let sequences = range.lowerBound * group..<range.upperBound * group
        let tape = tapes[shard]
        tape.begin(lengths: batch.lengths(sequences), training: training)
        sums[shard] = body(range, batch.starts[sequences.lowerBound]..<batch.starts[sequences.upperBound], tape)
        if training { tape.backward() }
      }
    }
    return sums.dropFirst().reduce(sums[0], +)
  }

  /// Applies the shards' gradients to the path's blocks; returns the gradient's norm.
  func update(_ path: Path, trained: (Block) -> Bool, rule: AdamW, step: Int) -> Double {
    optimizer.step(
      path.blocks, tapes: tapes, rule: rule, rate: rule.rate(step: step), trained: trained, workers: workers)
  }
}

/// One finished step, for people; never part of a result.
package struct StepReport: Sendable {
  /// Steps finished, this one included.
  package let step: Int
  package let loss: Double
  /// Of the gradient before clipping.
  package let gradientNorm: Double
  package let rate: Double
  package let tokens: Int
  package let seconds: Double
  package var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}
