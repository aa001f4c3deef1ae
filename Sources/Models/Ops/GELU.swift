import CKernels
import Glibc
package import Tensors

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
    let y = makeValue(rows: z.rows, columns: z.columns, with: bias)
    kernel_gelu(
      pointer(z), weights(bias), residual.map { pointer($0) }, pointer(y), Int64(z.rows), Int64(z.columns))
    record(GELUOp(z: z, bias: bias, residual: residual, y: y))
    return y
  }
}

extension GELUOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dz, accumulate) = tape.gradientForWriting(z)
    precondition(!accumulate, "a GELU's input feeds nothing else")
    kernel_gelu_backward(
      tape.gradient(y)!, tape.pointer(z), tape.weights(bias), dz, tape.weightGradients(bias), Int64(z.rows),
      Int64(z.columns))
    if let residual {
      tape.passGradient(from: y, to: residual, releasing: true)
    } else {
      tape.releaseGradient(y)
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
