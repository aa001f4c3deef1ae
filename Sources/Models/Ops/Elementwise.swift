import CKernels
package import Randomness
package import Tensors

struct AddOp {
  let a: TapeValue
  let b: TapeValue
  let y: TapeValue
}

struct DropoutOp {
  let x: TapeValue
  let stream: TapeValue?
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
  /// evaluating. `firstRow` is the number of the tape's first row in the whole batch, `site` the place in the network;
  /// of pooled rows those of a sequence count on from its first token. Where x
  /// is a residual stream and a branch that was added to it, and `stream` the stream alone, the branch is dropped:
  /// y = stream + dropout(x - stream).
  package func dropout(
    _ x: TapeValue, stream: TapeValue? = nil, rate: Double, random: Philox, step: Int, site: Int, firstRow: Int
  ) -> TapeValue {
    precondition(rate >= 0 && rate < 1, "dropout rate \(rate)")
    if let stream { precondition(stream.rows == x.rows && stream.columns == x.columns, "dropout: \(x) and \(stream)") }
    if !isTraining || rate == 0 { return x }
    let words = random.words(step, site)
    let y = makeValue(rows: x.rows, columns: x.columns)
    let op = DropoutOp(x: x, stream: stream, y: y, rate: Float(rate), firstRow: firstRow, key: (words[0], words[1]))
    apply(op, pointer(x), pointer(y), accumulate: false)
    if let stream { apply(op, toStream: true, pointer(stream), pointer(y), accumulate: true) }
    record(op)
    return y
  }
}

extension DropoutOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    tape.apply(self, tape.gradient(y)!, dx, accumulate: accumulate)
    if let stream {
      let (gradient, accumulate) = tape.gradientForWriting(stream)
      tape.apply(self, toStream: true, tape.gradient(y)!, gradient, accumulate: accumulate)
    }
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// With s = 1 / (1 - rate), x counts s times where it is kept, and the stream 1 - s times, else once.
  fileprivate func apply(
    _ op: DropoutOp, toStream: Bool = false, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    let (scale, columns) = (1 / (1 - op.rate), op.x.columns)
    for (first, count, number) in runs(op.x.rows) {
      kernel_dropout(
        source + first * columns, target + first * columns, Int64(count), Int64(columns), Int64(op.firstRow + number),
        op.rate, toStream ? 1 - scale : scale, toStream ? 1 : 0, op.key.0, op.key.1, accumulate)
    }
  }

  /// The rows of a value whose numbers in the batch follow one another: the first, how many, the number of the first.
  /// Rows that are not those of the division in force, as a head's, are one run.
  private func runs(_ count: Int) -> [(first: Int, count: Int, number: Int)] {
    let (starts, tokens) = (starts, batchStarts)
    guard division > 0, count == rows else { return [(0, count, 0)] }
    return (0..<sequences).map { (Int(starts[$0]), Int(starts[$0 + 1] - starts[$0]), Int(tokens[$0])) }
  }
}
