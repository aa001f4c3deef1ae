/// The part that each of some edits has in the difference of two versions, from measurements of versions with some of
/// the edits: the search of `bisect`.
///
/// With at most `whole` edits all subsets are measured, and the part of an edit is its Shapley value. With more, each
/// is added to the old version and taken from the new one; its part is the mean of both differences, and where these
/// differ, it interacts. Then all subsets of the interacting ones are measured, others being absent, and give the
/// interactions of two (the difference of differences).
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
    case none = "no effect"
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

  /// Two edits whose effects do not add up.
  package struct Interaction: Sendable {
    package let edits: [Int]
    package let part: Part
  }

  /// The most edits of which all subsets are measured.
  package static let whole = 4
  /// Seeds from which on equal differences at all of them are no chance.
  private static let manySeeds = 6

  /// New less old.
  package let total: Part
  /// By edit.
  package let parts: [Part]
  /// Those that are told from none, the largest first.
  package let interactions: [Interaction]
  /// The total less all parts.
  package var unresolved: Double { total.value - parts.reduce(0) { $0 + $1.value } }

  /// The subsets of `count` edits that are to be measured before anything can be said; later ones may follow (`next`).
  package static func first(_ count: Int) -> [Subset] {
    if count <= whole { return subsets(of: Array(0..<count)) }
    let all = Set(0..<count)
    return [[], all] + (0..<count).map { [$0] } + (0..<count).map { all.subtracting([$0]) }
  }

  /// The subsets that are to be measured still; none: all is known that is asked for.
  /// - Parameter level: the probability below which a difference is told from none.
  package static func next(_ count: Int, _ values: [Subset: Value], level: Double = 0.05) -> [Subset] {
    let missing = first(count).filter { values[$0] == nil }
    if !missing.isEmpty || count <= whole { return missing }
    let suspects = interacting(count, values, level: level)
    return subsets(of: suspects).filter { values[$0] == nil }
  }

  /// The edits whose effect on the old version is not that on the new one: at most `whole`, the largest differences.
  private static func interacting(_ count: Int, _ values: [Subset: Value], level: Double) -> [Int] {
    let all = Set(0..<count)
    let parts = (0..<count).map { edit in
      part([([edit], 1), ([], -1), (all, -1), (all.subtracting([edit]), 1)], values)
    }
    let adjusted = holm(parts.map(\.probability))
    let told = (0..<count).filter { adjusted[$0].map { $0 < level } ?? false }
    return Array(told.sorted { abs(parts[$0].value) > abs(parts[$1].value) }.prefix(whole)).sorted()
  }

  private static func subsets(of edits: [Int]) -> [Subset] {
    (0..<(1 << edits.count)).map { bits in
      Set(edits.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
    }
  }

  /// The parts of `count` edits. `values` has all that `first` and `next` ask for.
  /// - Parameter atLeast: the smallest effect that counts.
  package init(_ count: Int, _ values: [Subset: Value], atLeast: Double, level: Double = 0.05) {
    let all = Set(0..<count)
    total = Self.judged([Self.part([(all, 1), ([], -1)], values)], atLeast, level)[0]
    let raw = (0..<count).map { edit -> Part in
      guard count > Self.whole else { return Self.part(Self.shapley(edit, count), values) }
      return Self.part([([edit], 0.5), ([], -0.5), (all, 0.5), (all.subtracting([edit]), -0.5)], values)
    }
    let suspects = count <= Self.whole ? Array(0..<count) : Self.interacting(count, values, level: level)
    let pairs = suspects.indices.flatMap { b in suspects[..<b].map { [$0, suspects[b]] } }
    let differences = pairs.map { pair in
      Self.part([(Set(pair), 1), ([pair[0]], -1), ([pair[1]], -1), ([], 1)], values)
    }
    // One correction for all that may be named.
    let judged = Self.judged(raw + differences, atLeast, level)
    parts = Array(judged.prefix(count))
    interactions = zip(pairs, judged.dropFirst(count)).map { Interaction(edits: $0, part: $1) }
      .filter { $0.part.verdict == .cause }.sorted { abs($0.part.value) > abs($1.part.value) }
  }

  /// The weights of subsets in an edit's Shapley value (Shapley 1953).
  private static func shapley(_ edit: Int, _ count: Int) -> [(Subset, Double)] {
    let factorial = { (n: Int) in (1...max(1, n)).reduce(1.0) { $0 * Double($1) } }
    return subsets(of: (0..<count).filter { $0 != edit }).flatMap { subset -> [(Subset, Double)] in
      let weight = factorial(subset.count) * factorial(count - subset.count - 1) / factorial(count)
      return [(subset.union([edit]), weight), (subset, -weight)]
    }
  }

  /// A weighted sum of measurements with its error.
  private static func part(_ terms: [(subset: Subset, weight: Double)], _ values: [Subset: Value]) -> Part {
    let known = terms.map { (value: values[$0.subset]!, weight: $0.weight) }
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
        judged.verdict = .none
      }
      return judged
    }
  }

  private static func holm(_ probabilities: [Double?]) -> [Double?] {
    var adjusted = Holm.adjusted(probabilities.compactMap(\.self))[...]
    return probabilities.map { $0 == nil ? nil : adjusted.removeFirst() }
  }
}
