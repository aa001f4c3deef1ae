import Arithmetic
import CKernels
import Tensors

extension Tape {
  /// Attention of the rows of sequences that go on, over keys and values that they have left and their own: causal, of
  /// a window where the shape has one. Queries and keys are turned in place.
  func continueAttention(_ qkv: TapeValue, _ shape: AttentionShape, into y: TapeValue) {
    precondition(shape.causal, "attention that looks ahead cannot go on")
    let (h, scratch) = (y.columns, valueEnd)
    let d = h / shape.heads
    for (b, kept) in keptRows(columns: 2 * h, most: shape.window.map { $0 + 1 }).enumerated() {
      let (first, count) = (Int(starts[b]), Int(starts[b + 1] - starts[b]))
      turn(pointer(qkv) + first * 3 * h, from: first, count: count, shape)
      for row in first..<first + count {
        let query = pointer(qkv) + row * 3 * h
        kept.append(query + h, count: 1)
        let scores = reserve(kept.count)
        for head in 0..<shape.heads {
          kernel_attention_step(
            pointer(qkv) + row * 3 * h + head * d, kept.base + head * d, Int64(2 * h), Int64(h), Int64(kept.count),
            Int64(d), 1 / Float(d).squareRoot(), values.base + scores, pointer(y) + row * h + head * d)
        }
        release(to: scratch)
      }
    }
  }

  /// Turns queries and keys of consecutive places, the first that of the row `first`.
  private func turn(_ rows: UnsafeMutablePointer<Float>, from first: Int, count: Int, _ shape: AttentionShape) {
    guard let key = shape.rotary, count > 0, let place = places?[first] else { return }
    let table = RotaryTable(from: Int(place), length: count, key: key)
    kernel_rotary(
      rows, table.cosines.base, table.sines.base, [0, Int32(count)], nil, 1, Int64(6 * key.half * shape.heads),
      Int64(2 * shape.heads), Int64(key.half), false)
  }
}
