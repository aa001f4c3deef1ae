/// The part that each of some edits has in the difference of two versions, from measurements of versions with some of
/// the edits: the search of `bisect`.
///
/// With at most `whole` edits all subsets are measured, and the part of an edit is its Shapley value. With more, each
/// is added to the old version and taken from the new one; its part is the mean of both differences, and where these
/// differ, it interacts. Then all subsets of the interacting ones are measured, others being absent, and give the
/// interactions of two (the difference of differences).
///
/// A version may have no measurement, as one whose run fails. An edit's part is then the weighted mean of those
/// differences both of whose versions are measured; edits of which there is none, as two that work only together, are
/// taken as one.
///
/// Measurements are paired by seed. The error of a part is that over seeds, and that of the rows where resamples of
/// them are known; its degrees of freedom are Welch's and Satterthwaite's (1947). Probabilities are Holm's for all
/// edits.
package struct EditEffects: Sendable {
  /// The measurement of one version.
  package struct Value: Sendable {
    /// By seed.
    package let seeds: [Double]
    /// The mean over seeds on each of some resamples of the rows; nil where it is not known.
    package let resamples: [Double]?

    package init(seeds: [Double], resamples: [Double]? = nil) { (self.seeds, self.resamples) = (seeds, resamples) }

    package var mean: Double { seeds.reduce(0, +) / Double(seeds.count) }
  }

  /// Edits by their numbers: those that a version has.
  package typealias Subset = Set<Int>

  package enum Verdict: String, Sendable, Codable {
    case cause
    /// The interval lies within the smallest effect that counts.
    case negligible = "no effect"
    case undecided
  }

  /// A part with its own 95 % interval; bounds and probability are nil where neither seeds nor rows tell an error.
  package struct Part: Sendable {
    package let value: Double
    package let low: Double?
    package let high: Double?
    /// After Holm's correction.
    package internal(set) var probability: Double?
    package internal(set) var verdict = Verdict.undecided
  }

  /// Several edits and their part: of two, what is not the sum of theirs.
  package struct Joint: Sendable {
    package let edits: [Int]
    package let part: Part
  }

  /// The most edits of which all subsets are measured.
  package static let whole = 4
  /// Seeds from which on equal differences at all of them are no chance.
  private static let manySeeds = 6

  /// New less old.
  package let total: Part
  /// By edit; nil where no two versions that differ by it alone are measured.
  package let parts: [Part?]
  /// The part that all edits without one have together; nil where there is none, or no versions tell it.
  package let together: Joint?
  /// The edits without a part, alone or together.
  package let unmeasured: [Int]
  /// Those that are told from none, the largest first.
  package let interactions: [Joint]
  /// The total less all parts.
  package var unresolved: Double {
    total.value - parts.reduce(0) { $0 + ($1?.value ?? 0) } - (together?.part.value ?? 0)
  }

  /// The subsets of `count` edits that are to be measured before anything can be said; later ones may follow (`next`).
  package static func first(_ count: Int) -> [Subset] {
    if count <= whole { return subsets(of: Array(0..<count)) }
    let all = Set(0..<count)
    return [[], all] + (0..<count).map { [$0] } + (0..<count).map { all.subtracting([$0]) }
  }

  /// The subsets that are to be measured still; none: all is known that is asked for.
  /// - Parameters:
  ///   - failed: those that have no measurement.
  ///   - level: the probability below which a difference is told from none.
  package static func next(
    _ count: Int, _ values: [Subset: Value], failed: Set<Subset> = [], level: Double = 0.05
  ) -> [Subset] {
    let missing = { (subsets: [Subset]) in subsets.filter { values[$0] == nil && !failed.contains($0) } }
    let first = missing(first(count))
    if !first.isEmpty || count <= whole { return first }
    let joined = Set((0..<count).filter { known(differences([$0], count), values).isEmpty })
    let others = joined.isEmpty ? [] : missing(differences(joined, count).flatMap { [$0.with, $0.without] })
    return others.isEmpty ? missing(subsets(of: interacting(count, values, level: level))) : others
  }

  /// The edits whose effect on the old version is not that on the new one: at most `whole`, the largest differences.
  private static func interacting(_ count: Int, _ values: [Subset: Value], level: Double) -> [Int] {
    let all = Set(0..<count)
    let parts = (0..<count).map { edit in
      part([([edit], 1), ([], -1), (all, -1), (all.subtracting([edit]), 1)], values)
    }
    let adjusted = holm(parts.map { $0?.probability })
    let told = (0..<count).filter { adjusted[$0].map { $0 < level } ?? false }
    return Array(told.sorted { abs(parts[$0]!.value) > abs(parts[$1]!.value) }.prefix(whole)).sorted()
  }

  private static func subsets(of edits: [Int]) -> [Subset] {
    (0..<(1 << edits.count)).map { bits in
      Set(edits.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
    }
  }

  /// The parts of `count` edits. `values` has the old and the new version, and all else that `first` and `next` ask for
  /// unless it failed.
  /// - Parameter atLeast: the smallest effect that counts.
  package init(_ count: Int, _ values: [Subset: Value], atLeast: Double, level: Double = 0.05) {
    let all = Set(0..<count)
    total = Self.judged([Self.part([(all, 1), ([], -1)], values)!], atLeast, level)[0]
    let raw = (0..<count).map { Self.part(Self.known(Self.differences([$0], count), values), values) }
    let joined = raw.indices.filter { raw[$0] == nil }
    let shared = Self.part(Self.known(Self.differences(Set(joined), count), values), values)
    let suspects = count <= Self.whole ? Array(0..<count) : Self.interacting(count, values, level: level)
    let pairs = suspects.indices.flatMap { b in suspects[..<b].map { [$0, suspects[b]] } }
    let interactions = pairs.compactMap { pair -> Joint? in
      let part = Self.part([(Set(pair), 1), ([pair[0]], -1), ([pair[1]], -1), ([], 1)], values)
      return part.map { Joint(edits: pair, part: $0) }
    }
    // One correction for all that may be named.
    var judged = Self.judged(
      raw.compactMap(\.self) + [shared].compactMap(\.self) + interactions.map(\.part), atLeast, level)[...]
    parts = raw.map { $0 == nil ? nil : judged.removeFirst() }
    together = shared == nil ? nil : Joint(edits: joined, part: judged.removeFirst())
    unmeasured = shared == nil ? joined : []
    self.interactions = zip(interactions, judged).map { Joint(edits: $0.edits, part: $1) }
      .filter { $0.part.verdict == .cause }.sorted { abs($0.part.value) > abs($1.part.value) }
  }

  /// Two versions of which one has some edits that the other lacks, and the weight of their difference.
  private typealias Difference = (with: Subset, without: Subset, weight: Double)

  /// The differences whose weighted mean is the part that some of `count` edits have together: of few edits, the one of
  /// their Shapley value (Shapley 1953), in which they are one player.
  private static func differences(_ edits: Subset, _ count: Int) -> [Difference] {
    let all = Set(0..<count)
    if edits.isEmpty { return [] }
    if count > whole { return [(edits, [], 0.5), (all, all.subtracting(edits), 0.5)] }
    let factorial = { (n: Int) in (1...max(1, n)).reduce(1.0) { $0 * Double($1) } }
    let others = all.subtracting(edits).sorted()
    return subsets(of: others).map { subset in
      let weight = factorial(subset.count) * factorial(others.count - subset.count) / factorial(others.count + 1)
      return (subset.union(edits), subset, weight)
    }
  }

  /// The terms of the mean of those differences that are known.
  private static func known(_ differences: [Difference], _ values: [Subset: Value]) -> [(Subset, Double)] {
    let known = differences.filter { values[$0.with] != nil && values[$0.without] != nil }
    let sum = known.reduce(0) { $0 + $1.weight }
    return known.flatMap { [($0.with, $0.weight / sum), ($0.without, -$0.weight / sum)] }
  }

  /// A weighted sum of measurements with its error; nil where there is none, or one of them is not known.
  private static func part(_ terms: [(subset: Subset, weight: Double)], _ values: [Subset: Value]) -> Part? {
    let known = terms.compactMap { term in values[term.subset].map { (value: $0, weight: term.weight) } }
    guard !terms.isEmpty, known.count == terms.count else { return nil }
    let seeds = known.map(\.value.seeds.count).min() ?? 0
    let sums = (0..<seeds).map { seed in known.reduce(0) { $0 + $1.weight * $1.value.seeds[seed] } }
    let mean = sums.reduce(0, +) / Double(seeds)
    let bySeeds = seeds > 1 ? Self.variance(sums) / Double(seeds) : 0
    var byRows = 0.0
    let counts = Set(known.map { $0.value.resamples?.count ?? 0 })
    if let count = counts.first, counts.count == 1, count > 1 {
      byRows = Self.variance(
        (0..<count).map { index in known.reduce(0) { $0 + $1.weight * $1.value.resamples![index] } })
    }
    let variance = bySeeds + byRows
    guard variance > 0 else {
      // Equal numbers are no doubt where nothing differs; a difference that a few seeds share by chance has an error.
      let isKnown = seeds > 1 || counts.first ?? 0 > 1
      let isExact = mean == 0 ? isKnown : seeds >= Self.manySeeds
      return Part(
        value: mean, low: isExact ? mean : nil, high: isExact ? mean : nil,
        probability: isExact ? (mean == 0 ? 1 : 0) : nil)
    }
    let degrees = bySeeds > 0 ? variance * variance / (bySeeds * bySeeds / Double(seeds - 1)) : .infinity
    let error = variance.squareRoot()
    let width = error * Tail.quantile(0.025) { Tail.student($0, degrees) }
    return Part(
      value: mean, low: mean - width, high: mean + width, probability: 2 * Tail.student(abs(mean) / error, degrees))
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  /// Parts with Holm's probabilities and their verdicts.
  private static func judged(_ parts: [Part], _ atLeast: Double, _ level: Double) -> [Part] {
    zip(parts, holm(parts.map(\.probability))).map { part, probability in
      var judged = part
      judged.probability = probability
      if let probability, probability < level, abs(part.value) >= atLeast {
        judged.verdict = .cause
      } else if let low = part.low, let high = part.high, max(abs(low), abs(high)) <= atLeast {
        judged.verdict = .negligible
      }
      return judged
    }
  }

  private static func holm(_ probabilities: [Double?]) -> [Double?] {
    var adjusted = Holm.adjusted(probabilities.compactMap(\.self))[...]
    return probabilities.map { $0 == nil ? nil : adjusted.removeFirst() }
  }
}
