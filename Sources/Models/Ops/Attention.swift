import Arithmetic
import CKernels
package import Tensors

struct AttentionOp {
  let qkv: TapeValue
  let y: TapeValue
  let shape: AttentionShape
  /// The place of 2 numbers (maximum, inverse sum) per head and row in the value arena.
  let saved: Int
}

extension Tape {
  /// Multi-head attention within each sequence (Vaswani et al. 2017) with rotary positions (Su et al. 2021; features i
  /// and i + d/2 of a head form a pair). `qkv` is R x 3h: queries, keys, values, each `heads` heads of d = h / heads
  /// features; it is rotated in place. Only 64 rows of scores exist at a time, so memory is linear in the length;
  /// with a window, time is too.
  package func attention(_ qkv: TapeValue, _ shape: AttentionShape) -> TapeValue {
    let (h, heads) = (qkv.columns / 3, shape.heads)
    precondition(qkv.columns == 3 * h && h % heads == 0, "attention: \(qkv.columns) features, \(heads) heads")
    let y = makeValue(rows: qkv.rows, columns: h)
    if isContinued {
      continueAttention(qkv, shape, into: y)
      return y
    }
    let saved = reserve(2 * heads * qkv.rows)
    rotate(qkv, pointer(qkv), shape, inverse: false)
    let op = AttentionOp(qkv: qkv, y: y, shape: shape, saved: saved)
    let (d, scratch) = (h / heads, valueEnd)
    let keyRoom = reserve(GEMM.packedCount(d, longestSequence, half: half))
    let valueRoom = reserve(GEMM.packedCount(longestSequence, d, half: half))
    let scoreRoom = reserve(Self.queryBlock * longestSequence)
    let pack = packing(d, 3 * h)
    forEachHead(op) { head, tokens in
      let (q, k, v) = heads3(pointer(qkv), head, d, h, tokens)
      let scores = values.base + scoreRoom
      var seen = 0..<0
      var packed: (keys: GEMM.Packed, contents: GEMM.Packed)?
      forEachBlock(op, tokens) { queries, visible in
        let (m, n, first) = (queries.count, visible.count, queries.lowerBound)
        // Keys from the first on are packed once: blocks see fewer and fewer of them.
        if packed == nil || visible.lowerBound != seen.lowerBound || visible.upperBound > seen.upperBound {
          seen = visible
          let there = visible.lowerBound * 3 * h
          packed = (pack(k + there, n, true, keyRoom), pack(v + there, n, false, valueRoom))
        }
        guard let (keys, contents) = packed else { return }
        let bounds = shape.visible(from: first, keys: visible)
        GEMM.multiply(m, n, d, q + first * 3 * h, 3 * h, keys, scores, n)
        kernel_attention_softmax(
          scores, values.base + saved + 2 * (head * qkv.rows + tokens.lowerBound + first), Int64(m), Int64(n),
          Int64(bounds.low), Int64(bounds.high), 1 / Float(d).squareRoot())
        GEMM.multiply(m, d, n, scores, n, contents, pointer(y) + (tokens.lowerBound + first) * h + head * d, h)
      }
    }
    release(to: scratch)
    record(op)
    return y
  }
}

extension AttentionOp: Op {
  /// P from the saved row sums; dV += Pᵀ dO; dP = dO Vᵀ; dS = P (dP - sum(dO O)) / sqrt d; dQ = dS K; dK += dSᵀ Q.
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dqkv, accumulate) = tape.gradientForWriting(qkv)
    precondition(!accumulate, "attention's input feeds nothing else")
    let h = y.columns
    let (d, scratch) = (h / shape.heads, tape.valueEnd)
    let scale = 1 / Float(d).squareRoot()
    let transposedCount = GEMM.packedCount(d, tape.longestSequence, half: tape.half)
    let rooms = [tape.reserve(transposedCount), tape.reserve(transposedCount)]
    let keyRoom = tape.reserve(GEMM.packedCount(tape.longestSequence, d, half: tape.half))
    let scoreCount = Tape.queryBlock * tape.longestSequence
    let scoreRooms = [tape.reserve(scoreCount), tape.reserve(scoreCount)]
    let deltaRoom = tape.reserve(Tape.queryBlock)
    let deltas = tape.values.base + deltaRoom
    // After the last room: an arena that grows moves.
    let dy = tape.gradient(y)!
    let (probabilities, scores) = (tape.values.base + scoreRooms[0], tape.values.base + scoreRooms[1])
    let pack = tape.packing(d, 3 * h)
    tape.forEachHead(self) { head, tokens in
      let (q, k, v) = tape.heads3(tape.pointer(qkv), head, d, h, tokens)
      let (dq, dk, dv) = tape.heads3(dqkv, head, d, h, tokens)
      let windowed = shape.window != nil
      if windowed {
        for row in 0..<tokens.count {
          for gradient in [dk, dv] { (gradient + row * 3 * h).update(repeating: 0, count: d) }
        }
      }
      var seen = 0..<0
      var packed: (keysTransposed: GEMM.Packed, contents: GEMM.Packed, keys: GEMM.Packed)?
      tape.forEachBlock(self, tokens) { queries, visible in
        let (m, n, first) = (queries.count, visible.count, queries.lowerBound)
        let (row, here, there) = (tokens.lowerBound + first, first * 3 * h, visible.lowerBound * 3 * h)
        let at = row * h + head * d
        if packed == nil || visible.lowerBound != seen.lowerBound || visible.upperBound > seen.upperBound {
          seen = visible
          packed = (
            pack(k + there, n, true, rooms[0]), pack(v + there, n, true, rooms[1]), pack(k + there, n, false, keyRoom)
          )
        }
        guard let (keysTransposed, contents, keys) = packed else { return }
        // The last block comes first, and without a window it sees all keys.
        let isFirst = !windowed && queries.upperBound == tokens.count
        let bounds = shape.visible(from: first, keys: visible)
        GEMM.multiply(m, n, d, q + here, 3 * h, keysTransposed, probabilities, n)
        kernel_attention_probabilities(
          probabilities, tape.values.base + saved + 2 * (head * qkv.rows + row), Int64(m), Int64(n),
          Int64(bounds.low), Int64(bounds.high), scale)
        GEMM.multiply(
          n, d, m, probabilities, n, transposeA: true, dy + at, h, dv + there, 3 * h,
          initial: isFirst ? nil : dv + there, half: tape.half)
        GEMM.multiply(m, n, d, dy + at, h, contents, scores, n)
        kernel_row_dots(dy + at, Int64(h), tape.pointer(y) + at, Int64(h), deltas, Int64(m), Int64(d))
        kernel_attention_score_gradient(probabilities, scores, deltas, Int64(m), Int64(n), scale)
        GEMM.multiply(m, d, n, scores, n, keys, dq + here, 3 * h)
        GEMM.multiply(
          n, d, m, scores, n, transposeA: true, q + here, 3 * h, dk + there, 3 * h,
          initial: isFirst ? nil : dk + there, half: tape.half)
      }
    }
    tape.release(to: scratch)
    tape.rotate(qkv, dqkv, shape, inverse: true)
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// A function that packs `count` rows of d features, `stride` apart, as they are or transposed, into the room at an
  /// offset.
  fileprivate func packing(
    _ d: Int, _ stride: Int
  ) -> (_ rows: UnsafePointer<Float>, _ count: Int, _ transpose: Bool, _ room: Int) -> GEMM.Packed {
    { [self] rows, count, transpose, room in
      GEMM.pack(
        transpose ? d : count, transpose ? count : d, rows, stride, transpose: transpose, half: half,
        into: values.base + room)
    }
  }

  fileprivate static var queryBlock: Int { 64 }

  /// Every (head, sequence): the rows of the sequence.
  fileprivate func forEachHead(_ op: AttentionOp, _ body: (_ head: Int, _ tokens: Range<Int>) -> Void) {
    for b in 0..<sequences where starts[b] < starts[b + 1] {
      for head in 0..<op.shape.heads { body(head, Int(starts[b])..<Int(starts[b + 1])) }
    }
  }

  /// Every block of queries of a sequence, the last one first, with the keys that it sees; both are counted from the
  /// sequence's start.
  fileprivate func forEachBlock(
    _ op: AttentionOp, _ tokens: Range<Int>, _ body: (_ queries: Range<Int>, _ keys: Range<Int>) -> Void
  ) {
    let blocks = (tokens.count + Self.queryBlock - 1) / Self.queryBlock
    for block in (0..<blocks).reversed() {
      let queries = block * Self.queryBlock..<min((block + 1) * Self.queryBlock, tokens.count)
      body(queries, op.shape.keys(of: queries, count: tokens.count))
    }
  }

  /// The first query, key and value of one head of a sequence.
  fileprivate func heads3(
    _ base: UnsafeMutablePointer<Float>, _ head: Int, _ d: Int, _ h: Int, _ tokens: Range<Int>
  ) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    let rows = base + tokens.lowerBound * 3 * h + head * d
    return (rows, rows + h, rows + 2 * h)
  }

  /// Turns queries and keys by their places, where positions are rotary.
  fileprivate func rotate(
    _ qkv: TapeValue, _ pointer: UnsafeMutablePointer<Float>, _ shape: AttentionShape, inverse: Bool
  ) {
    guard let key = shape.rotary, qkv.rows > 0 else { return }
    let places = places
    let table = rotaryTable(key, length: (places?.max()).map { Int($0) + 1 } ?? longestSequence)
    // Queries and keys are neighbours: 2 * heads heads to rotate.
    kernel_rotary(
      pointer, table.cosines.base, table.sines.base, starts, places, Int64(sequences), Int64(qkv.columns),
      Int64(2 * shape.heads), Int64(key.half), inverse)
  }
}
