import CKernels
import Glibc
package import Ops
package import Tensors

extension Tape {
  /// The sum over rows of weight[target] * scale * -ln softmax(logits)[target]. `scale` is 1 / (the whole batch's count
  /// or weight), so that the shards' sums add up to the batch's mean. With `smoothing`, that share of a target is
  /// spread over all classes (Szegedy et al. 2016, label smoothing). While training, the logits become their gradient.
  package func crossEntropy(
    _ logits: TapeValue, targets: some Collection<Int32>, classWeights: [Float]? = nil, smoothing: Float = 0,
    scale: Float
  ) -> LossSum {
    precondition(targets.count == logits.rows, "\(targets.count) targets for \(logits.rows) rows")
    precondition(classWeights.map { $0.count == logits.columns } ?? true, "class weights of another count")
    if logits.rows == 0 { return LossSum() }
    let kept = keep(targets)
    precondition(integers[kept].allSatisfy { $0 >= 0 && $0 < logits.columns }, "a target beyond \(logits.columns)")
    var correct: Int64 = 0
    let loss = integers.withUnsafeBufferPointer { integers in
      kernel_cross_entropy(
        pointer(logits), integers.baseAddress! + kept.lowerBound, classWeights, scale, smoothing,
        Int64(logits.rows), Int64(logits.columns), isTraining, &correct)
    }
    if isTraining { gradientInPlace[logits.index] = true }
    return LossSum(loss: loss, correct: Int(correct), rows: logits.rows)
  }
}

extension Reference {
  package static func crossEntropy(
    _ logits: [Float], targets: [Int32], classWeights: [Float]?, smoothing: Double = 0, scale: Double
  ) -> (loss: Double, gradient: [Float]) {
    let columns = logits.count / max(1, targets.count)
    var gradient = logits
    var loss = 0.0
    for (r, target) in targets.enumerated() {
      let row = logits[r * columns..<(r + 1) * columns].map(Double.init)
      let maximum = row.max()!
      let sum = row.reduce(0) { $0 + exp($1 - maximum) }
      let factor = Double(classWeights?[Int(target)] ?? 1) * scale
      let named = (1 - smoothing) * row[Int(target)] + smoothing / Double(columns) * row.reduce(0, +)
      loss += factor * (log(sum) + maximum - named)
      for c in 0..<columns {
        let p = exp(row[c] - maximum) / sum
        gradient[r * columns + c] = Float(
          factor * (p - (c == Int(target) ? 1 - smoothing : 0) - smoothing / Double(columns)))
      }
    }
    return (loss, gradient)
  }
}
