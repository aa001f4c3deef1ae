import CKernels
package import Randomness

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
    if isTraining { ops.append(.add(a: a, b: b, y: y)) }
    return y
  }

  func addBackward(_ a: TapeValue, _ b: TapeValue, _ y: TapeValue) {
    passGradient(from: y, to: a, releasing: false)
    passGradient(from: y, to: b, releasing: true)
  }

  /// Inverted dropout (Srivastava et al. 2014): y = x / (1 - rate) with probability 1 - rate, else 0; the identity when
  /// evaluating. `firstRow` is the number of x's first row in the whole batch, `site` the place in the network.
  package func dropout(_ x: TapeValue, rate: Double, random: Philox, step: Int, site: Int, firstRow: Int) -> TapeValue {
    precondition(rate >= 0 && rate < 1, "dropout rate \(rate)")
    if !isTraining || rate == 0 { return x }
    let words = random.words(step, site)
    let y = makeValue(rows: x.rows, columns: x.columns)
    let op = DropoutOp(x: x, y: y, rate: Float(rate), firstRow: firstRow, key: (words[0], words[1]))
    apply(op, pointer(x), pointer(y), accumulate: false)
    ops.append(.dropout(op))
    return y
  }

  func dropoutBackward(_ op: DropoutOp) {
    guard gradient(op.y) != nil else { return }
    let (dx, accumulate) = gradientForWriting(op.x)
    apply(op, gradient(op.y)!, dx, accumulate: accumulate)
    releaseGradient(op.y)
  }

  private func apply(
    _ op: DropoutOp, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    kernel_dropout(
      source, target, Int64(op.x.rows), Int64(op.x.columns), Int64(op.firstRow), op.rate, op.key.0, op.key.1,
      accumulate)
  }
}
