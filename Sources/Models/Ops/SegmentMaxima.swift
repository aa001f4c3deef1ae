import CKernels
package import Tensors

struct SegmentMaximaOp {
  let x: TapeValue
  let y: TapeValue
  /// B x C row numbers among the tape's integers.
  let places: Range<Int>
}

extension Tape {
  /// y[b] = the largest value of each feature over the rows of sequence b. x is R x C, y is B x C. An empty sequence
  /// gives zeros.
  package func segmentMaxima(_ x: TapeValue) -> TapeValue {
    precondition(x.rows == rows, "segmentMaxima of \(x.rows) rows on a tape of \(rows)")
    let y = makeValue(rows: sequences, columns: x.columns)
    let places = keep(repeatElement(-1, count: sequences * x.columns))
    integers.withUnsafeMutableBufferPointer {
      kernel_segment_maxima(
        pointer(x), starts, pointer(y), $0.baseAddress! + places.lowerBound, Int64(sequences), Int64(x.columns))
    }
    record(SegmentMaximaOp(x: x, y: y, places: places))
    return y
  }
}

extension SegmentMaximaOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    if !accumulate { dx.update(repeating: 0, count: x.rows * x.columns) }
    let dy = tape.gradient(y)!
    tape.integers.withUnsafeBufferPointer {
      kernel_segment_maxima_backward(
        dy, $0.baseAddress! + places.lowerBound, dx, Int64(y.rows), Int64(y.columns))
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func segmentMaxima(_ x: [Float], lengths: [Int], columns: Int) -> [Float] {
    var y: [Float] = []
    var start = 0
    for length in lengths {
      for c in 0..<columns { y.append((start..<start + length).map { x[$0 * columns + c] }.max() ?? 0) }
      start += length
    }
    return y
  }
}
