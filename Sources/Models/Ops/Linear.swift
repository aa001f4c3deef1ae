import Arithmetic
import CKernels
package import Tensors

/// y = x Wᵀ + b (+ residual). x is R x in, W is out x in, y is R x out.
struct LinearOp {
  let x: TapeValue
  let weight: Parameter
  let bias: Parameter?
  let residual: TapeValue?
  /// In fp32 whatever the tape's precision.
  let precise: Bool
  let y: TapeValue
}

extension Tape {
  /// y = x Wᵀ, plus a bias of `out` numbers and a residual of y's shape when given. `weight` is out x in (more
  /// dimensions count as one). `precise` products are fp32 whatever the tape's precision.
  package func linear(
    _ x: TapeValue, weight: Parameter, bias: Parameter? = nil, residual: TapeValue? = nil,
    precise: Bool = false
  ) -> TapeValue {
    let out = weight.shape[0]
    let columns = weight.shape.dropFirst().reduce(1, *)
    precondition(x.columns == columns, "linear: \(x.rows) x \(x.columns) by \(weight.shape)")
    let y = makeValue(rows: x.rows, columns: out, with: weight)
    let matrix = packed(weight, columns, out, stride: columns, transposed: true, precise: precise)
    GEMM.multiply(
      x.rows, out, columns, pointer(x), columns, matrix, pointer(y), out, initial: residual.map { pointer($0) },
      bias: bias.map { weights($0) })
    record(LinearOp(x: x, weight: weight, bias: bias, residual: residual, precise: precise, y: y))
    return y
  }
}

extension LinearOp: Op {
  /// dW += dyᵀ x; db += sums of dy; dx += dy W.
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil, x.rows > 0 else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let dy = tape.gradient(y)!
    let (out, columns) = (y.columns, x.columns)
    let dw = tape.weightGradients(weight)
    GEMM.multiply(
      out, columns, x.rows, dy, out, transposeA: true, tape.pointer(x), columns, dw, columns, initial: dw,
      half: tape.half && !precise)
    if let bias { kernel_column_sums(dy, tape.weightGradients(bias), Int64(y.rows), Int64(out)) }
    let matrix = tape.packed(weight, out, columns, stride: columns, transposed: false, precise: precise)
    GEMM.multiply(x.rows, columns, out, dy, out, matrix, dx, columns, initial: accumulate ? dx : nil)
    if let residual {
      tape.passGradient(from: y, to: residual, releasing: true)
    } else {
      tape.releaseGradient(y)
    }
  }
}

extension Reference {
  /// y[r][o] = sum over i of x[r][i] w[o][i], plus b[o].
  package static func linear(_ x: [Float], _ w: [Float], _ b: [Float]?, rows: Int, out: Int, columns: Int) -> [Float] {
    var y = [Float](repeating: 0, count: rows * out)
    for r in 0..<rows {
      for o in 0..<out {
        var sum = Double(b?[o] ?? 0)
        for i in 0..<columns { sum += Double(x[r * columns + i]) * Double(w[o * columns + i]) }
        y[r * out + o] = Float(sum)
      }
    }
    return y
  }
}
