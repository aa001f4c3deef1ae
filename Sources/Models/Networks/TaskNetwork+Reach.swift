package import Randomness
import System
import Tensors
package import Tokens

extension TaskNetwork {
  /// By token of each sequence, how strongly the features of the sequence's middle token depend on it: sums of squares
  /// of derivatives, each along a direction of random signs (`Path.reach`). nil where `isCancelled`. Throws
  /// `ModelError` for sequences that the network does not read, and for gradients that are no numbers.
  ///
  /// - Parameter random: the source of directions, of the stream `.reach`.
  package func reach(
    of tokens: PackedTokens, random: Philox, threads: Int, isCancelled: () -> Bool = { false }
  ) throws -> [[Double]]? {
    try checkLength(tokens)
    let workers = WorkerPool(threads: threads)
    let tapes = (0..<max(1, threads)).map { _ in Tape() }
    var result: [[Double]] = []
    for wave in stride(from: 0, to: tokens.count, by: tapes.count) {
      if isCancelled() { return nil }
      let count = min(tapes.count, tokens.count - wave)
      var sums = [[Double]](repeating: [], count: count)
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums
        workers.run(count) { slot in
          let sequence = tokens[wave + slot]
          tapes[slot].begin(lengths: [sequence.count], training: true)
          let first = (wave + slot) * width
          let direction = (first..<first + width).map { random.uniform($0) < 0.5 ? Float(-1) : 1 }
          sums[slot] = path.reach(sequence, of: sequence.count / 2, along: direction, on: tapes[slot])
        }
      }
      result += sums
    }
    guard result.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw ModelError.badInput("the network's gradients are not finite numbers")
    }
    return result
  }
}
