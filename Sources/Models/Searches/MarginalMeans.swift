import Blocks
package import Spaces
import Statistics

/// The mean result of the candidates that have a level of a factor, for every level of every factor: a description of
/// these candidates, which tests nothing. Levels of another factor may go together with those of one; `effects` tells
/// them apart.
package struct MarginalMeans: Sendable {
  /// The candidates of one level.
  package struct Level: Sendable {
    package let name: String
    package let count: Int
    package let mean: Double
    /// The 95 % interval of the mean by Student's distribution; nil for one candidate.
    package let interval: ClosedRange<Double>?
    /// The values of two candidates, ascending, which say more than their interval of 12.7 times half their distance to
    /// either side. Empty for another number.
    package let pair: [Double]
  }

  package struct Factor: Sendable {
    package let name: String
    /// In the order of their names, numbers by size.
    package let levels: [Level]
  }

  /// Those that have several levels, not one for each candidate, and part them in a way of their own.
  package let factors: [Factor]

  /// - Parameters:
  ///   - factors: names with the level of each value; nil: the value is in no level.
  ///   - values: one for each candidate.
  package init(_ factors: [(name: String, levels: [String?])], _ values: [Double]) {
    // Factors that part the candidates in the same way cannot be told apart: the first of them stands for all.
    var seen: Set<[Int?]> = []
    self.factors = factors.compactMap { name, given in
      guard seen.insert(Self.parts(given)).inserted else { return nil }
      var groups: [String: [Double]] = [:]
      for (level, value) in zip(given, values) { if let level { groups[level, default: []].append(value) } }
      guard groups.count > 1, groups.values.contains(where: { $0.count > 1 }) else { return nil }
      return Factor(
        name: name,
        levels: groups.sorted { Self.precedes($0.key, $1.key) }.map { Self.level($0.key, $0.value) })
    }
  }

  /// By candidate, the place of the first one of its level.
  private static func parts(_ levels: [String?]) -> [Int?] {
    var first: [String: Int] = [:]
    return levels.enumerated().map { place, level in
      guard let level else { return nil }
      if first[level] == nil { first[level] = place }
      return first[level]
    }
  }

  private static func precedes(_ a: String, _ b: String) -> Bool {
    switch (Double(a), Double(b)) {
    case (let a?, let b?): a < b
    case (nil, nil): a < b
    case (let a, _): a != nil
    }
  }

  private static func level(_ name: String, _ values: [Double]) -> Level {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard values.count > 1 else { return Level(name: name, count: 1, mean: mean, interval: nil, pair: []) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let half = Tail.quantile(0.025) { Tail.student($0, count - 1) } * (variance / count).squareRoot()
    return Level(
      name: name, count: values.count, mean: mean, interval: mean - half...mean + half,
      pair: values.count == 2 ? values.sorted() : [])
  }

  /// The factors of architectures: the modules that they have, those of their first and their last layer, their widest
  /// layer, and their depth. A candidate with several modules counts for each of them.
  package static func ofArchitectures(_ architectures: [Architecture?]) -> [(name: String, levels: [String?])] {
    let modules = architectures.map { $0.map(ArchitectureTraits.modules) }
    let all = Set(modules.compactMap(\.self).joined()).sorted()
    let with = all.map { module in
      (name: "\(module) in it", levels: modules.map { own in own.map { $0.contains(module) ? "yes" : "no" } })
    }
    return with + [
      (name: "first layer", levels: modules.map { $0?.first }),
      (name: "last layer", levels: modules.map { $0?.last }),
      (name: "widest layer", levels: architectures.map { $0?.layers.map(\.width).max().map(String.init) }),
      (name: "depth", levels: architectures.map { $0.map { String($0.depth) } }),
    ]
  }
}
