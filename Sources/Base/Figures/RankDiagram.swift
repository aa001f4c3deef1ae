import Wording

/// Mean ranks along a line, and bars under those that are not told apart (the critical difference diagram of Demsar
/// 2006).
package struct RankDiagram: Picture {
  package let name: String
  package let title: String
  /// With mean ranks, 1 the best.
  package let candidates: [(name: String, rank: Double)]
  /// Mean ranks that differ by less are not told apart.
  package let criticalDifference: Double
  package let caption: String

  package init(
    _ name: String, title: String, candidates: [(name: String, rank: Double)], criticalDifference: Double,
    caption: String
  ) {
    (self.name, self.title, self.candidates) = (
      name, title, candidates.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
    )
    (self.criticalDifference, self.caption) = (criticalDifference, caption)
  }

  package func text(width: Int) -> String? { nil }

  /// The largest stretches of candidates, by rank, within the critical difference: first and last.
  package var groups: [ClosedRange<Int>] {
    var groups: [ClosedRange<Int>] = []
    for first in candidates.indices {
      let last = candidates.lastIndex { $0.rank - candidates[first].rank < criticalDifference } ?? first
      if last > first, groups.last.map({ last > $0.upperBound }) ?? true { groups.append(first...last) }
    }
    return groups
  }

  package func svg() -> String {
    let half = (candidates.count + 1) / 2
    let side = 24 + (candidates.map { SVG.width(of: $0.name) + 48 }.max() ?? 0)
    let span = 420.0
    let highest = Double(max(2, candidates.count))
    let place = { (rank: Double) in side + (rank - 1) / (highest - 1) * span }
    let number = SVG.number
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    // The length of the critical difference.
    let (bar, axis) = (62.0, 92.0)
    let end = place(min(highest, 1 + criticalDifference))
    svg.path("M\(number(place(1))) \(number(bar - 4))v8M\(number(end)) \(number(bar - 4))v8", stroke: "#d95f02")
    svg.path("M\(number(place(1))) \(number(bar))H\(number(end))", stroke: "#d95f02", width: 2)
    svg.text("critical difference \(Words.fixed(criticalDifference, 2))", place(1), bar - 10, size: 11)
    svg.path("M\(number(place(1))) \(number(axis))H\(number(place(highest)))", stroke: "#333")
    for tick in Ticks(1...highest, count: 8, whole: true).values {
      svg.path("M\(number(place(tick))) \(number(axis))v-5", stroke: "#333")
      svg.text(Words.fixed(tick, 0), place(tick), axis - 8, .middle)
    }
    let groups = self.groups
    let bars = axis + 12 + 9 * Double(groups.count)
    for (index, group) in groups.enumerated() {
      let y = axis + 12 + 9 * Double(index)
      let ends = (place(candidates[group.lowerBound].rank) - 4, place(candidates[group.upperBound].rank) + 4)
      svg.path("M\(number(ends.0)) \(number(y))H\(number(ends.1))", stroke: "#333", width: 4)
    }
    for (index, candidate) in candidates.enumerated() {
      let isLeft = index < half
      let row = isLeft ? index : candidates.count - 1 - index
      let y = bars + 16 + 20 * Double(row)
      let x = place(candidate.rank)
      let edge = isLeft ? side - 16 : side + span + 16
      svg.path("M\(number(x)) \(number(axis))V\(number(y))H\(number(edge))", stroke: "#888")
      let label = "\(candidate.name) (\(Words.fixed(candidate.rank, 2)))"
      svg.text(label, edge + (isLeft ? -6 : 6), y + 4, isLeft ? .end : .start)
    }
    let height = bars + 16 + 20 * Double(half)
    svg.text(caption, 16, height + 18, size: 11)
    return svg.document(
      width: max(2 * side + span, 6.2 * Double(caption.count) + 32, SVG.width(of: title) * 1.2 + 32),
      height: height + 32)
  }
}
