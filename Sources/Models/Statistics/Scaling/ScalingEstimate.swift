/// A number by which scaling is described, with the interval of its bootstrap.
package struct ScalingEstimate: Hashable, Sendable, Codable {
  /// nil: the data do not determine it.
  package let value: Double?
  /// The ends of a 95 % interval; nil where more than a twentieth of the resamples have no value, or there are none.
  package let low: Double?
  package let high: Double?
  /// The share of resamples that determine it.
  package let defined: Double

  /// - Parameter degrees: of freedom that the residuals have.
  init(_ value: Double?, _ resamples: [Double?], degrees: Int) {
    self.value = value
    let known = Self.spread(resamples, around: value ?? 0, degrees: degrees)
    defined = resamples.isEmpty ? 0 : Double(known.count) / Double(resamples.count)
    let isKnown = value != nil && defined >= 0.95
    low = isKnown ? Self.quantile(known, 0.025) : nil
    high = isKnown ? Self.quantile(known, 0.975) : nil
  }

  /// The resamples that have a value, ascending, moved away from that of the data by the ratio of Student's quantile to
  /// the normal one, (z^2 + 1) / (4 degrees) above 1 (Hesterberg 2015, of percentiles).
  static func spread(_ resamples: [Double?], around value: Double, degrees: Int) -> [Double] {
    let factor = 1 + 1.21 / Double(max(1, degrees))
    return resamples.compactMap(\.self).filter(\.isFinite).map { value + factor * ($0 - value) }.sorted()
  }

  /// By linear interpolation between ascending values, of which there is one.
  private static func quantile(_ values: [Double], _ share: Double) -> Double {
    let place = share * Double(values.count - 1)
    let low = Int(place)
    let high = min(low + 1, values.count - 1)
    return values[low] + (place - Double(low)) * (values[high] - values[low])
  }
}
