package import Tensors

struct PairMeansOp {
  let x: TapeValue
  let y: TapeValue
}

extension Tape {
  /// y[p] = the mean of rows x[2p] and x[2p + 1]. x is 2P x C, y is P x C.
  package func pairMeans(_ x: TapeValue) -> TapeValue {
    precondition(x.rows % 2 == 0, "pairs of \(x.rows) rows")
    let y = makeValue(rows: x.rows / 2, columns: x.columns)
    let (source, target) = (pointer(x), pointer(y))
    for p in 0..<y.rows {
      let (u, v) = (source + 2 * p * x.columns, source + (2 * p + 1) * x.columns)
      for c in 0..<x.columns { target[p * x.columns + c] = 0.5 * (u[c] + v[c]) }
    }
    record(PairMeansOp(x: x, y: y))
    return y
  }
}

extension PairMeansOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let dy = tape.gradient(y)!
    for row in 0..<x.rows {
      for c in 0..<x.columns {
        let part = 0.5 * dy[row / 2 * x.columns + c]
        dx[row * x.columns + c] = accumulate ? dx[row * x.columns + c] + part : part
      }
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func pairMeans(_ x: [Float], columns: Int) -> [Float] {
    stride(from: 0, to: x.count, by: 2 * columns).flatMap { first in
      (first..<first + columns).map { 0.5 * (x[$0] + x[$0 + columns]) }
    }
  }
}
