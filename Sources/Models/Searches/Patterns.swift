import Blocks
import Glibc
import Randomness
package import Spaces
import Statistics

/// Traits that the best architectures of a search have more often, or less, than the others.
package struct Patterns: Hashable, Sendable, Codable {
  /// A trait of an architecture that is a number.
  package struct Trait: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
      /// The share of the layers of a third of the path that are of a module.
      case position
      /// 1 where modules follow one another, else 0.
      case sequence
      /// The mean log2 width of the layers of a third of the path.
      case width
      /// The number of layers.
      case depth
    }
    package let kind: Kind
    /// Modules, one after the other; empty for widths and depth.
    package let modules: [String]
    /// 0, 1 or 2 for the third of the path; nil for others.
    package let third: Int?
  }

  /// A trait among the top and among the others.
  package struct Finding: Hashable, Sendable, Codable {
    package let trait: Trait
    /// Means.
    package let top: Double
    package let others: Double
    /// The probability of a difference as large when the top is drawn at random, and after Holm's correction for all
    /// traits.
    package let probability: Double
    package let adjusted: Double
  }

  package let candidates: Int
  /// The size of the top.
  package let top: Int
  /// Whether the top ends among equal scores, of which chance has drawn some.
  package let isDrawn: Bool
  /// The surest first.
  package let findings: [Finding]

  /// Random tops.
  package static let draws = 20_000
  /// Candidates that must have a sequence of modules, and lack it, for it to be tested.
  package static let fewest = 5

  /// - Parameters:
  ///   - architectures: (n).
  ///   - scores: (n): more is better.
  ///   - share: of candidates that are the top; at least two are.
  ///   - isInterrupted: is asked between draws; then the result is nil.
  package init?(_ architectures: [Architecture], scores: [Double], share: Double, isInterrupted: () -> Bool) {
    let count = architectures.count
    let top = min(count - 1, max(2, Int((share * Double(count)).rounded())))
    let best = TopPlaces.of(scores, top, round: 0)
    isDrawn = TopPlaces.isDrawn(scores, top)
    let traits = Self.traits(architectures)
    // Sums over the top; others have the rest.
    let sums = traits.map { $0.values.reduce(0, +) }
    let difference = { (trait: Int, part: Double) in
      part / Double(top) - (sums[trait] - part) / Double(count - top)
    }
    let parts = traits.map { trait in best.reduce(0) { $0 + trait.values[$1] } }
    let observed = traits.indices.map { abs(difference($0, parts[$0])) }
    var extreme = [Int](repeating: 1, count: traits.count)
    let random = Philox(seed: 0, stream: .permutations)
    var places = Array(0..<count)
    for draw in 0..<Self.draws {
      if draw % 200 == 0, isInterrupted() { return nil }
      for place in 0..<top {
        places.swapAt(place, place + random.integer(below: count - place, draw, place, 2))
      }
      for (index, trait) in traits.enumerated() {
        var part = 0.0
        for place in places[..<top] { part += trait.values[place] }
        if abs(difference(index, part)) >= observed[index] - 1e-12 { extreme[index] += 1 }
      }
    }
    let probabilities = extreme.map { Double($0) / Double(Self.draws + 1) }
    let adjusted = Holm.adjusted(probabilities)
    findings = traits.indices.map { index in
      Finding(
        trait: traits[index].trait, top: parts[index] / Double(top),
        others: (sums[index] - parts[index]) / Double(count - top), probability: probabilities[index],
        adjusted: adjusted[index])
    }.enumerated().sorted { a, b in
      (a.element.probability, -abs(a.element.top - a.element.others), a.offset)
        < (b.element.probability, -abs(b.element.top - b.element.others), b.offset)
    }.map(\.element)
    (candidates, self.top) = (count, top)
  }

  /// All traits in which some candidates differ, each with its values, which no other has.
  private static func traits(_ architectures: [Architecture]) -> [(trait: Trait, values: [Double])] {
    let modules = architectures.map(ArchitectureTraits.modules)
    let known = Set(modules.joined()).sorted()
    var traits: [(trait: Trait, values: [Double])] = []
    // In paths of two layers the middle third is the last: that of the end is named.
    for third in [0, 2, 1] {
      for module in known {
        traits.append(
          (
            Trait(kind: .position, modules: [module], third: third),
            modules.map { own in
              let part = own[Self.part(third, of: own.count)]
              return Double(part.count { $0 == module }) / Double(part.count)
            }
          ))
      }
      traits.append(
        (
          Trait(kind: .width, modules: [], third: third),
          architectures.map { architecture in
            let part = architecture.layers[Self.part(third, of: architecture.depth)]
            return part.reduce(0) { $0 + log2(Double($1.width)) } / Double(part.count)
          }
        ))
    }
    traits.append((Trait(kind: .depth, modules: [], third: nil), architectures.map { Double($0.depth) }))
    for length in [2, 3] {
      let runs = modules.map { own in
        Set((0..<max(0, own.count - length + 1)).map { Array(own[$0..<$0 + length]) })
      }
      for run in Set(runs.joined()).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let values = runs.map { $0.contains(run) ? 1.0 : 0 }
        let having = values.count { $0 == 1 }
        guard having >= fewest, values.count - having >= fewest else { continue }
        traits.append((Trait(kind: .sequence, modules: run, third: nil), values))
      }
    }
    // Traits that all candidates share say nothing, and of those with the same values the first stands for all.
    var seen: Set<[Double]> = []
    return traits.filter { trait in
      trait.values.contains { $0 != trait.values[0] } && seen.insert(trait.values).inserted
    }
  }

  /// The layers of a third of a path of so many: those whose middle lies in it, and at least the nearest one.
  static func part(_ third: Int, of depth: Int) -> Range<Int> {
    let own = (0..<depth).filter { 3 * (2 * $0 + 1) / (2 * depth) == third }
    let nearest = min(depth - 1, (2 * third + 1) * depth / 6)
    return (own.first ?? nearest)..<(own.last ?? nearest) + 1
  }
}
