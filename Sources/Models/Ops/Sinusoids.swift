import Arithmetic
import CKernels
package import Tensors

struct SinusoidsOp {
  let x: TapeValue
  let y: TapeValue
}

extension Tape {
  /// y = x + P: of the token at place t of its sequence, P[2i] = sin(t / 10000^(2i / C)) and P[2i + 1] the cos of the
  /// same (Vaswani et al. 2017). x and y are R x C.
  package func sinusoids(_ x: TapeValue) -> TapeValue {
    precondition(x.rows == rows, "sinusoids of \(x.rows) rows on a tape of \(rows)")
    let half = (x.columns + 1) / 2
    let key = RotaryTable.Key(half: half)
    let y = makeValue(rows: x.rows, columns: x.columns)
    let (source, target) = (pointer(x), pointer(y))
    for b in 0..<sequences where starts[b] < starts[b + 1] {
      let table =
        isContinued
        ? RotaryTable(from: Int(places![Int(starts[b])]), length: Int(starts[b + 1] - starts[b]), key: key)
        : rotaryTable(key, length: longestSequence)
      for (place, row) in (Int(starts[b])..<Int(starts[b + 1])).enumerated() {
        for c in 0..<x.columns {
          let numbers = c % 2 == 0 ? table.sines.base : table.cosines.base
          target[row * x.columns + c] = source[row * x.columns + c] + numbers[place * half + c / 2]
        }
      }
    }
    record(SinusoidsOp(x: x, y: y))
    return y
  }
}

extension SinusoidsOp: Op {
  func backward(on tape: Tape) { tape.passGradient(from: y, to: x, releasing: true) }
}
