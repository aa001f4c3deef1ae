/// How often each of the 64 codons stands in coding sequences.
package struct CodonUsage: Hashable, Sendable {
  /// (64): by codon in the order of A, C, G, T.
  package private(set) var counts = [Int](repeating: 0, count: 64)

  package init() {}

  package init(_ letters: [UInt8]) { add(letters[...]) }

  /// Adds the codons of a sequence from its first letter on; those with other letters than A, C, G and T, and letters
  /// at the end, are passed over.
  package mutating func add(_ letters: ArraySlice<UInt8>) {
    for start in stride(from: letters.startIndex, through: letters.endIndex - 3, by: 3) {
      let numbers = letters[start..<start + 3].map { Self.bases.firstIndex(of: $0) }
      guard let a = numbers[0], let b = numbers[1], let c = numbers[2] else { continue }
      counts[16 * a + 4 * b + c] += 1
    }
  }

  /// Codons that were counted.
  package var count: Int { counts.reduce(0, +) }

  /// (64): zeros without a codon.
  package var shares: [Double] {
    let total = Double(max(1, count))
    return counts.map { Double($0) / total }
  }

  private static let bases = Array("ACGT".utf8)
}
