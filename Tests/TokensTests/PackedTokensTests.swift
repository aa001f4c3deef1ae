import Testing
import Tokens

@Suite struct PackedTokensTests {
  private let sequences: [[Int32]] = [[5, 6, 7], [], [8], [9, 5]]

  /// The sequences that are in a container.
  private func sequences(_ packed: PackedTokens) -> [[Int32]] { (0..<packed.count).map { Array(packed[$0]) } }

  /// However sequences come in, they are the same and lie without a gap.
  @Test func `packed sequences are the same however they come in`() {
    var one = PackedTokens()
    for sequence in sequences { one.append(sequence) }
    #expect(sequences(one) == sequences)
    #expect(one.ids == sequences.flatMap { $0 } && one.starts == [0, 3, 3, 4, 6])
    #expect(PackedTokens(ids: one.ids, lengths: [3, 0, 1, 2]) == one)
    var written = PackedTokens()
    for sequence in sequences { written.append { for id in sequence { $0.append(id) } } }
    #expect(written == one)
    var joined = one.selecting([0, 1])
    joined.append(contentsOf: one.selecting([2, 3]))
    joined.append(contentsOf: PackedTokens())
    #expect(joined == one)
  }

  @Test func `packed sequences are selected, replaced and removed`() {
    let packed = PackedTokens(ids: sequences.flatMap { $0 }, lengths: sequences.map(\.count))
    #expect(sequences(packed.selecting([3, 0])) == [[9, 5], [5, 6, 7]])
    #expect(Array(packed.lengths(1..<4)) == [0, 1, 2])
    #expect(sequences(packed.replacing(ids: [1, 1, 1, 1, 1, 2])) == [[1, 1, 1], [], [1], [1, 2]])
    var emptied = packed
    emptied.removeAll()
    #expect(emptied == PackedTokens() && emptied.count == 0)
  }
}
