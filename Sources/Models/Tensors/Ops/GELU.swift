import CKernels
import Glibc

struct GELUOp {
  let z: TapeValue
  let bias: Parameter
  let residual: TapeValue?
  let y: TapeValue
}

extension Tape {
  /// y = GELU(z + bias) (+ residual), GELU(v) = v Phi(v): the exact form, PyTorch's default (Hendrycks & Gimpel 2016).
  package func gelu(_ z: TapeValue, bias: Parameter, residual: TapeValue? = nil) -> TapeValue {
    precondition(bias.shape == [z.columns], "gelu: \(z.columns) by \(bias.shape)")
    let y = makeValue(rows: z.rows, columns: z.columns)
    kernel_gelu(
      pointer(z), weights(bias), residual.map { pointer($0) }, pointer(y), Int64(z.rows), Int64(z.columns))
    if isTraining { ops.append(.gelu(GELUOp(z: z, bias: bias, residual: residual, y: y))) }
    return y
  }

  func geluBackward(_ op: GELUOp) {
    guard gradient(op.y) != nil else { return }
    let (dz, accumulate) = gradientForWriting(op.z)
    precondition(!accumulate, "a GELU's input feeds nothing else")
    kernel_gelu_backward(
      gradient(op.y)!, pointer(op.z), weights(op.bias), dz, weightGradients(op.bias), Int64(op.z.rows),
      Int64(op.z.columns))
    if let residual = op.residual {
      passGradient(from: op.y, to: residual, releasing: true)
    } else {
      releaseGradient(op.y)
    }
  }
}

extension Reference {
  package static func gelu(_ z: [Float], bias: [Float], residual: [Float]?) -> [Float] {
    z.indices.map { i in
      let v = Double(z[i]) + Double(bias[i % bias.count])
      return Float(v * 0.5 * erfc(-v / 2.0.squareRoot()) + Double(residual?[i] ?? 0))
    }
  }
}
