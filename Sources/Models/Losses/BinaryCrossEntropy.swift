import CKernels
import Glibc
package import Ops
package import Tensors

extension Tape {
  /// The sum over logits x with targets y, 0 or 1, of scale * (-w y ln sigma(x) - (1 - y) ln(1 - sigma(x)));
  /// `positives` are the weights w by column, nil: all 1. While training, the logits become their gradient. `targets`
  /// is as long as the logits, row by row.
  package func binaryCrossEntropy(
    _ logits: TapeValue, targets: [Float], positives: [Float]? = nil, scale: Float
  ) -> LossSum {
    precondition(
      targets.count == logits.rows * logits.columns, "\(targets.count) targets, \(logits.rows) x \(logits.columns)")
    precondition(positives.map { $0.count == logits.columns } ?? true, "weights of another count")
    if logits.rows == 0 { return LossSum() }
    let loss = kernel_binary_cross_entropy(
      pointer(logits), targets, positives, scale, Int64(logits.rows), Int64(logits.columns), isTraining)
    if isTraining { gradientInPlace[logits.index] = true }
    return LossSum(loss: loss, rows: logits.rows)
  }
}

extension Reference {
  package static func binaryCrossEntropy(
    _ logits: [Float], targets: [Float], positives: [Float]?, columns: Int, scale: Double
  ) -> (loss: Double, gradient: [Float]) {
    var loss = 0.0
    let gradient = logits.indices.map { i -> Float in
      let x = Double(logits[i]), y = Double(targets[i]), w = Double(positives?[i % columns] ?? 1)
      loss += scale * (w * y * log1p(exp(-x)) + (1 - y) * log1p(exp(x)))
      let sigma = 1 / (1 + exp(-x))
      return Float(scale * ((1 - y) * sigma - w * y * (1 - sigma)))
    }
    return (loss, gradient)
  }
}
