import CKernels
import Glibc
package import Tensors

/// A function of each number alone.
package enum Activation: Int32, Sendable, CaseIterable {
  /// 1 / (1 + e^-v).
  case sigmoid
  /// v / (1 + e^-v) (Elfwing et al. 2018).
  case silu
  /// v Phi(v) (Hendrycks & Gimpel 2016).
  case gelu
}

struct ActivationOp {
  let x: TapeValue
  let bias: Parameter?
  let form: Activation
  let y: TapeValue
}

extension Tape {
  /// y = f(x + bias), R x C, with a bias of C numbers when given.
  package func activation(_ x: TapeValue, _ form: Activation, bias: Parameter? = nil) -> TapeValue {
    precondition((bias?.shape ?? [x.columns]) == [x.columns], "activation: \(x.columns) by \(bias!.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns, with: bias)
    kernel_activation(
      pointer(x), bias.map { UnsafePointer(weights($0)) }, pointer(y), Int64(x.rows), Int64(x.columns), form.rawValue)
    record(ActivationOp(x: x, bias: bias, form: form, y: y))
    return y
  }
}

extension ActivationOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_activation_backward(
      tape.gradient(y)!, tape.pointer(x), bias.map { UnsafePointer(tape.weights($0)) }, dx,
      bias.map { tape.weightGradients($0) }, Int64(x.rows), Int64(x.columns), form.rawValue, accumulate)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func activation(_ x: [Float], _ form: Activation, bias: [Float]? = nil) -> [Float] {
    x.indices.map { i in
      let v = Double(x[i]) + (bias.map { Double($0[i % $0.count]) } ?? 0)
      switch form {
      case .sigmoid: return Float(1 / (1 + exp(-v)))
      case .silu: return Float(v / (1 + exp(-v)))
      case .gelu: return Float(v * 0.5 * erfc(-v / 2.0.squareRoot()))
      }
    }
  }
}
