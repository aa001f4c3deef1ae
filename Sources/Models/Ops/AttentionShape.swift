package import Tensors

/// The form of an attention: its heads, the tokens that a token sees, and its rotary positions.
package struct AttentionShape: Hashable, Sendable {
  package let heads: Int
  /// Whether a token sees only itself and earlier ones.
  package let causal: Bool
  /// Tokens to each side that a token sees; nil: all.
  package let window: Int?
  /// nil: no positions.
  package let rotary: RotaryTable.Key?

  package init(heads: Int, causal: Bool, window: Int? = nil, rotary: RotaryTable.Key?) {
    precondition(heads > 0 && window ?? 1 > 0, "attention of \(heads) heads")
    (self.heads, self.causal, self.window, self.rotary) = (heads, causal, window, rotary)
  }

  /// The keys that queries `queries` of a sequence of so many tokens see between them.
  func keys(of queries: Range<Int>, count: Int) -> Range<Int> {
    let first = window.map { max(0, queries.lowerBound - $0) } ?? 0
    let last = causal ? queries.upperBound : window.map { min(count, queries.upperBound + $0) } ?? count
    return first..<last
  }

  /// The bounds of the keys that a query sees, counted from the first of `keys`; those of the next query are one more.
  func visible(from query: Int, keys: Range<Int>) -> (low: Int, high: Int) {
    let low = window.map { query - $0 - keys.lowerBound } ?? -Self.unbounded
    let high = causal ? query + 1 : window.map { query + $0 + 1 } ?? keys.upperBound + Self.unbounded
    return (low, high - keys.lowerBound)
  }

  private static let unbounded = 1 << 40
}
