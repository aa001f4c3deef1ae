package import Randomness
import System
import Tensors
package import Tokens

extension TaskNetwork {
  /// By token of pieces of one length, how strongly the features of the token `middle(of:)` depend on it: the sum over
  /// pieces of squared derivatives, each along a direction of random signs (`Path.reach`). nil where `isCancelled`.
  /// Throws `ModelError` for pieces that the network does not read, and for gradients that are no numbers.
  ///
  /// - Parameter random: the source of directions, of the stream `.reach`.
  package func reach(
    of pieces: PackedTokens, random: Philox, threads: Int, isCancelled: () -> Bool = { false }
  ) throws -> [Double]? {
    try checkLength(pieces)
    let workers = WorkerPool(threads: threads)
    let tapes = (0..<max(1, threads)).map { _ in Tape() }
    for tape in tapes { tape.half = half }
    var result = [Double](repeating: 0, count: pieces.longest)
    for wave in stride(from: 0, to: pieces.count, by: tapes.count) {
      if isCancelled() { return nil }
      let count = min(tapes.count, pieces.count - wave)
      var sums = [[Double]](repeating: [], count: count)
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = sums
        workers.run(count) { slot in
          let piece = pieces[wave + slot]
          tapes[slot].begin(lengths: [piece.count], training: true)
          let first = (wave + slot) * width
          let direction = (first..<first + width).map { random.uniform($0) < 0.5 ? Float(-1) : 1 }
          sums[slot] = path.reach(piece, of: middle(of: piece.count), along: direction, on: tapes[slot])
        }
      }
      // In the order of pieces, whatever the threads.
      for own in sums { for token in own.indices { result[token] += own[token] } }
    }
    guard result.allSatisfy(\.isFinite) else {
      throw ModelError.badInput("the network's gradients are not finite numbers")
    }
    return result
  }

  /// The token of a piece whose features are asked: the middle one, or, where several tokens become one, the middle of
  /// those that become the one in the middle.
  package func middle(of count: Int) -> Int {
    let group = count / 2 / path.stride * path.stride
    return min(group + path.stride / 2, count - 1)
  }
}
