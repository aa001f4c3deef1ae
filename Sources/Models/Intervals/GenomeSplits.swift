/// A window on a record of a genome, and the label of which it is an example.
package struct PlacedWindow: Hashable, Sendable {
  /// The number of its record in the genome.
  package let record: Int
  package let start: Int
  package let strand: Strand
  package let label: String
  /// The number of its interval.
  package let interval: Int
  package let composition: Composition

  package init(
    record: Int, start: Int, strand: Strand, label: String, interval: Int, composition: Composition = Composition()
  ) {
    self.record = record
    self.start = start
    self.strand = strand
    self.label = label
    self.interval = interval
    self.composition = composition
  }

  /// Genome order; among windows at one place the forward one comes first.
  package static func precedes(_ a: PlacedWindow, _ b: PlacedWindow) -> Bool {
    (a.record, a.start, a.strand.rawValue, a.interval) < (b.record, b.start, b.strand.rawValue, b.interval)
  }

  /// Windows in genome order without those that say nothing new, or two things at once.
  ///
  /// The first window counts where place, strand and label are equal. With `conflicts`, windows of one strand that
  /// share half of their letters or more and have different labels are left out, all of them.
  package static func distinct(
    _ windows: [PlacedWindow], length: Int, conflicts: Bool
  ) -> (kept: [PlacedWindow], repeated: [PlacedWindow], conflicting: [PlacedWindow]) {
    var isRepeated = [Bool](repeating: false, count: windows.count)
    var isConflicting = isRepeated
    for i in windows.indices where !isRepeated[i] {
      for j in windows.indices[(i + 1)...] {
        let (a, b) = (windows[i], windows[j])
        guard a.record == b.record, 2 * (b.start - a.start) <= length else { break }
        guard (a.strand == .reverse) == (b.strand == .reverse) else { continue }
        if a.label == b.label {
          if a.start == b.start { isRepeated[j] = true }
        } else if conflicts {
          isConflicting[i] = true
          isConflicting[j] = true
        } else if a.start != b.start {
          break
        }
      }
    }
    let parts = windows.indices
    return (
      parts.filter { !isRepeated[$0] && !isConflicting[$0] }.map { windows[$0] },
      parts.filter { isRepeated[$0] && !isConflicting[$0] }.map { windows[$0] },
      parts.filter { isConflicting[$0] }.map { windows[$0] }
    )
  }
}

/// The parts of a genome that are train, dev and test: whole records that are named, and from the others the last
/// shares of the windows in genome order.
package struct GenomeSplits: Sendable {
  /// A part of a task.
  package enum Part: String, Sendable, CaseIterable { case train, dev, test }

  /// A place in genome order.
  private struct Place: Comparable {
    let record: Int
    let start: Int
    static func < (a: Place, b: Place) -> Bool { (a.record, a.start) < (b.record, b.start) }
  }

  private let named: [Int: Part]
  /// The beginnings of dev and test among the records that are not named; nil: none.
  private var begins: [Part: Place] = [:]

  /// Splits for `windows`, which are in genome order. A share counts only where no record is named for its part.
  package init(_ windows: [PlacedWindow], named: [Int: Part], dev: Double, test: Double) {
    self.named = named
    let rest = windows.filter { named[$0.record] == nil }
    let parts = Set(named.values)
    let count = { (share: Double, part: Part) in
      parts.contains(part) ? 0 : Int((Double(rest.count) * share).rounded())
    }
    var end = rest.count
    for (part, count) in [(Part.test, count(test, .test)), (.dev, count(dev, .dev))] where count > 0 {
      end = max(0, end - count)
      begins[part] = Place(record: rest[end].record, start: rest[end].start)
    }
  }

  /// The part in which a position lies.
  package func part(_ record: Int, _ position: Int) -> Part {
    if let part = named[record] { return part }
    let place = Place(record: record, start: position)
    for part in [Part.test, .dev] { if let begin = begins[part], place >= begin { return part } }
    return .train
  }

  /// The parts of a record of `count` letters, ascending.
  package func ranges(_ record: Int, count: Int) -> [(range: Range<Int>, part: Part)] {
    let borders = named[record] != nil ? [] : begins.values.filter { $0.record == record }.map(\.start)
    let ends = Set(borders.filter { 0 < $0 && $0 < count } + [count]).sorted()
    return zip([0] + ends, ends).map { ($0..<$1, part(record, $0)) }
  }
}
