import CKernels
package import Tensors

struct PoolOp {
  let x: TapeValue
  /// Rows of x that make one of y: B' + 1 row numbers, as tokens divide a sequence.
  let groups: [Int32]
  /// By number of y, the row of x that gave it, of a pooling by the largest; else empty.
  let places: [Int32]
  let y: TapeValue
}

extension Tape {
  /// y = the mean, or by feature the largest, of every `factor` neighbouring rows of a sequence; the last of it may be
  /// fewer. x is R x C, y has sum over sequences of ceil(length / factor) rows. Ops behind it need `dividePooled`.
  package func pool(_ x: TapeValue, factor: Int, maximum: Bool) -> TapeValue {
    precondition(x.rows == rows && factor > 0, "pool of \(x.rows) rows on a tape of \(rows)")
    var groups: [Int32] = [0]
    for (start, end) in zip(starts, starts.dropFirst()) {
      groups += stride(from: start, to: end, by: factor).map { min($0 + Int32(factor), end) }
    }
    let (count, C) = (groups.count - 1, x.columns)
    let y = makeValue(rows: count, columns: C)
    var places: [Int32] = []
    if maximum {
      places = [Int32](repeating: -1, count: count * C)
      kernel_segment_maxima(pointer(x), groups, pointer(y), &places, Int64(count), Int64(C))
    } else {
      kernel_segment_means(pointer(x), groups, pointer(y), Int64(count), Int64(C))
    }
    record(PoolOp(x: x, groups: groups, places: places, y: y))
    return y
  }

  /// Divides the rows that `pool` made as the sequences that they came from.
  package func dividePooled(factor: Int) {
    divide(zip(starts, starts.dropFirst()).map { (Int($1 - $0) + factor - 1) / factor })
  }
}

extension PoolOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    let (count, C) = (Int64(y.rows), Int64(y.columns))
    if places.isEmpty {
      kernel_segment_means_backward(tape.gradient(y)!, groups, dx, count, C, accumulate)
    } else {
      if !accumulate { dx.update(repeating: 0, count: x.rows * x.columns) }
      kernel_segment_maxima_backward(tape.gradient(y)!, places, dx, count, C)
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func pool(_ x: [Float], lengths: [Int], columns: Int, factor: Int, maximum: Bool) -> [Float] {
    var (y, start): ([Float], Int) = ([], 0)
    for length in lengths {
      for first in stride(from: 0, to: length, by: factor) {
        for c in 0..<columns {
          let values = (first..<min(first + factor, length)).map { Double(x[(start + $0) * columns + c]) }
          y.append(Float(maximum ? values.max()! : values.reduce(0, +) / Double(values.count)))
        }
      }
      start += length
    }
    return y
  }
}
