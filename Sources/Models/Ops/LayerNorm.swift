import Arithmetic
import CKernels
package import Tensors

struct LayerNormOp {
  let x: TapeValue
  let weight: Parameter
  let bias: Parameter
  let y: TapeValue
  /// The place of R means, then R inverse deviations, in the value arena.
  let saved: Int
}

extension Tape {
  /// y = (x - mean) / sqrt(variance + 1e-5) * weight + bias over each row (Ba et al. 2016).
  package func layerNorm(_ x: TapeValue, weight: Parameter, bias: Parameter) -> TapeValue {
    precondition(weight.shape == [x.columns] && bias.shape == [x.columns], "layerNorm: \(x.columns) by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns, with: weight)
    let saved = reserve(2 * x.rows)
    kernel_layer_norm(
      pointer(x), weights(weight), weights(bias), pointer(y), values.base + saved, values.base + saved + x.rows,
      Int64(x.rows), Int64(x.columns))
    record(LayerNormOp(x: x, weight: weight, bias: bias, y: y, saved: saved))
    return y
  }
}

extension LayerNormOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_layer_norm_backward(
      tape.gradient(y)!, tape.pointer(x), tape.weights(weight), tape.values.base + saved,
      tape.values.base + saved + x.rows,
      dx, tape.weightGradients(weight), tape.weightGradients(bias), Int64(x.rows), Int64(x.columns), accumulate)
    tape.releaseGradient(y)
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
