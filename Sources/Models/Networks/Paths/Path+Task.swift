import Blocks
import Ops
package import Tensors

extension Path {
  /// Rows whose outputs are in memory at once.
  static var rowsAtOnce: Int { 2048 }

  /// For labels of tokens, the class with the largest output at each of the rows, ties to the lowest; NaN where an
  /// output is not finite.
  package func classes(
    _ ids: ArraySlice<Int32>, head task: TaskHead, rows: [Int32], on tape: Tape
  ) -> [Float] {
    if rows.isEmpty { return [] }
    let bound = bind(to: tape)
    let x = features(ids, bound, head: task, rows: rows, on: tape, dropout: nil)
    var result: [Float] = []
    for first in Swift.stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      let end = tape.valueEnd
      let part = tape.gatherRows(x, Int32(first)..<Int32(min(rows.count, first + Self.rowsAtOnce)))
      let outputs = bound.head.forward(part, on: tape)
      for row in 0..<outputs.rows {
        let values = UnsafeBufferPointer(start: tape.pointer(outputs) + row * outputs.columns, count: outputs.columns)
        let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
        result.append(values.allSatisfy(\.isFinite) ? Float(best) : .nan)
      }
      tape.release(to: end)
    }
    return result
  }

  /// The outputs of a task's head: one row per sequence or pair; for labels of tokens one per row of `rows`.
  ///
  /// - Parameter rows: the tokens that are looked at, when labels are of tokens; nil: all.
  package func outputs(
    _ ids: ArraySlice<Int32>, head task: TaskHead, rows: [Int32]? = nil, on tape: Tape, dropout: Dropout?
  ) -> TapeValue {
    let bound = bind(to: tape)
    var x = features(ids, bound, head: task, rows: rows, on: tape, dropout: dropout)
    if let dropout {
      x = tape.dropout(
        x, rate: dropout.rate, random: dropout.random, step: dropout.step, site: layers.count,
        firstRow: dropout.firstOutput)
    }
    return bound.head.forward(x, on: tape)
  }

  /// The features that a task's head reads, in the rows of `outputs`; `featureCount` columns.
  package func features(
    _ ids: ArraySlice<Int32>, _ bound: Bound, head task: TaskHead, rows: [Int32]? = nil, on tape: Tape,
    dropout: Dropout?
  ) -> TapeValue {
    let ofTokens = body(ids, bound, tape, dropout)
    let norm = { (x: TapeValue) in tape.normalize(x, bound.norm) }
    if task.isOfLast {
      let spread = spread(ofTokens, on: tape)
      return norm(rows.map { tape.gatherRows(spread, $0) } ?? spread)
    }
    if task.isOfTokens {
      if rows == nil, stride == 1 { return norm(ofTokens) }
      return norm(chosen(ofTokens, rows ?? Array(0..<Int32(ids.count)), tape))
    }
    return pooled(ofTokens, bound, head: task, on: tape)
  }

  /// The features that a task's head reads, where labels are not of tokens: those behind the last layer, normalised and
  /// pooled.
  func pooled(_ ofTokens: TapeValue, _ bound: Bound, head task: TaskHead, on tape: Tape) -> TapeValue {
    let norm = { (x: TapeValue) in tape.normalize(x, bound.norm) }
    let x =
      switch task.pooling {
      case .mean: tape.segmentMeans(norm(ofTokens))
      case .max: tape.segmentMaxima(norm(ofTokens))
      // The norm is of single rows, so it need not see the others.
      case .last: norm(tape.gatherRows(ofTokens, tape.starts.dropFirst().lazy.map { $0 - 1 }))
      case .meanAndMax: Self.meanAndMax(norm(ofTokens), tape)
      case .flat: tape.flatten(norm(ofTokens), length: task.length)
      case .attention: Self.attention(norm(ofTokens), bound.head.queries!, tape)
      }
    let features = task.isPaired ? tape.pairFeatures(x) : x
    return task.strands == 2 ? tape.pairMeans(features) : features
  }

  private static func meanAndMax(_ x: TapeValue, _ tape: Tape) -> TapeValue {
    tape.concatenate([tape.segmentMeans(x), tape.segmentMaxima(x)])
  }

  private static func attention(_ x: TapeValue, _ queries: Parameter, _ tape: Tape) -> TapeValue {
    tape.attentionPooling(x, scores: tape.linear(x, weight: queries))
  }
}
