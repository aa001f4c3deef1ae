package import System
package import Tensors
package import Tokens

/// How examples are evaluated: as many at a time as `tokens` tokens allow, each lot on one thread. A row depends on its
/// example alone, not on what is evaluated with it.
package struct Evaluation {
  private let tapes: [Tape]
  private let workers: WorkerPool
  private let most: Int

  /// - Parameters:
  ///   - tapes: as many lots are evaluated at once as there are tapes.
  ///   - tokens: tokens of a lot, if need be those of one example alone.
  package init(tapes: [Tape], workers: WorkerPool, tokens: Int = 8192) {
    (self.tapes, self.workers, most) = (tapes, workers, tokens)
  }

  /// An evaluation on so many threads. `half`: products round their operands to bfloat16.
  package init(threads: Int, half: Bool) {
    let tapes = (0..<max(1, threads)).map { _ in Tape() }
    for tape in tapes { tape.half = half }
    self.init(tapes: tapes, workers: WorkerPool(threads: threads))
  }

  /// The rows of `columns` numbers that `record` makes of examples, one for each, or for each token.
  ///
  /// - Parameters:
  ///   - group: sequences of an example.
  ///   - isCancelled: is asked now and then, with the number of finished examples; nil is returned where it says so.
  package func rows(
    of tokens: PackedTokens, group: Int, byToken: Bool, columns: Int, isCancelled: (_ finished: Int) -> Bool,
    _ record: (_ ids: ArraySlice<Int32>, Tape) -> TapeValue
  ) -> [Float]? {
    let lots = lots(of: tokens, group: group)
    let count = byToken ? tokens.ids.count : tokens.count / group
    var result = [Float](repeating: 0, count: count * columns)
    let isComplete = result.withUnsafeMutableBufferPointer { result in
      let result = result
      for wave in stride(from: 0, to: lots.count, by: tapes.count) {
        if isCancelled(lots[wave].lowerBound) { return false }
        workers.run(min(tapes.count, lots.count - wave)) { slot in
          let examples = lots[wave + slot]
          let range = examples.lowerBound * group..<examples.upperBound * group
          let tape = tapes[slot]
          tape.begin(lengths: tokens.lengths(range), training: false)
          let rows = tokens.starts[range.lowerBound]..<tokens.starts[range.upperBound]
          let values = record(tokens.ids[rows], tape)
          let first = (byToken ? rows.lowerBound : examples.lowerBound) * columns
          for (i, value) in tape.array(values).enumerated() { result[first + i] = value }
        }
      }
      return true
    }
    return isComplete ? result : nil
  }

  private func lots(of tokens: PackedTokens, group: Int) -> [Range<Int>] {
    let count = tokens.count / group
    var lots: [Range<Int>] = []
    var first = 0
    for example in 0..<count
    where example + 1 == count || tokens.starts[(example + 2) * group] - tokens.starts[first * group] > most {
      lots.append(first..<example + 1)
      first = example + 1
    }
    return lots
  }
}
