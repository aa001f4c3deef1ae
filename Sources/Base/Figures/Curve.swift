/// A line over steps, for a terminal and as SVG.
package struct Curve: Sendable {
  /// A point of the line, in the units of the axes.
  package struct Point: Hashable, Sendable {
    package let x: Double
    package let y: Double
    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }
  /// The quantity that is drawn, with its unit.
  package let title: String
  /// The quantity along the horizontal axis.
  package let abscissa: String
  /// By ascending x; at least one.
  package let points: [Point]

  package init(title: String, abscissa: String, points: [Point]) {
    precondition(!points.isEmpty, "a curve without points")
    self.title = title
    self.abscissa = abscissa
    self.points = points
  }

  /// At most `count` points: means over neighbours.
  package func thinned(_ count: Int) -> [Point] {
    guard points.count > count else { return points }
    return (0..<count).map { bin in
      let part = points[bin * points.count / count..<(bin + 1) * points.count / count]
      let size = Double(part.count)
      return Point(x: part.reduce(0) { $0 + $1.x } / size, y: part.reduce(0) { $0 + $1.y } / size)
    }
  }

  /// The ranges of both axes; an axis of one value is widened around it.
  package var extent: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let range = { (values: [Double]) in
      let (low, high) = (values.min()!, values.max()!)
      return low < high ? low...high : low - max(0.5, abs(low) / 10)...low + max(0.5, abs(low) / 10)
    }
    return (range(points.map(\.x)), range(points.map(\.y)))
  }
}
