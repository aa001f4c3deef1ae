import Randomness

/// The random numbers of one attempt at one record, in order: counter (record, draw, 1 + attempt) of the stream
/// `.synthesis`.
struct SynthesisDraws {
  /// Attempts at a record that is not a repetition.
  static let attempts = 1000

  private let random: Philox
  private let record: Int
  private let attempt: Int
  private var draw = 0

  init(seed: Int, record: Int, attempt: Int) {
    random = Philox(seed: seed, stream: .synthesis)
    self.record = record
    self.attempt = attempt
  }

  mutating func uniform() -> Double {
    defer { draw += 1 }
    return random.uniform(record, draw, attempt + 1)
  }

  mutating func integer(below bound: Int) -> Int {
    defer { draw += 1 }
    return random.integer(below: bound, record, draw, attempt + 1)
  }

  /// A base, 0 to 3, with probability proportional to its count.
  mutating func base(counts: [Int]) -> UInt8 {
    var rest = integer(below: counts.reduce(0, +)), base = 0
    while rest >= counts[base] {
      rest -= counts[base]
      base += 1
    }
    return UInt8(base)
  }

  /// The letters of a site in another order (Fisher-Yates): the first of 32 that agrees with the matrix at no more than
  /// half of its positions, else the one that agrees at the fewest.
  mutating func shuffle(_ site: [UInt8], unlike matrix: PositionMatrix) -> [UInt8] {
    var best = site, order = site
    for _ in 0..<32 where 2 * matrix.agreement(with: best) > site.count {
      for i in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1)) }
      if matrix.agreement(with: order) < matrix.agreement(with: best) { best = order }
    }
    return best
  }
}
