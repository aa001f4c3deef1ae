import Wording

/// Means with bands around them: curves of which there are several replicates each.
package struct BandChart: Picture {
  /// A curve over a grid of ascending x.
  package struct Curve: Sendable {
    package let name: String
    package let x: [Double]
    package let mean: [Double]
    /// The ends of the band at each x; nil where there is none, as of one replicate.
    package let band: [ClosedRange<Double>?]
    /// Replicates that the mean is of.
    package let replicates: Int
    /// The curves that the mean is of, each over the grid, which are drawn thin; empty: they are not drawn.
    package let members: [[Double]]

    package init(
      _ name: String, x: [Double], mean: [Double], band: [ClosedRange<Double>?], replicates: Int,
      members: [[Double]] = []
    ) {
      precondition(members.allSatisfy { $0.count == x.count }, "\(x.count) places, members of other lengths")
      precondition(x.count == mean.count && x.count == band.count, "\(x.count), \(mean.count), \(band.count) places")
      (self.name, self.x, self.mean, self.band, self.replicates) = (name, x, mean, band, replicates)
      self.members = members
    }
  }

  /// From the lowest to the highest of many curves, at each of some ascending places.
  package struct Envelope: Sendable {
    package let x: [Double]
    package let bounds: [ClosedRange<Double>]

    /// The envelope of curves as places by ascending x, at every x that one of them has, of those that have it. nil
    /// without finite values.
    package init?(_ curves: [[(x: Double, y: Double)]]) {
      var found: [Double: ClosedRange<Double>] = [:]
      for point in curves.joined() where point.x.isFinite && point.y.isFinite {
        let known = found[point.x] ?? point.y...point.y
        found[point.x] = min(known.lowerBound, point.y)...max(known.upperBound, point.y)
      }
      if found.isEmpty { return nil }
      x = found.keys.sorted()
      bounds = x.map { found[$0]! }
    }
  }

  package let name: String
  package let title: String
  package let x: Plot.Axis
  package let y: Plot.Axis
  package let curves: [Curve]
  /// The envelope of all curves, where more are known than are drawn; it lies behind them in grey.
  package let envelope: Envelope?
  /// The meaning of bands.
  package let caption: String

  package init(
    _ name: String, title: String, x: Plot.Axis, y: Plot.Axis, curves: [Curve], envelope: Envelope? = nil,
    caption: String
  ) {
    (self.name, self.title, self.x, self.y, self.curves, self.caption) = (name, title, x, y, curves, caption)
    self.envelope = envelope
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, right, top) = (84.0, 700.0, 44.0)

  package func svg() -> String {
    let places = curves.map { curve in
      curve.x.indices.filter { x.scale.holds(curve.x[$0]) && y.scale.holds(curve.mean[$0]) }
    }
    let xs = zip(curves, places).flatMap { curve, places in places.map { curve.x[$0] } }
    let ys = zip(curves, places).flatMap { curve, places in
      places.flatMap { place in
        [curve.mean[place]] + curve.members.map { $0[place] }.filter(y.scale.holds)
          + (curve.band[place].map { [$0.lowerBound, $0.upperBound] } ?? []).filter(y.scale.holds)
      }
    }
    let reach = zip(envelope?.x ?? [], envelope?.bounds ?? []).filter { place, bounds in
      x.scale.holds(place) && y.scale.holds(bounds.lowerBound)
    }
    let bottom = Self.top + max(340, 18 * Double(curves.count))
    let frame = Frame(
      x: x, x.scale.range(xs + reach.map(\.0)), y: y,
      y.scale.wider(y.scale.range(ys + reach.flatMap { [$0.1.lowerBound, $0.1.upperBound] })), left: Self.left,
      right: Self.right, top: Self.top, bottom: bottom)
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    frame.draw(into: &svg)
    if reach.count > 1 {
      let there = reach.map { frame.point($0.0, $0.1.upperBound) }
      let back = reach.reversed().map { frame.point($0.0, $0.1.lowerBound) }
      svg.area("M\((there + back).joined(separator: "L"))Z", fill: "#888", opacity: 0.2)
    }
    for (index, (curve, places)) in zip(curves, places).enumerated() {
      for part in places.split(whereSeparator: { curve.band[$0] == nil }) where part.count > 1 {
        let there = part.map { frame.point(curve.x[$0], max(frame.ys.lowerBound, curve.band[$0]!.upperBound)) }
        let back = part.reversed().map {
          frame.point(curve.x[$0], max(frame.ys.lowerBound, curve.band[$0]!.lowerBound))
        }
        svg.area("M\((there + back).joined(separator: "L"))Z", fill: Palette.colour(index), opacity: 0.2)
      }
      for member in curve.members {
        let points = places.filter { y.scale.holds(member[$0]) }.map { (frame.x(curve.x[$0]), frame.y(member[$0])) }
        guard let last = points.last else { continue }
        let line = points.map { "\(SVG.number($0.0)) \(SVG.number($0.1))" }.joined(separator: "L")
        svg.path("M\(line)", stroke: Palette.colour(index), width: 0.7)
        svg.dot(last.0, last.1, radius: 2.5, fill: Palette.colour(index))
      }
    }
    for (index, (curve, places)) in zip(curves, places).enumerated() where !places.isEmpty {
      let points = places.map { frame.point(curve.x[$0], curve.mean[$0]) }
      svg.path(
        "M\(points.joined(separator: "L"))", stroke: Palette.colour(index), width: 1.8, dash: Palette.dash(index))
      if places.count == 1 {
        svg.dot(frame.x(curve.x[places[0]]), frame.y(curve.mean[places[0]]), radius: 3, fill: Palette.colour(index))
      }
    }
    // In the order in which curves end, so that names stand near them.
    let ends = curves.indices.map { index in places[index].last.map { curves[index].mean[$0] } ?? -.infinity }
    let order = curves.indices.sorted { (ends[$0], $1) > (ends[$1], $0) }
    let names = curves.map { $0.replicates > 1 ? "\($0.name) (\($0.replicates))" : $0.name }
    for (row, index) in order.enumerated() {
      let line = Self.top + 12 + 18 * Double(row)
      svg.path(
        "M\(SVG.number(Self.right + 8)) \(SVG.number(line - 4))h26", stroke: Palette.colour(index), width: 2.5,
        dash: Palette.dash(index))
      svg.text(names[index], Self.right + 40, line)
    }
    let height = svg.note(caption, 16, bottom + 62, width: Self.right - 16)
    let legend = names.map { SVG.width(of: $0) + 56 }.max() ?? 20
    return svg.document(
      width: max(Self.right + legend, SVG.width(of: title) * 1.2 + 32), height: bottom + 62 + height,
      about: (title, "\(Words.count(curves.count, "curve")): \(names.joined(separator: ", ")). \(caption)"))
  }
}
