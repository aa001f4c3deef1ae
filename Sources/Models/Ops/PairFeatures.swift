import CKernels
package import Tensors

struct PairFeaturesOp {
  let x: TapeValue
  let y: TapeValue
}

extension Tape {
  /// y[p] = (u, v, |u - v|, u v) of rows u = x[2p] and v = x[2p + 1] (Conneau et al. 2017, InferSent). x is 2P x C,
  /// y is P x 4C.
  package func pairFeatures(_ x: TapeValue) -> TapeValue {
    precondition(x.rows % 2 == 0, "pairs of \(x.rows) rows")
    let y = makeValue(rows: x.rows / 2, columns: 4 * x.columns)
    kernel_pair_features(pointer(x), pointer(y), Int64(y.rows), Int64(x.columns))
    record(PairFeaturesOp(x: x, y: y))
    return y
  }
}

extension PairFeaturesOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_pair_features_backward(tape.gradient(y)!, tape.pointer(x), dx, Int64(y.rows), Int64(x.columns), accumulate)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func pairFeatures(_ x: [Float], columns: Int) -> [Float] {
    stride(from: 0, to: x.count, by: 2 * columns).flatMap { first -> [Float] in
      let u = x[first..<first + columns], v = x[first + columns..<first + 2 * columns]
      return u + v + zip(u, v).map { abs($0 - $1) } + zip(u, v).map { $0 * $1 }
    }
  }
}
