import Arithmetic
import CKernels
package import Tensors

struct AttentionPoolingOp {
  let x: TapeValue
  let scores: TapeValue
  let y: TapeValue
  /// R x Q numbers at that place of the arena: the weight of each row for each query.
  let weights: Int
}

extension Tape {
  /// Pooling by learned queries (the multi-head form of Lin et al. 2017, A structured self-attentive sentence
  /// embedding): y[b][q] = sum over the rows t of sequence b of softmax_t(scores[t][q]) x[t]. x is R x C, scores R x Q,
  /// y B x (Q * C). An empty sequence gives zeros.
  package func attentionPooling(_ x: TapeValue, scores: TapeValue) -> TapeValue {
    precondition(x.rows == rows && scores.rows == rows, "attentionPooling of \(x) by \(scores)")
    let y = makeValue(rows: sequences, columns: scores.columns * x.columns)
    let weights = reserve(scores.rows * scores.columns)
    kernel_attention_pooling(
      pointer(x), pointer(scores), starts, values.base + weights, pointer(y), Int64(sequences), Int64(x.columns),
      Int64(scores.columns))
    record(AttentionPoolingOp(x: x, scores: scores, y: y, weights: weights))
    return y
  }
}

extension AttentionPoolingOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    for value in [x, scores] {
      let (gradient, accumulate) = tape.gradientForWriting(value)
      if !accumulate { gradient.update(repeating: 0, count: value.rows * value.columns) }
    }
    // Not before: the arena may have moved.
    kernel_attention_pooling_backward(
      tape.gradient(y)!, tape.pointer(x), tape.values.base + weights, tape.starts, tape.gradient(x)!,
      tape.gradient(scores)!, Int64(tape.sequences), Int64(x.columns), Int64(scores.columns))
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func attentionPooling(
    _ x: [Float], scores: [Float], lengths: [Int], columns: Int, queries: Int
  ) -> [Float] {
    var y: [Float] = []
    var start = 0
    for length in lengths {
      for q in 0..<queries {
        let own = (start..<start + length).map { Elementary.exp(Double(scores[$0 * queries + q])) }
        let sum = own.reduce(0, +)
        for c in 0..<columns {
          let total = own.enumerated().reduce(0.0) { $0 + $1.element * Double(x[(start + $1.offset) * columns + c]) }
          y.append(length == 0 ? 0 : Float(total / sum))
        }
      }
      start += length
    }
    return y
  }
}
