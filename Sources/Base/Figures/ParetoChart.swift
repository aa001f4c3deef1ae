import Wording

/// Scores against costs, with the front of those that are not dominated as a staircase.
package struct ParetoChart: Picture {
  /// A choice.
  package struct Point: Sendable {
    package let name: String
    package let cost: Double
    package let score: Double
    /// The interval of the score.
    package let interval: ClosedRange<Double>?

    package init(_ name: String, cost: Double, score: Double, interval: ClosedRange<Double>? = nil) {
      (self.name, self.cost, self.score, self.interval) = (name, cost, score, interval)
    }
  }

  package let name: String
  package let title: String
  package let cost: Plot.Axis
  package let score: Plot.Axis
  package let points: [Point]
  package let higherIsBetter: Bool
  package let caption: String

  package init(
    _ name: String, title: String, cost: Plot.Axis, score: Plot.Axis, points: [Point], higherIsBetter: Bool,
    caption: String = ""
  ) {
    (self.name, self.title, self.cost, self.score) = (name, title, cost, score)
    (self.points, self.higherIsBetter, self.caption) = (points, higherIsBetter, caption)
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, right, top, bottom) = (84.0, 700.0, 44.0, 404.0)
  /// Choices up to this number have a mark with a name and an interval each.
  private static let mostNamed = 2_000

  package func svg() -> String {
    let shown = points.filter { cost.scale.holds($0.cost) && score.scale.holds($0.score) }
    let front = ParetoFront.places(
      costs: shown.map(\.cost), scores: shown.map(\.score), higherIsBetter: higherIsBetter)
    let isOnFront = front.reduce(into: [Bool](repeating: false, count: shown.count)) { $0[$1] = true }
    let isNamed = shown.count <= Self.mostNamed
    let told = shown.indices.filter { isNamed || isOnFront[$0] }
    let ends = told.compactMap { shown[$0].interval }.flatMap { [$0.lowerBound, $0.upperBound] }
    let ys = score.scale.range(shown.map(\.score) + ends.filter(score.scale.holds))
    let xs = cost.scale.wider(cost.scale.range(shown.map(\.cost)))
    let frame = Frame(
      x: cost, xs, y: score, score.scale.wider(ys), left: Self.left, right: Self.right, top: Self.top,
      bottom: Self.bottom)
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    frame.draw(into: &svg)
    for (places, colour) in [(told.filter { !isOnFront[$0] }, "#bbb"), (front, Palette.colour(1))] {
      let lines = places.compactMap { place in
        shown[place].interval.map { interval in
          "M\(frame.point(shown[place].cost, interval.lowerBound))V\(SVG.number(frame.y(interval.upperBound)))"
        }
      }
      if !lines.isEmpty { svg.path(lines.joined(), stroke: colour) }
    }
    if isNamed {
      for place in told where !isOnFront[place] {
        svg.dot(
          frame.x(shown[place].cost), frame.y(shown[place].score), radius: 2.5, fill: "#888",
          name: Self.words(shown[place]))
      }
    } else {
      let others = shown.indices.filter { !isOnFront[$0] }.map { place in
        (x: Int(frame.x(shown[place].cost).rounded()), y: Int(frame.y(shown[place].score).rounded()))
      }.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
      var path = ""
      for (place, at) in others.enumerated() where place == 0 || at != others[place - 1] {
        path += "M\(at.x - 1) \(at.y)h3"
      }
      svg.path(path, stroke: "#888", width: 3)
    }
    drawFront(front.map { shown[$0] }, frame, into: &svg)
    let left = points.count - shown.count
    let note = [
      caption, "\(Words.grouped(front.count)) of \(Words.grouped(shown.count)) on the front",
      isNamed ? "" : "intervals of the front alone",
      left == 0 ? "" : "\(Words.grouped(left)) without a place on the axes are not drawn",
    ].filter { !$0.isEmpty }.joined(separator: "; ")
    let height = svg.note(note, 16, Self.bottom + 62, width: Self.right - 16)
    return svg.document(
      width: max(Self.right + 20, SVG.width(of: title) * 1.2 + 32), height: Self.bottom + 62 + height,
      about: (title, note))
  }

  private static func words(_ point: Point) -> String {
    let interval = point.interval.map { " [\(Words.short($0.lowerBound)), \(Words.short($0.upperBound))]" } ?? ""
    return "\(point.name): \(Words.short(point.score))\(interval) at \(Words.short(point.cost))"
  }

  /// The staircase, its marks, and those names that have room.
  private func drawFront(_ front: [Point], _ frame: Frame, into svg: inout SVG) {
    guard let first = front.first else { return }
    var path = "M\(frame.point(first.cost, first.score))"
    for point in front.dropFirst() {
      path += "H\(SVG.number(frame.x(point.cost)))V\(SVG.number(frame.y(point.score)))"
    }
    svg.path(path + "H\(SVG.number(frame.right))", stroke: Palette.colour(1), width: 1.5)
    var taken: [(left: Double, right: Double, y: Double)] = []
    for point in front {
      let (x, y) = (frame.x(point.cost), frame.y(point.score))
      svg.dot(x, y, radius: 4, fill: Palette.colour(1), name: Self.words(point))
      let width = SVG.width(of: point.name)
      let isLeft = x + 8 + width > frame.right
      let (start, end) = isLeft ? (x - 8 - width, x - 8) : (x + 8, x + 8 + width)
      let line = higherIsBetter ? y - 7 : y + 15
      let isFree = taken.allSatisfy { abs($0.y - line) > 12 || $0.right < start || $0.left > end }
      guard isFree, start > frame.left, line > frame.top else { continue }
      taken.append((start, end, line))
      svg.text(point.name, isLeft ? end : start, line, isLeft ? .end : .start, size: 11)
    }
  }
}
