/// A hold-out by sequence: equal sequences are always on one side, and a sequence's side does not depend on the others.
package enum HoldOut {
  /// The hash on which splits depend: FNV-1a of 64 bits over the letters, then the seed and the finisher of SplitMix64,
  /// so that its high bits depend on all letters. The hash is part of results and never changes.
  package static func hash(_ sequence: some Sequence<UInt8>, seed: Int = 0) -> UInt64 {
    func letters(_ sequence: some Sequence<UInt8>) -> UInt64 {
      sequence.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
    // Letters that lie side by side are read without a call for each.
    var hash = sequence.withContiguousStorageIfAvailable { letters($0) } ?? letters(sequence)
    hash ^= UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }

  /// Whether a sequence is in the hold-out of about `fraction` (0 ... 1) of all sequences: its hash over 2^64 is below
  /// the fraction.
  package static func contains(_ sequence: some Sequence<UInt8>, fraction: Double, seed: Int = 0) -> Bool {
    precondition((0...1).contains(fraction), "hold-out fraction \(fraction)")
    return Double(hash(sequence, seed: seed) >> 11) * 0x1p-53 < fraction
  }
}
