/// A number by which scaling is described, with the interval of its bootstrap.
package struct ScalingEstimate: Hashable, Sendable, Codable {
  /// nil: the data do not determine it.
  package let value: Double?
  /// The ends of a 95 % interval; nil where more than a twentieth of the resamples have no value, or there are none.
  package let low: Double?
  package let high: Double?
  /// The share of resamples that determine it.
  package let defined: Double

  /// - Parameter degrees: of freedom that the residuals have: bounds are moved away from the value by the ratio of
  ///   Student's quantile to the normal one, (z^2 + 1) / (4 degrees) above 1 (Hesterberg 2015, of percentiles).
  init(_ value: Double?, _ resamples: [Double?], degrees: Int) {
    self.value = value
    let known = resamples.compactMap(\.self).filter(\.isFinite).sorted()
    defined = resamples.isEmpty ? 0 : Double(known.count) / Double(resamples.count)
    let isKnown = value != nil && defined >= 0.95
    let spread = 1 + 1.21 / Double(max(1, degrees))
    let bound = { (share: Double) in value! + spread * (Self.quantile(known, share) - value!) }
    low = isKnown ? bound(0.025) : nil
    high = isKnown ? bound(0.975) : nil
  }

  /// By linear interpolation between ascending values, of which there is one.
  private static func quantile(_ values: [Double], _ share: Double) -> Double {
    let place = share * Double(values.count - 1)
    let low = Int(place)
    let high = min(low + 1, values.count - 1)
    return values[low] + (place - Double(low)) * (values[high] - values[low])
  }
}
