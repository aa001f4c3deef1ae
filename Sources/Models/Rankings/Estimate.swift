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
  /// A share with Wilson's 95 % score interval (Wilson 1927).
  package static func share(_ part: Int, of all: Int) -> Estimate {
    let n = Double(all)
    guard n > 0 else { return Estimate(nil) }
    let z = 1.959963984540054, p = Double(part) / n
    let centre = p + z * z / (2 * n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return Estimate(p, low: max(0, (centre - half) / scale), high: min(1, (centre + half) / scale))
  }
}
