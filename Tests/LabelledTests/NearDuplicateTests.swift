import Labelled
import TestSupport
import Testing

/// Sequences that share thirty letters, on either strand.
@Suite struct NearDuplicateTests {
  private func record(_ letters: [UInt8], _ second: [UInt8] = []) -> LabelledRecord {
    LabelledRecord(sequence: letters, second: second, label: 0)
  }

  private static func complement(_ letters: [UInt8]) -> [UInt8] {
    let across: [UInt8: UInt8] = [65: 84, 67: 71, 71: 67, 84: 65]
    return letters.reversed().map { across[$0]! }
  }

  @Test func `thirty letters that are shared are found on either strand, and 29 are not`() throws {
    var random = RandomNumbers(seed: 5)
    for _ in 0..<50 {
      let train = (0..<20).map { _ in random.letters("ACGT", 80) }
      let near = try #require(NearDuplicates(train.map { record($0) }))
      let start = Int.random(in: 0...50, using: &random)
      let part = Array(train[7][start..<start + 30])
      // A letter that differs at the border keeps the part from growing by chance.
      let (before, after) = (start > 0 ? train[7][start - 1] : 0, start < 50 ? train[7][start + 30] : 0)
      let left = random.letters("ACGT", 12) + ["A", "C"].map { $0.utf8.first! }.filter { $0 != before }.prefix(1)
      let right = ["A", "C"].map { $0.utf8.first! }.filter { $0 != after }.prefix(1) + random.letters("ACGT", 12)
      #expect(near.contains(record(left + part + right)))
      #expect(near.contains(record(Self.complement(left + part + right))))
      #expect(near.contains(record([], part)))
      #expect(!near.contains(record(left + part.dropLast())))
      var broken = part
      broken[15] = UInt8(ascii: "N")
      #expect(!near.contains(record(left + broken + right)))
      #expect(!near.contains(record(random.letters("ACGT", 80))))
    }
  }
}
