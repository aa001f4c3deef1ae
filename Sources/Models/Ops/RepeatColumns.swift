package import Tensors

struct RepeatColumnsOp {
  let x: TapeValue
  let times: Int
  let y: TapeValue
}

extension Tape {
  /// y[r, c] = x[r, c / times]: x is R x C, y R x (times C).
  package func repeatColumns(_ x: TapeValue, times: Int) -> TapeValue {
    if times == 1 { return x }
    let y = makeValue(rows: x.rows, columns: x.columns * times)
    let (source, target) = (pointer(x), pointer(y))
    for i in 0..<x.rows * x.columns {
      for copy in 0..<times { target[i * times + copy] = source[i] }
    }
    record(RepeatColumnsOp(x: x, times: times, y: y))
    return y
  }
}

extension RepeatColumnsOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let dy = tape.gradient(y)!
    for i in 0..<x.rows * x.columns {
      var sum = accumulate ? dx[i] : 0
      for copy in 0..<times { sum += dy[i * times + copy] }
      dx[i] = sum
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func repeatColumns(_ x: [Float], times: Int) -> [Float] {
    x.flatMap { [Float](repeating: $0, count: times) }
  }
}
