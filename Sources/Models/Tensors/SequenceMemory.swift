import Arithmetic

/// Numbers that a sequence has left behind in the ops that look back, so that its next tokens can be computed without
/// those before. One sequence has one memory, and one tape at a time uses it.
package final class SequenceMemory {
  /// Tokens that have gone through.
  package internal(set) var tokens = 0
  /// By op that looks back, in the order in which a step meets them.
  private var rows: [KeptRows] = []

  package init() {}

  /// A memory of the same tokens, which goes on by itself.
  package func copy() -> SequenceMemory {
    let copy = SequenceMemory()
    (copy.tokens, copy.rows) = (tokens, rows.map { $0.copy() })
    return copy
  }

  /// Floats that are kept.
  package var floats: Int { rows.reduce(0) { $0 + $1.capacity } }

  fileprivate func rows(_ number: Int, columns: Int, most: Int?) -> KeptRows {
    if number == rows.count { rows.append(KeptRows(columns: columns, most: most)) }
    precondition(rows[number].columns == columns, "a memory of \(rows[number].columns) columns at an op of \(columns)")
    return rows[number]
  }
}

/// Rows of numbers in order, of which the last `most` are kept; nil: all.
package final class KeptRows {
  package let columns: Int
  private let most: Int?
  private var buffer = FloatBuffer(count: 0)
  /// The first row that counts, and how many do.
  private var first = 0
  package private(set) var count = 0

  init(columns: Int, most: Int?) {
    (self.columns, self.most) = (columns, most)
  }

  var capacity: Int { buffer.count }

  func copy() -> KeptRows {
    let copy = KeptRows(columns: columns, most: most)
    copy.append(base, count: count)
    return copy
  }

  /// The first number of the oldest row, which moves when a row is added.
  package var base: UnsafeMutablePointer<Float> { buffer.base + first * columns }

  /// Adds rows that lie `stride` floats apart, and forgets the oldest beyond `most`.
  package func append(_ source: UnsafePointer<Float>, count added: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    let taken = min(added, most ?? added)
    makeRoom(for: taken)
    for row in 0..<taken {
      (buffer.base + (first + count + row) * columns)
        .update(from: source + (added - taken + row) * stride, count: columns)
    }
    count += taken
    guard let most, count > most else { return }
    first += count - most
    count = most
  }

  /// Forgets all rows.
  package func removeAll() { (first, count) = (0, 0) }

  /// Adds rows of zeros.
  package func appendZeros(_ added: Int) {
    makeRoom(for: added)
    (buffer.base + (first + count) * columns).update(repeating: 0, count: added * columns)
    count += added
  }

  /// Rows behind the last: with a bound, the kept ones move to the front once in a while.
  private func makeRoom(for added: Int) {
    if (first + count + added) * columns <= buffer.count { return }
    let kept = most.map { min(count, $0) } ?? count
    let rows = max(2 * (kept + added), most.map { 2 * min($0, 2 * (kept + added)) } ?? 0)
    let from = base + (count - kept) * columns
    if rows * columns > buffer.count {
      let larger = FloatBuffer(count: rows * columns)
      larger.base.update(from: from, count: kept * columns)
      buffer = larger
    } else {
      buffer.base.update(from: from, count: kept * columns)
    }
    (first, count) = (0, kept)
  }
}

extension Tape {
  /// Whether the step's rows go on from those before.
  package var isContinued: Bool { !memories.isEmpty }

  /// The rows that each sequence has left behind in the op that asks, of `columns` numbers.
  /// - Parameter most: rows that are kept; nil: all.
  package func keptRows(columns: Int, most: Int?) -> [KeptRows] {
    defer { nextMemory += 1 }
    return memories.map { $0.rows(nextMemory, columns: columns, most: most) }
  }

  /// Begins a step whose sequences, of these lengths, go on from what their memories hold, and leave themselves there.
  /// Ops that look ahead cannot take part.
  package func begin(lengths: [Int], after memories: [SequenceMemory]) {
    precondition(lengths.count == memories.count && !memories.isEmpty, "\(memories.count) memories")
    begin(lengths: lengths, training: false)
    place(zip(lengths, memories).flatMap { length, memory in (0..<length).map { Int32(memory.tokens + $0) } })
    self.memories = memories
  }

  /// The step that `begin(lengths:after:)` began has run: its tokens count as gone through.
  package func end() {
    for (index, memory) in memories.enumerated() { memory.tokens += Int(starts[index + 1] - starts[index]) }
  }
}
