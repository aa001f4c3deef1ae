/// A first-order Markov chain over A, C, G, T with a given GC content and CpG depletion, equal on both strands.
///
/// With p the base frequencies and r the observed over expected CpG (Gardiner-Garden and Frommer 1987), the pair
/// frequencies are p_a p_b, less d = (1 - r) p_C p_G on CG, more d on TG and CA, which a CpG decays to, and less d on
/// TA. All marginals remain p, so every position has the same composition.
struct Background: Hashable, Sendable {
  /// (4): running sums of the frequencies of A, C, G, T.
  private let first: [Double]
  /// (4, 4): running sums of each base's transition probabilities.
  private let next: [[Double]]

  /// nil where the depletion would need a negative frequency of TA.
  init?(gc: Double, cpg: Double) {
    let p = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    var pairs = p.map { a in p.map { a * $0 } }
    let d = (1 - cpg) * p[1] * p[2]
    pairs[1][2] -= d
    pairs[3][2] += d
    pairs[1][0] += d
    pairs[3][0] -= d
    guard pairs.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else { return nil }
    first = Self.runningSums(p)
    next = zip(pairs, p).map { row, sum in Self.runningSums(row.map { sum > 0 ? $0 / sum : 0.25 }) }
  }

  /// The base, 0 to 3, that a uniform number selects after another base, or at the beginning.
  func base(_ uniform: Double, after previous: UInt8?) -> UInt8 {
    let sums = previous.map { next[Int($0)] } ?? first
    return UInt8(sums.firstIndex { uniform < $0 } ?? 3)
  }

  /// So many bases, 0 to 3.
  func bases(_ count: Int, _ draws: inout SynthesisDraws) -> [UInt8] {
    var bases: [UInt8] = []
    bases.reserveCapacity(count)
    for _ in 0..<count { bases.append(base(draws.uniform(), after: bases.last)) }
    return bases
  }

  /// Letters A, C, G, T of bases 0 to 3.
  static func text(_ bases: [UInt8]) -> String {
    String(decoding: bases.map { Array("ACGT".utf8)[Int($0)] }, as: UTF8.self)
  }

  private static func runningSums(_ values: [Double]) -> [Double] {
    var sum = 0.0
    return values.map {
      sum += $0
      return sum
    }
  }
}
