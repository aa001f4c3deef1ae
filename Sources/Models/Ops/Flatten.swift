package import Tensors

struct FlattenOp {
  let x: TapeValue
  let y: TapeValue
}

extension Tape {
  /// y[b] = the rows of sequence b one behind the other, zeros behind the last: x is R x C, y is B x (length * C). No
  /// sequence is longer.
  package func flatten(_ x: TapeValue, length: Int) -> TapeValue {
    precondition(x.rows == rows && longestSequence <= length, "flatten \(x) to \(length) rows")
    let y = makeValue(rows: sequences, columns: length * x.columns)
    let (source, target) = (pointer(x), pointer(y))
    for b in 0..<sequences {
      let (first, count) = (Int(starts[b]) * x.columns, Int(starts[b + 1] - starts[b]) * x.columns)
      let row = target + b * y.columns
      row.update(from: source + first, count: count)
      (row + count).update(repeating: 0, count: y.columns - count)
    }
    record(FlattenOp(x: x, y: y))
    return y
  }
}

extension FlattenOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let dy = tape.gradient(y)!
    for b in 0..<tape.sequences {
      let first = Int(tape.starts[b]) * x.columns
      let count = Int(tape.starts[b + 1] - tape.starts[b]) * x.columns
      let row = dy + b * y.columns
      for i in 0..<count { dx[first + i] = accumulate ? dx[first + i] + row[i] : row[i] }
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func flatten(_ x: [Float], lengths: [Int], length: Int, columns: Int) -> [Float] {
    var y: [Float] = []
    var start = 0
    for count in lengths {
      y += x[start * columns..<(start + count) * columns]
      y += [Float](repeating: 0, count: (length - count) * columns)
      start += count
    }
    return y
  }
}
