/// How losses fall with size, data and operations, by family of architectures, and whether families differ.
///
/// By budget, loss is a parabola in ln N (Hoffmann et al. 2022, section 3.2), whose minima are power laws of
/// operations; over all trainings of a family it is a law (`ScalingLaw`). Intervals are those of a bootstrap of
/// residuals: those of parabolas pooled over the budgets of a family.
package struct ScalingStudy: Hashable, Sendable, Codable {
  /// Two families by one number.
  package struct Comparison: Hashable, Sendable, Codable {
    package let quantity: ScalingQuantity
    package let first: Int
    package let second: Int
    /// That of the first less that of the second.
    package let difference: ScalingEstimate
    /// Twice the smaller share of resamples on either side of no difference, moved as those of the interval are, and
    /// that after Holm's correction for all pairs of the quantity; nil where the difference has no interval.
    package let probability: Double?
    package let adjusted: Double?
  }

  package let families: [ScalingFamily]
  package let comparisons: [Comparison]
  /// The number of the budget at which losses are compared: the largest at which all families have three sizes.
  package let common: Int?

  /// Budgets are told apart by gaps of more than a quarter.
  private static let gap = 1.25

  /// - Parameter runs: families by name, in the order in which they are shown.
  /// - Returns: nil where `isInterrupted` says so.
  package init?(_ runs: [(family: String, run: ScalingRun)], isInterrupted: () -> Bool = { false }) {
    let budgets = Self.budgets(runs.map(\.run.operations))
    let names = runs.map(\.family).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let groups = names.map { name in
      budgets.map { budget in
        runs.filter { $0.family == name && budget.contains($0.run.operations) }.map(\.run)
      }
    }
    common = budgets.indices.last { budget in
      groups.allSatisfy { Set($0[budget].map(\.parameters)).count >= 3 }
    }
    var families: [ScalingFamily] = []
    for (name, own) in zip(names, groups) {
      if isInterrupted() { return nil }
      families.append(ScalingFamily(name, own, common: common))
    }
    self.families = families
    comparisons = ScalingQuantity.allCases.flatMap { Self.compared(families, by: $0) }
  }

  /// The ranges of operations between gaps.
  private static func budgets(_ operations: [Double]) -> [ClosedRange<Double>] {
    operations.sorted().reduce(into: []) { ranges, value in
      if let last = ranges.last, value <= last.upperBound * gap {
        ranges[ranges.count - 1] = last.lowerBound...value
      } else {
        ranges.append(value...value)
      }
    }
  }

  private static func compared(_ families: [ScalingFamily], by quantity: ScalingQuantity) -> [Comparison] {
    let pairs = families.indices.flatMap { first in (first + 1..<families.count).map { (first, $0) } }
    let raw = pairs.map { first, second -> (difference: ScalingEstimate, probability: Double?) in
      let (a, b) = (families[first], families[second])
      var difference: Double?
      if let x = a.estimate(quantity)?.value, let y = b.estimate(quantity)?.value { difference = x - y }
      let resamples = zip(a.resamples[quantity] ?? [], b.resamples[quantity] ?? []).map { x, y -> Double? in
        if let x, let y { x - y } else { nil }
      }
      let degrees = min(a.degrees(quantity), b.degrees(quantity))
      let estimate = ScalingEstimate(difference, resamples, degrees: degrees)
      guard let difference, estimate.low != nil else { return (estimate, nil) }
      let known = ScalingEstimate.spread(resamples, around: difference, degrees: degrees)
      let less = min(known.count { $0 <= 0 }, known.count { $0 >= 0 })
      return (estimate, min(1, 2 * Double(less + 1) / Double(known.count + 1)))
    }
    let known = raw.indices.filter { raw[$0].probability != nil }
    let holm = Holm.adjusted(known.map { raw[$0].probability! })
    let adjusted = Dictionary(uniqueKeysWithValues: zip(known, holm))
    return pairs.indices.map { index in
      Comparison(
        quantity: quantity, first: pairs[index].0, second: pairs[index].1, difference: raw[index].difference,
        probability: raw[index].probability, adjusted: adjusted[index])
    }
  }
}
