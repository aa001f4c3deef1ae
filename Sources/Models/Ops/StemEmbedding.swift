import Arithmetic
import CKernels
package import Tensors

struct StemEmbeddingOp {
  let table: Parameter
  let ids: Range<Int>
  let shape: ConvolutionShape
  let y: TapeValue
}

extension Tape {
  /// y[t] = sum over taps j of table[ids[t + j - left], j], zero beyond the sequence: a convolution of one-hot tokens.
  /// `table` is V x taps x C.
  package func stemEmbedding(
    _ ids: some Collection<Int32>, table: Parameter, shape: ConvolutionShape
  ) -> TapeValue {
    precondition(table.shape.count == 3 && table.shape[1] == shape.taps, "stem of \(shape.taps) taps by \(table.shape)")
    let kept = keep(ids)
    precondition(
      integers[kept].allSatisfy { $0 >= 0 && $0 < table.shape[0] },
      "a token beyond the vocabulary of \(table.shape[0])")
    let y = makeValue(rows: kept.count, columns: table.shape[2], with: table)
    if isContinued {
      continueStem(kept, table: table, shape: shape, into: y)
      return y
    }
    integers.withUnsafeBufferPointer {
      kernel_stem_embedding(
        weights(table), $0.baseAddress! + kept.lowerBound, pointer(y), starts, Int64(sequences), Int64(y.columns),
        Int64(shape.taps), Int64(shape.left))
    }
    record(StemEmbeddingOp(table: table, ids: kept, shape: shape, y: y))
    return y
  }
}

extension Tape {
  /// The stem of each sequence behind the tokens that it has left.
  private func continueStem(_ ids: Range<Int>, table: Parameter, shape: ConvolutionShape, into y: TapeValue) {
    let (columns, scratch) = (y.columns, valueEnd)
    for (b, kept) in keptRows(columns: 1, most: shape.reach).enumerated() {
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      let new = integers[ids][(ids.lowerBound + first)..<(ids.lowerBound + first + count)]
      // Below 2^24 a float holds a token's number as it is.
      let all = (0..<kept.count).map { Int32(kept.base[$0]) } + new
      let room = reserve(all.count * columns)
      kernel_stem_embedding(
        weights(table), all, values.base + room, [0, Int32(all.count)], 1, Int64(columns), Int64(shape.taps),
        Int64(shape.left))
      (pointer(y) + first * columns).update(
        from: values.base + room + kept.count * columns, count: count * columns)
      kept.append(new.map(Float.init), count: count)
      release(to: scratch)
    }
  }
}

extension StemEmbeddingOp: Op {
  func backward(on tape: Tape) {
    guard let dy = tape.gradient(y) else { return }
    tape.integers.withUnsafeBufferPointer {
      kernel_stem_embedding_backward(
        dy, $0.baseAddress! + ids.lowerBound, tape.weightGradients(table), tape.starts, Int64(tape.sequences),
        Int64(y.columns), Int64(shape.taps), Int64(shape.left))
    }
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func stemEmbedding(
    _ ids: [Int32], _ table: [Float], lengths: [Int], columns: Int, shape: ConvolutionShape
  ) -> [Float] {
    var (y, start): ([Float], Int) = ([], 0)
    for length in lengths {
      for t in 0..<length {
        for c in 0..<columns {
          var sum = 0.0
          for j in 0..<shape.taps {
            let source = t + j - shape.left
            guard source >= 0 && source < length else { continue }
            sum += Double(table[(Int(ids[start + source]) * shape.taps + j) * columns + c])
          }
          y.append(Float(sum))
        }
      }
      start += length
    }
    return y
  }
}
