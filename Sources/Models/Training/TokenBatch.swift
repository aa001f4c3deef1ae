/// The ids that every tokenizer reserves, before its first real token.
package enum SpecialToken {
  package static let pad: Int32 = 0
  package static let unknown: Int32 = 1
  package static let mask: Int32 = 2
  /// Ids below this are special: never masked, never drawn as a random token.
  package static let count: Int32 = 5
}

/// Sequences of tokens, packed: sequence b is `ids[starts[b] ..< starts[b + 1]]`. There is no padding, so it cannot
/// have an influence on a result.
package struct TokenBatch: Sendable {
  package private(set) var ids: [Int32] = []
  package private(set) var starts: [Int] = [0]

  package init() {}

  /// Sequences one after another, of the given lengths.
  package init(ids: [Int32], lengths: some Sequence<Int>) {
    self.ids = ids
    for length in lengths { starts.append(starts[starts.count - 1] + length) }
    precondition(starts.last == ids.count, "\(ids.count) tokens for lengths that add up to \(starts.last!)")
  }

  /// From a padded matrix of B x columns, of whose row b the first lengths[b] tokens count.
  package init(padded: [Int32], columns: Int, lengths: [Int]) {
    precondition(padded.count == columns * lengths.count, "\(padded.count) tokens for \(lengths.count) x \(columns)")
    for (row, length) in lengths.enumerated() {
      precondition(length <= columns, "length \(length) in \(columns) columns")
      append(padded[row * columns..<row * columns + length])
    }
  }

  /// Adds one sequence.
  package mutating func append(_ sequence: some Collection<Int32>) {
    ids.append(contentsOf: sequence)
    starts.append(ids.count)
  }

  /// The number of sequences.
  package var count: Int { starts.count - 1 }

  package subscript(sequence: Int) -> ArraySlice<Int32> { ids[starts[sequence]..<starts[sequence + 1]] }

  /// The sequences of the given numbers, in that order.
  package func selecting(_ numbers: some Sequence<Int>) -> TokenBatch {
    var result = TokenBatch()
    for number in numbers { result.append(self[number]) }
    return result
  }

  /// Forgets the sequences and keeps the room.
  package mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  /// The lengths of sequences `range`.
  func lengths(_ range: Range<Int>) -> some Sequence<Int> { range.lazy.map { starts[$0 + 1] - starts[$0] } }

  /// The same sequences with other tokens.
  func replacing(ids: [Int32]) -> TokenBatch {
    precondition(ids.count == self.ids.count, "\(ids.count) tokens for \(self.ids.count)")
    var result = self
    result.ids = ids
    return result
  }
}

/// Where training batches come from: a pure function of the step, so that training can stop and go on anywhere.
package protocol TokenSource {
  func batch(step: Int) throws -> TokenBatch
}

/// A source made of a function.
package struct TokenFunction: TokenSource {
  private let make: (Int) throws -> TokenBatch
  package init(_ make: @escaping (Int) throws -> TokenBatch) { self.make = make }
  package func batch(step: Int) throws -> TokenBatch { try make(step) }
}
