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
