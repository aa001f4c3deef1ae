import CKernels
package import Tensors

struct MultiplyOp {
  let a: TapeValue
  let b: TapeValue
  let y: TapeValue
}

extension Tape {
  /// y = a * b, number by number; all R x C.
  package func multiply(_ a: TapeValue, _ b: TapeValue) -> TapeValue {
    precondition(a.rows == b.rows && a.columns == b.columns, "multiply: \(a) and \(b)")
    let y = makeValue(rows: a.rows, columns: a.columns)
    kernel_multiply(pointer(a), pointer(b), pointer(y), Int64(a.rows * a.columns), false)
    record(MultiplyOp(a: a, b: b, y: y))
    return y
  }
}

extension MultiplyOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    for (x, other) in [(a, b), (b, a)] {
      let (dx, accumulate) = tape.gradientForWriting(x)
      kernel_multiply(
        tape.gradient(y)!, tape.pointer(other), dx, Int64(y.rows * y.columns), accumulate)
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func multiply(_ a: [Float], _ b: [Float]) -> [Float] {
    zip(a, b).map { Float(Double($0) * Double($1)) }
  }
}
