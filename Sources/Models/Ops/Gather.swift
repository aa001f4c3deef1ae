import CKernels
package import Tensors

struct EmbeddingOp {
  let table: Parameter
  /// The place of the token ids among the tape's integers.
  let ids: Range<Int>
  let y: TapeValue
}

struct SegmentMeansOp {
  let x: TapeValue
  let y: TapeValue
}

struct GatherRowsOp {
  let x: TapeValue
  let chosen: Range<Int>
  let y: TapeValue
}

extension Tape {
  /// y[r] = table[ids[r]]; `table` is V x C.
  package func embedding(_ ids: some Collection<Int32>, table: Parameter) -> TapeValue {
    let kept = keep(ids)
    precondition(
      integers[kept].allSatisfy { $0 >= 0 && $0 < table.shape[0] },
      "a token beyond the vocabulary of \(table.shape[0])")
    let y = makeValue(rows: kept.count, columns: table.shape[1], with: table)
    integers.withUnsafeBufferPointer {
      kernel_gather(weights(table), $0.baseAddress! + kept.lowerBound, pointer(y), Int64(y.rows), Int64(y.columns))
    }
    record(EmbeddingOp(table: table, ids: kept, y: y))
    return y
  }
}

extension EmbeddingOp: Op {
  func backward(on tape: Tape) {
    guard let dy = tape.gradient(y) else { return }
    tape.integers.withUnsafeBufferPointer {
      kernel_scatter_add(
        dy, $0.baseAddress! + ids.lowerBound, tape.weightGradients(table), Int64(y.rows), Int64(y.columns))
    }
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// y[i] = x[chosen[i]]: the rows that a loss looks at.
  package func gatherRows(_ x: TapeValue, _ chosen: some Collection<Int32>) -> TapeValue {
    let kept = keep(chosen)
    precondition(integers[kept].allSatisfy { $0 >= 0 && $0 < x.rows }, "a row beyond \(x.rows)")
    let y = makeValue(rows: kept.count, columns: x.columns)
    integers.withUnsafeBufferPointer {
      kernel_gather(pointer(x), $0.baseAddress! + kept.lowerBound, pointer(y), Int64(y.rows), Int64(y.columns))
    }
    record(GatherRowsOp(x: x, chosen: kept, y: y))
    return y
  }
}

extension GatherRowsOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    if !accumulate { dx.update(repeating: 0, count: x.rows * x.columns) }
    let dy = tape.gradient(y)!
    tape.integers.withUnsafeBufferPointer {
      kernel_scatter_add(dy, $0.baseAddress! + chosen.lowerBound, dx, Int64(y.rows), Int64(y.columns))
    }
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// y[b] = mean of the rows of sequence b. x is R x C, y is B x C. An empty sequence gives zeros.
  package func segmentMeans(_ x: TapeValue) -> TapeValue {
    precondition(x.rows == rows, "segmentMeans of \(x.rows) rows on a tape of \(rows)")
    let y = makeValue(rows: sequences, columns: x.columns)
    kernel_segment_means(pointer(x), starts, pointer(y), Int64(sequences), Int64(x.columns))
    record(SegmentMeansOp(x: x, y: y))
    return y
  }
}

extension SegmentMeansOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_segment_means_backward(
      tape.gradient(y)!, tape.starts, dx, Int64(tape.sequences), Int64(x.columns), accumulate)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func segmentMeans(_ x: [Float], lengths: [Int], columns: Int) -> [Float] {
    var y: [Float] = []
    var start = 0
    for length in lengths {
      for c in 0..<columns {
        let sum = (start..<start + length).reduce(0.0) { $0 + Double(x[$1 * columns + c]) }
        y.append(length == 0 ? 0 : Float(sum / Double(length)))
      }
      start += length
    }
    return y
  }
}
