/// Counter-based random numbers: Philox-4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
///
/// A number is a pure function of (seed, stream, three counters), so it does not depend on threads, shards or order
/// of use.
package struct Philox: Sendable {
  private let key: (UInt32, UInt32)

  /// The generator of one seed and one stream of the fixed table `Stream`.
  package init(seed: Int, stream: Stream) {
    // The seed is mixed with the stream by SplitMix64, so that neighbouring seeds share no key.
    var z = UInt64(bitPattern: Int64(seed)) &+ (UInt64(stream.rawValue) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    key = (UInt32(truncatingIfNeeded: z), UInt32(truncatingIfNeeded: z >> 32))
  }

  /// Four independent 32-bit words at counter (a, b, c): 64 bits of `a`, 32 bits each of `b` and `c`.
  @inlinable package func words(_ a: Int, _ b: Int = 0, _ c: Int = 0) -> SIMD4<UInt32> {
    let wide = UInt64(bitPattern: Int64(a))
    return block(
      SIMD4(
        UInt32(truncatingIfNeeded: wide), UInt32(truncatingIfNeeded: wide >> 32), UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: c)))
  }

  /// Ten rounds of Philox-4x32 on one counter block.
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var x = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(x[0])
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(x[2])
      x = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ x[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ x[3] ^ k1, UInt32(truncatingIfNeeded: p0))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return x
  }

  /// A number uniform in [0, 1) with 53 bits, at counter (a, b, c).
  package func uniform(_ a: Int, _ b: Int = 0, _ c: Int = 0) -> Double {
    let w = words(a, b, c)
    return Double((UInt64(w[0]) << 32 | UInt64(w[1])) >> 11) * 0x1p-53
  }

  /// An integer uniform in 0 ..< bound, at counter (a, b, c). The bias is below bound / 2^64.
  package func integer(below bound: Int, _ a: Int, _ b: Int = 0, _ c: Int = 0) -> Int {
    precondition(bound > 0, "integer(below: \(bound))")
    let w = words(a, b, c)
    return Int((UInt64(w[0]) << 32 | UInt64(w[1])).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A permutation of 0 ..< count (Fisher-Yates), a pure function of (seed, stream, round).
  package func permutation(_ count: Int, round: Int = 0) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1, i, round)) }
    return order
  }
}
