import CKernels
package import Randomness

struct AddOp {
  let a: TapeValue
  let b: TapeValue
  let y: TapeValue
}

struct DropoutOp {
  let x: TapeValue
  let y: TapeValue
  let rate: Float
  let firstRow: Int
  let key: (UInt32, UInt32)
}

extension Tape {
  /// y = a + b, same shapes.
  package func add(_ a: TapeValue, _ b: TapeValue) -> TapeValue {
    precondition(a.rows == b.rows && a.columns == b.columns, "add: \(a) and \(b)")
    let y = makeValue(rows: a.rows, columns: a.columns)
    pointer(y).update(from: pointer(a), count: a.rows * a.columns)
    kernel_add(pointer(b), pointer(y), Int64(a.rows * a.columns))
    record(AddOp(a: a, b: b, y: y))
    return y
  }
}

extension AddOp: Op {
  func backward(on tape: Tape) {
    tape.passGradient(from: y, to: a, releasing: false)
    tape.passGradient(from: y, to: b, releasing: true)
  }
}

extension Tape {
  /// Inverted dropout (Srivastava et al. 2014): y = x / (1 - rate) with probability 1 - rate, else 0; the identity when
  /// evaluating. `firstRow` is the number of x's first row in the whole batch, `site` the place in the network.
  package func dropout(_ x: TapeValue, rate: Double, random: Philox, step: Int, site: Int, firstRow: Int) -> TapeValue {
    precondition(rate >= 0 && rate < 1, "dropout rate \(rate)")
    if !isTraining || rate == 0 { return x }
    let words = random.words(step, site)
    let y = makeValue(rows: x.rows, columns: x.columns)
    let op = DropoutOp(x: x, y: y, rate: Float(rate), firstRow: firstRow, key: (words[0], words[1]))
    apply(op, pointer(x), pointer(y), accumulate: false)
    record(op)
    return y
  }
}

extension DropoutOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    tape.apply(self, tape.gradient(y)!, dx, accumulate: accumulate)
    tape.releaseGradient(y)
  }
}

extension Tape {
  fileprivate func apply(
    _ op: DropoutOp, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    kernel_dropout(
      source, target, Int64(op.x.rows), Int64(op.x.columns), Int64(op.firstRow), op.rate, op.key.0, op.key.1,
      accumulate)
  }
}
