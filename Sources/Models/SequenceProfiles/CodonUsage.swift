/// The shares of the 64 codons in a coding sequence.
package struct CodonUsage: Hashable, Sendable {
  /// (64): by codon in the order of A, C, G, T; zeros for a sequence without a whole known codon.
  package let shares: [Double]
  /// Codons that were counted.
  package let count: Int

  /// The codons of a sequence from its first letter on; those with other letters than A, C, G and T, and letters at the
  /// end, are passed over.
  package init(_ letters: [UInt8]) {
    var counts = [Int](repeating: 0, count: 64)
    for start in stride(from: 0, through: letters.count - 3, by: 3) {
      let numbers = letters[start..<start + 3].map { Self.bases.firstIndex(of: $0) }
      guard let a = numbers[0], let b = numbers[1], let c = numbers[2] else { continue }
      counts[16 * a + 4 * b + c] += 1
    }
    count = counts.reduce(0, +)
    let total = Double(max(1, count))
    shares = counts.map { Double($0) / total }
  }

  private static let bases = Array("ACGT".utf8)
}
