/// A value with its 95 % interval; nil where it is not defined.
package struct Estimate: Hashable, Sendable, Codable {
  package let value: Double?
  package let low: Double?
  package let high: Double?

  package init(_ value: Double?, low: Double? = nil, high: Double? = nil) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// Whether the interval is the longer one; where one has none, whether it is this.
  func isWider(than other: Estimate) -> Bool {
    guard let low, let high else { return false }
    guard let otherLow = other.low, let otherHigh = other.high else { return true }
    return high - low > otherHigh - otherLow
  }
}
