import CKernels

/// Which table of angles: base and half the features of a head.
struct RotaryKey: Hashable {
  let half: Int
  let base: Int
}

/// cos and sin of every (position, frequency), grown to the longest sequence seen.
final class RotaryTable {
  let length: Int
  let cosines: FloatBuffer
  let sines: FloatBuffer
  init(length: Int, key: RotaryKey) {
    self.length = length
    cosines = FloatBuffer(count: length * key.half)
    sines = FloatBuffer(count: length * key.half)
    kernel_rotary_table(cosines.base, sines.base, Int64(length), Int64(key.half), Double(key.base))
  }
}

struct AttentionOp {
  let qkv: TapeValue
  let y: TapeValue
  let heads: Int
  let causal: Bool
  let rotaryBase: Int
  /// Of 2 numbers (maximum, inverse sum) per head and row, in the value arena.
  let saved: Int
}

extension Tape {
  /// Multi-head attention within each sequence (Vaswani et al. 2017) with rotary positions (Su et al. 2021; features i
  /// and i + d/2 of a head form a pair). `qkv` is R x 3h: queries, keys, values, each `heads` heads of d = h / heads
  /// features; it is rotated in place. Only 64 rows of scores exist at a time, so memory is linear in the length.
  package func attention(_ qkv: TapeValue, heads: Int, causal: Bool, rotaryBase: Int = 10_000) -> TapeValue {
    let h = qkv.columns / 3
    precondition(qkv.columns == 3 * h && h % (2 * heads) == 0, "attention: \(qkv.columns) features, \(heads) heads")
    let y = makeValue(rows: qkv.rows, columns: h)
    let saved = reserve(2 * heads * qkv.rows)
    rotate(qkv, pointer(qkv), heads, rotaryBase, inverse: false)
    let op = AttentionOp(qkv: qkv, y: y, heads: heads, causal: causal, rotaryBase: rotaryBase, saved: saved)
    let scratch = reserve(Self.queryBlock * longestSequence)
    let d = h / heads
    forEachBlock(op) { head, keys, queries, visible in
      let (q, k, v) = heads3(pointer(qkv), head, d, h, queries.lowerBound, keys.lowerBound)
      let (m, n, scores) = (queries.count, visible, values.base + scratch)
      BLAS.multiply(m, n, d, q, 3 * h, k, 3 * h, transposeB: true, scores, n, accumulate: false)
      kernel_attention_softmax(
        scores, values.base + saved + 2 * (head * qkv.rows + queries.lowerBound), Int64(m), Int64(n),
        firstVisible(op, keys, queries), 1 / Float(d).squareRoot())
      BLAS.multiply(
        m, d, n, scores, n, v, 3 * h, pointer(y) + queries.lowerBound * h + head * d, h, accumulate: false)
    }
    release(to: scratch)
    if isTraining { ops.append(.attention(op)) }
    return y
  }

  /// P from the saved row sums; dV += Pᵀ dO; dP = dO Vᵀ; dS = P (dP - sum(dO O)) / sqrt d; dQ = dS K; dK += dSᵀ Q.
  func attentionBackward(_ op: AttentionOp) {
    guard gradient(op.y) != nil else { return }
    let (dqkv, accumulate) = gradientForWriting(op.qkv)
    precondition(!accumulate, "attention's input feeds nothing else")
    let dy = gradient(op.y)!
    dqkv.update(repeating: 0, count: op.qkv.rows * op.qkv.columns)
    let h = op.y.columns
    let d = h / op.heads
    let scale = 1 / Float(d).squareRoot()
    let scratch = reserve(2 * Self.queryBlock * longestSequence + Self.queryBlock)
    forEachBlock(op) { head, keys, queries, n in
      let m = queries.count
      let probabilities = values.base + scratch
      let scores = probabilities + Self.queryBlock * longestSequence
      let deltas = scores + Self.queryBlock * longestSequence
      let (q, k, v) = heads3(pointer(op.qkv), head, d, h, queries.lowerBound, keys.lowerBound)
      let (dq, dk, dv) = heads3(dqkv, head, d, h, queries.lowerBound, keys.lowerBound)
      let at = queries.lowerBound * h + head * d
      BLAS.multiply(m, n, d, q, 3 * h, k, 3 * h, transposeB: true, probabilities, n, accumulate: false)
      kernel_attention_probabilities(
        probabilities, values.base + op.saved + 2 * (head * op.qkv.rows + queries.lowerBound), Int64(m), Int64(n),
        firstVisible(op, keys, queries), scale)
      BLAS.multiply(n, d, m, probabilities, n, transposeA: true, dy + at, h, dv, 3 * h, accumulate: true)
      BLAS.multiply(m, n, d, dy + at, h, v, 3 * h, transposeB: true, scores, n, accumulate: false)
      kernel_row_dots(dy + at, Int64(h), pointer(op.y) + at, Int64(h), deltas, Int64(m), Int64(d))
      kernel_attention_score_gradient(probabilities, scores, deltas, Int64(m), Int64(n), scale)
      BLAS.multiply(m, d, n, scores, n, k, 3 * h, dq, 3 * h, accumulate: false)
      BLAS.multiply(n, d, m, scores, n, transposeA: true, q, 3 * h, dk, 3 * h, accumulate: true)
    }
    release(to: scratch)
    rotate(op.qkv, dqkv, op.heads, op.rotaryBase, inverse: true)
    releaseGradient(op.y)
  }

  private static var queryBlock: Int { 64 }

  /// Every (head, sequence, block of queries): the rows of the sequence, of the block, and how many keys the block
  /// sees.
  private func forEachBlock(
    _ op: AttentionOp, _ body: (_ head: Int, _ keys: Range<Int>, _ queries: Range<Int>, _ visible: Int) -> Void
  ) {
    for b in 0..<sequences {
      let keys = Int(starts[b])..<Int(starts[b + 1])
      for first in stride(from: keys.lowerBound, to: keys.upperBound, by: Self.queryBlock) {
        let end = min(first + Self.queryBlock, keys.upperBound)
        let visible = (op.causal ? end : keys.upperBound) - keys.lowerBound
        for head in 0..<op.heads { body(head, keys, first..<end, visible) }
      }
    }
  }

  /// How many keys the block's first query sees.
  private func firstVisible(_ op: AttentionOp, _ keys: Range<Int>, _ queries: Range<Int>) -> Int64 {
    Int64(op.causal ? queries.lowerBound - keys.lowerBound + 1 : keys.count)
  }

  /// The first query, key and value of one head.
  private func heads3(
    _ base: UnsafeMutablePointer<Float>, _ head: Int, _ d: Int, _ h: Int, _ query: Int, _ key: Int
  ) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let rows = base + key * 3 * h + head * d
    return (base + query * 3 * h + head * d, rows + h, rows + 2 * h)
  }

  private func rotate(
    _ qkv: TapeValue, _ pointer: UnsafeMutablePointer<Float>, _ heads: Int, _ base: Int, inverse: Bool
  ) {
    let h = qkv.columns / 3
    let key = RotaryKey(half: h / heads / 2, base: base)
    let length = longestSequence
    if rotary[key] == nil || rotary[key]!.length < length { rotary[key] = RotaryTable(length: length, key: key) }
    let table = rotary[key]!
    // Queries and keys are neighbours: 2 * heads heads to rotate.
    kernel_rotary(
      pointer, table.cosines.base, table.sines.base, starts, Int64(sequences), Int64(qkv.columns), Int64(2 * heads),
      Int64(key.half), inverse)
  }
}
