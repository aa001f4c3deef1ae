package import Tensors

struct ConcatenateOp {
  let parts: [TapeValue]
  let y: TapeValue
}

extension Tape {
  /// y = the columns of the parts side by side; the parts are R x C1, R x C2 and so on, y is R x (C1 + C2 + ...).
  package func concatenate(_ parts: [TapeValue]) -> TapeValue {
    precondition(parts.allSatisfy { $0.rows == parts[0].rows })
    let y = makeValue(rows: parts[0].rows, columns: parts.reduce(0) { $0 + $1.columns })
    var first = 0
    for part in parts {
      let (source, target) = (pointer(part), pointer(y) + first)
      for row in 0..<y.rows {
        (target + row * y.columns).update(from: source + row * part.columns, count: part.columns)
      }
      first += part.columns
    }
    record(ConcatenateOp(parts: parts, y: y))
    return y
  }
}

extension ConcatenateOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    var first = 0
    for part in parts {
      let (dx, accumulate) = tape.gradientForWriting(part)
      let dy = tape.gradient(y)! + first
      for i in 0..<part.rows * part.columns {
        let d = dy[i / part.columns * y.columns + i % part.columns]
        dx[i] = accumulate ? dx[i] + d : d
      }
      first += part.columns
    }
    tape.releaseGradient(y)
  }
}
