import Arithmetic
import CKernels
package import Tensors

struct RMSNormOp {
  let x: TapeValue
  let weight: Parameter
  let y: TapeValue
  /// The place of R inverse root mean squares in the value arena.
  let saved: Int
}

extension Tape {
  /// y = x / sqrt(mean of x^2 + 1e-5) * weight over each row (Zhang & Sennrich 2019).
  package func rmsNorm(_ x: TapeValue, weight: Parameter) -> TapeValue {
    precondition(weight.shape == [x.columns], "rmsNorm: \(x.columns) by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns, with: weight)
    let saved = reserve(x.rows)
    kernel_rms_norm(
      pointer(x), weights(weight), pointer(y), values.base + saved, Int64(x.rows), Int64(x.columns))
    record(RMSNormOp(x: x, weight: weight, y: y, saved: saved))
    return y
  }
}

extension RMSNormOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_rms_norm_backward(
      tape.gradient(y)!, tape.pointer(x), tape.weights(weight), tape.values.base + saved, dx,
      tape.weightGradients(weight),
      Int64(x.rows), Int64(x.columns), accumulate)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func rmsNorm(_ x: [Float], _ weight: [Float], rows: Int) -> [Float] {
    let columns = weight.count
    var y = x
    for r in 0..<rows {
      let row = x[r * columns..<(r + 1) * columns].map(Double.init)
      let square = row.reduce(0) { $0 + $1 * $1 } / Double(columns)
      for c in 0..<columns { y[r * columns + c] = Float(row[c] / (square + 1e-5).squareRoot() * Double(weight[c])) }
    }
    return y
  }
}
