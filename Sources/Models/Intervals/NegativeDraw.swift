import Randomness
import Sequences

/// Places in one record that are taken: no negative may lie there.
struct TakenPlaces {
  /// Ascending, apart.
  private var fixed: [Range<Int>] = []
  /// Starts of windows of one length that were drawn, by `start / length`.
  private var drawn: [Int: [Int]] = [:]
  private let length: Int

  init(_ ranges: [Range<Int>], length: Int) {
    self.length = length
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = fixed.last, range.lowerBound <= last.upperBound {
        fixed[fixed.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        fixed.append(range)
      }
    }
  }

  /// Whether the window at `start` is free.
  func isFree(_ start: Int) -> Bool {
    var (low, high) = (0, fixed.count)
    while low < high {
      let middle = (low + high) / 2
      if fixed[middle].upperBound > start { high = middle } else { low = middle + 1 }
    }
    if low < fixed.count, fixed[low].lowerBound < start + length { return false }
    let near = start / length - 1...start / length + 1
    return !near.contains { drawn[$0, default: []].contains { abs($0 - start) < length } }
  }

  mutating func take(_ start: Int) { drawn[start / length, default: []].append(start) }
}

/// A negative that is looked for: the properties that it must have.
package struct WantedNegative: Hashable, Sendable {
  /// The number of the negative, which its random numbers depend on.
  package let item: Int
  package let composition: Composition
  package let strand: Strand
  /// Places that were tried.
  package var attempts = 0

  package init(item: Int, composition: Composition, strand: Strand) {
    self.item = item
    self.composition = composition
    self.strand = strand
  }
}

/// Draws negatives out of a genome, record by record: windows of one length that overlap nothing that is taken, nor
/// each other, and whose shares of G and C and of masked letters are near those of their positives.
package struct NegativeDraw: Sendable {
  /// Places tried for one negative in the record of its positive, then in each record that follows, and in all.
  private static let (own, further, all) = (2000, 100, 4000)

  package let length: Int
  package let gcTolerance: Double
  package let maskedTolerance: Double
  package let maximumUnknown: Double
  private let random: Philox

  package init(length: Int, gcTolerance: Double, maskedTolerance: Double, maximumUnknown: Double, seed: Int) {
    self.length = length
    self.gcTolerance = gcTolerance
    self.maskedTolerance = maskedTolerance
    self.maximumUnknown = maximumUnknown
    random = Philox(seed: seed, stream: .negatives)
  }

  /// A negative that was found.
  package struct Found: Hashable, Sendable {
    package let wanted: WantedNegative
    package let start: Int
    package let composition: Composition
  }

  /// Looks for `wanted` in `range` of a record; gives the negatives that were found and those that were not,
  /// to be looked for elsewhere.
  ///
  /// `taken` holds the places where no negative may lie. Negatives with attempts were looked for in an earlier
  /// record already.
  package func draw(
    _ wanted: [WantedNegative], in range: Range<Int>, of letters: UnsafeBufferPointer<UInt8>, taken: [Range<Int>]
  ) -> (found: [Found], missing: [WantedNegative]) {
    guard range.count >= length else { return ([], wanted) }
    var places = TakenPlaces(taken, length: length)
    var found: [Found] = []
    var missing: [WantedNegative] = []
    for var wanted in wanted {
      let limit = min(Self.all, wanted.attempts + (wanted.attempts == 0 ? Self.own : Self.further))
      var hit: Found?
      while hit == nil, wanted.attempts < limit {
        let place = random.integer(below: range.count - length + 1, wanted.item, wanted.attempts)
        let start = range.lowerBound + place
        wanted.attempts += 1
        guard places.isFree(start) else { continue }
        let composition = Composition(UnsafeBufferPointer(rebasing: letters[start..<start + length]))
        guard composition.unknown <= maximumUnknown,
          abs(composition.gc - wanted.composition.gc) <= gcTolerance,
          abs(composition.masked - wanted.composition.masked) <= maskedTolerance
        else { continue }
        hit = Found(wanted: wanted, start: start, composition: composition)
      }
      if let hit {
        places.take(hit.start)
        found.append(hit)
      } else {
        missing.append(wanted)
      }
    }
    return (found, missing)
  }

  /// The letters of `positive` in another order, with the same dinucleotides.
  package func shuffled(_ positive: [UInt8], item: Int) -> [UInt8] {
    DinucleotideShuffle.shuffled(positive, random, item: item)
  }
}
