/// Sequences of token ids, packed: sequence i is `ids[starts[i] ..< starts[i + 1]]`. There is no padding that could
/// have an influence on a result.
package struct PackedTokens: Hashable, Sendable {
  /// The ids of all sequences, one sequence after the other.
  package private(set) var ids: [Int32] = []
  /// The place in `ids` where each sequence starts, and then the end of the last one.
  package private(set) var starts: [Int] = [0]

  package init() {}

  /// Sequences one after another, of the given lengths. Requires that these add up to the count of ids.
  package init(ids: [Int32], lengths: [Int]) {
    self.ids = ids
    starts.reserveCapacity(lengths.count + 1)
    for length in lengths { starts.append(starts[starts.count - 1] + length) }
    precondition(starts.last == ids.count, "\(ids.count) tokens for lengths that add up to \(starts.last!)")
  }

  /// The number of sequences.
  package var count: Int { starts.count - 1 }

  /// Tokens of the longest sequence.
  package var longest: Int { zip(starts, starts.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) } }

  /// The ids of one sequence.
  package subscript(sequence: Int) -> ArraySlice<Int32> { ids[starts[sequence]..<starts[sequence + 1]] }

  /// The lengths of sequences `range`, in tokens.
  package func lengths(_ range: Range<Int>) -> some Sequence<Int> { range.lazy.map { starts[$0 + 1] - starts[$0] } }

  /// The sequences of the given numbers, in that order.
  package func selecting(_ numbers: some Sequence<Int>) -> PackedTokens {
    var result = PackedTokens()
    for number in numbers { result.append(self[number]) }
    return result
  }

  /// Every sequence, and behind each its other strand: the complements of its tokens in reverse order.
  /// - Parameter complements: by token, that of the reverse-complemented letters.
  package func onBothStrands(_ complements: [Int32]) -> PackedTokens {
    var result = PackedTokens()
    for sequence in 0..<count {
      result.append(self[sequence])
      result.append(by: { ids in for id in self[sequence].reversed() { ids.append(complements[Int(id)]) } })
    }
    return result
  }

  /// Sequences with the lengths of these and other tokens, as many.
  package func replacing(ids: [Int32]) -> PackedTokens {
    precondition(ids.count == self.ids.count, "\(ids.count) tokens for \(self.ids.count)")
    var result = self
    result.ids = ids
    return result
  }

  /// Adds one sequence.
  package mutating func append(_ sequence: ArraySlice<Int32>) {
    ids.append(contentsOf: sequence)
    starts.append(ids.count)
  }

  /// Adds one sequence.
  package mutating func append(_ sequence: [Int32]) { append(sequence[...]) }

  /// Adds the sequence whose ids `write` appends.
  package mutating func append(by write: (inout [Int32]) throws -> Void) rethrows {
    try write(&ids)
    starts.append(ids.count)
  }

  /// Adds the sequences of `other`, in their order.
  package mutating func append(contentsOf other: PackedTokens) {
    let base = ids.count
    ids += other.ids
    for start in other.starts.dropFirst() { starts.append(base + start) }
  }

  /// Forgets the sequences and keeps the room.
  package mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }
}
