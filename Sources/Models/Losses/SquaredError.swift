import CKernels
package import Ops
package import Tensors

extension Tape {
  /// The sum over values x of scale * (x - target)^2. While training, the values become their gradient.
  package func squaredError(_ x: TapeValue, targets: [Float], scale: Float) -> LossSum {
    precondition(targets.count == x.rows * x.columns, "\(targets.count) targets for \(x.rows) x \(x.columns)")
    if x.rows == 0 { return LossSum() }
    let loss = kernel_squared_error(pointer(x), targets, scale, Int64(targets.count), isTraining)
    if isTraining { gradientInPlace[x.index] = true }
    return LossSum(loss: loss, rows: x.rows)
  }
}

extension Reference {
  package static func squaredError(
    _ x: [Float], targets: [Float], scale: Double
  ) -> (loss: Double, gradient: [Float]) {
    let differences = zip(x, targets).map { Double($0) - Double($1) }
    return (scale * differences.reduce(0) { $0 + $1 * $1 }, differences.map { Float(2 * scale * $0) })
  }
}
