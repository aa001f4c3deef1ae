import CKernels

struct LayerNormOp {
  let x: TapeValue
  let weight: Parameter
  let bias: Parameter
  let y: TapeValue
  /// Of R means, then R inverse deviations, in the value arena.
  let saved: Int
}

extension Tape {
  /// y = (x - mean) / sqrt(variance + 1e-5) * weight + bias over each row (Ba et al. 2016).
  package func layerNorm(_ x: TapeValue, weight: Parameter, bias: Parameter) -> TapeValue {
    precondition(weight.shape == [x.columns] && bias.shape == [x.columns], "layerNorm: \(x.columns) by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns)
    let saved = reserve(2 * x.rows)
    kernel_layer_norm(
      pointer(x), weights(weight), weights(bias), pointer(y), values.base + saved, values.base + saved + x.rows,
      Int64(x.rows), Int64(x.columns))
    if isTraining {
      ops.append(.layerNorm(LayerNormOp(x: x, weight: weight, bias: bias, y: y, saved: saved)))
    }
    return y
  }

  func layerNormBackward(_ op: LayerNormOp) {
    guard gradient(op.y) != nil else { return }
    let (dx, accumulate) = gradientForWriting(op.x)
    kernel_layer_norm_backward(
      gradient(op.y)!, pointer(op.x), weights(op.weight), values.base + op.saved, values.base + op.saved + op.x.rows,
      dx, weightGradients(op.weight), weightGradients(op.bias), Int64(op.x.rows), Int64(op.x.columns), accumulate)
    releaseGradient(op.y)
  }
}

extension Reference {
  package static func layerNorm(_ x: [Float], _ weight: [Float], _ bias: [Float], rows: Int) -> [Float] {
    let columns = weight.count
    var y = x
    for r in 0..<rows {
      let row = x[r * columns..<(r + 1) * columns].map(Double.init)
      let mean = row.reduce(0, +) / Double(columns)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
      for c in 0..<columns {
        let normal = (row[c] - mean) / (variance + 1e-5).squareRoot()
        y[r * columns + c] = Float(normal * Double(weight[c]) + Double(bias[c]))
      }
    }
    return y
  }
}
