/// The sequences of pairs. Pairs that share one are not independent: what a model makes of a sequence is in all of
/// them, and a resample draws sequences in place of pairs. n pairs.
package struct Partners: Hashable, Sendable {
  /// Different sequences.
  package let count: Int
  /// (n): the number of each pair's first sequence, and of its second.
  private let first: [Int32]
  private let second: [Int32]

  /// - Parameter names: (n), the two sequences of each pair by names of theirs.
  package init(_ names: [(String, String)]) {
    var numbers: [String: Int32] = [:]
    func number(_ name: String) -> Int32 {
      let next = Int32(numbers.count)
      return numbers[name, default: next]
    }
    var (first, second): ([Int32], [Int32]) = ([], [])
    for (a, b) in names {
      for name in [a, b] { numbers[name] = number(name) }
      first.append(number(a))
      second.append(number(b))
    }
    (count, self.first, self.second) = (numbers.count, first, second)
  }

  /// How often each pair (n) counts where each sequence was drawn so often: the product of both, of a sequence with
  /// itself its own (Snijders and Borgatti 1999; Owen 2007, the pigeonhole bootstrap).
  func weights(_ drawn: [Int32]) -> [Int32] {
    zip(first, second).map { a, b in a == b ? drawn[Int(a)] : drawn[Int(a)] * drawn[Int(b)] }
  }
}
