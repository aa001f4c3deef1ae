import CKernels

struct RMSNormOp {
  let x: TapeValue
  let weight: Parameter
  let y: TapeValue
  /// Of R inverse root mean squares, in the value arena.
  let saved: Int
}

extension Tape {
  /// y = x / sqrt(mean of x^2 + 1e-5) * weight over each row (Zhang & Sennrich 2019).
  package func rmsNorm(_ x: TapeValue, weight: Parameter) -> TapeValue {
    precondition(weight.shape == [x.columns], "rmsNorm: \(x.columns) by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns)
    let saved = reserve(x.rows)
    kernel_rms_norm(
      pointer(x), weights(weight), pointer(y), values.base + saved, Int64(x.rows), Int64(x.columns))
    if isTraining { ops.append(.rmsNorm(RMSNormOp(x: x, weight: weight, y: y, saved: saved))) }
    return y
  }

  func rmsNormBackward(_ op: RMSNormOp) {
    guard gradient(op.y) != nil else { return }
    let (dx, accumulate) = gradientForWriting(op.x)
    kernel_rms_norm_backward(
      gradient(op.y)!, pointer(op.x), weights(op.weight), values.base + op.saved, dx, weightGradients(op.weight),
      Int64(op.x.rows), Int64(op.x.columns), accumulate)
    releaseGradient(op.y)
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
