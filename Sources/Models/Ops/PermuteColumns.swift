package import Tensors

struct PermuteColumnsOp {
  let x: TapeValue
  /// The place of the order among the tape's integers.
  let order: Range<Int>
  let y: TapeValue
}

extension Tape {
  /// y[r, c] = x[r, order[c]]: x and y are R x C, `order` a permutation of the columns.
  package func permuteColumns(_ x: TapeValue, _ order: [Int32]) -> TapeValue {
    precondition(order.count == x.columns, "\(order.count) places for \(x.columns) columns")
    let kept = keep(order)
    let (C, y) = (x.columns, makeValue(rows: x.rows, columns: x.columns))
    let (source, target) = (pointer(x), pointer(y))
    for r in 0..<x.rows {
      for c in 0..<C { target[r * C + c] = source[r * C + Int(order[c])] }
    }
    record(PermuteColumnsOp(x: x, order: kept, y: y))
    return y
  }
}

extension PermuteColumnsOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let (C, dy, order) = (x.columns, tape.gradient(y)!, tape.integers[order])
    for r in 0..<x.rows {
      for (c, source) in order.enumerated() {
        let (at, d) = (r * C + Int(source), dy[r * C + c])
        dx[at] = accumulate ? dx[at] + d : d
      }
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func permuteColumns(_ x: [Float], _ order: [Int32]) -> [Float] {
    x.indices.map { x[$0 / order.count * order.count + Int(order[$0 % order.count])] }
  }
}
