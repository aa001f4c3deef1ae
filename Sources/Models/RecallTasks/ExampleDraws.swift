import Randomness

/// The random numbers of one example, one after the other: draw d of example e of split s is at the counter (e, s, d).
struct ExampleDraws {
  private let random: Philox
  private let split: RecallExample.Split
  private let example: Int
  private var next = 0

  init(_ random: Philox, _ split: RecallExample.Split, _ example: Int) {
    (self.random, self.split, self.example) = (random, split, example)
  }

  /// A number in 0 ..< bound.
  mutating func below(_ bound: Int) -> Int {
    defer { next += 1 }
    return random.integer(below: bound, example, split.rawValue, next)
  }

  /// A number in [0, 1).
  mutating func uniform() -> Double {
    defer { next += 1 }
    return random.uniform(example, split.rawValue, next)
  }

  /// So many different members of a range, in the order in which they are drawn.
  mutating func different(_ count: Int, of range: Range<Int>) -> [Int] {
    var pool = Array(range)
    for place in 0..<count { pool.swapAt(place, place + below(pool.count - place)) }
    return Array(pool[..<count])
  }
}
