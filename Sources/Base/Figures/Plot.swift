import Glibc

/// Lines, or points, over numbers.
package struct Plot: Picture {
  /// A point, in the units of the axes.
  package struct Point: Hashable, Sendable {
    package let x: Double
    package let y: Double
    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Points of one kind, with a colour of their own.
  package struct Line: Sendable {
    /// Its name in the legend; without one there is no legend.
    package let name: String
    /// By ascending x, where they are joined.
    package let points: [Point]
    /// Whether points are joined, without marks of their own.
    package let isJoined: Bool
    /// The number of its colour; nil: the line's own.
    package let colour: Int?

    package init(_ name: String, _ points: [Point], isJoined: Bool = true, colour: Int? = nil) {
      (self.name, self.points, self.isJoined, self.colour) = (name, points, isJoined, colour)
    }
  }

  /// How numbers lie along an axis.
  package enum Scale: Sendable {
    case linear
    /// Values above 0 alone; others are left out, and break a line.
    case logarithmic
  }

  /// An axis: what is along it, with its unit, and how.
  package struct Axis: Sendable {
    package let title: String
    package let scale: Scale
    /// The numbers under a logarithmic axis; nil: powers of ten.
    package let ticks: [Double]?

    package init(_ title: String, _ scale: Scale = .linear, ticks: [Double]? = nil) {
      (self.title, self.scale, self.ticks) = (title, scale, ticks)
    }
  }

  package let name: String
  package let title: String
  package let x: Axis
  /// Its title is the picture's.
  package let y: Axis
  package let lines: [Line]
  /// Vertical lines at values of x, with their names.
  package let marks: [(name: String, x: Double)]

  package init(
    _ name: String, title: String, x: Axis, y: Axis = Axis(""), lines: [Line], marks: [(name: String, x: Double)] = []
  ) {
    self.name = name
    self.title = title
    (self.x, self.y) = (x, y)
    self.marks = marks
    self.lines = lines
  }

  /// Whether a point has a place on the axes.
  func holds(_ point: Point) -> Bool { x.scale.holds(point.x) && y.scale.holds(point.y) }

  /// One line over steps.
  package init(_ name: String, title: String, abscissa: String, points: [Point]) {
    self.init(name, title: title, x: Axis(abscissa), lines: [Line("", points)])
  }

  /// The ranges of both axes; an axis of one value is widened around it, and one of none is around 1.
  package var extent: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let all = lines.flatMap(\.points).filter(holds)
    let marks = marks.map(\.x).filter(x.scale.holds)
    let (xs, ys) = (x.scale.range(all.map(\.x) + marks), y.scale.range(all.map(\.y)))
    // Points that lie alone do not lie on the axes.
    return lines.contains(where: \.isJoined) ? (xs, ys) : (x.scale.wider(xs), y.scale.wider(ys))
  }
}

extension Plot.Scale {
  func holds(_ value: Double) -> Bool { value.isFinite && (self == .linear || value > 0) }

  /// A range with a twentieth of it at either end.
  func wider(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    switch self {
    case .linear:
      let room = (range.upperBound - range.lowerBound) / 20
      return range.lowerBound - room...range.upperBound + room
    case .logarithmic:
      let room = pow(range.upperBound / range.lowerBound, 0.05)
      return range.lowerBound / room...range.upperBound * room
    }
  }

  func range(_ values: [Double]) -> ClosedRange<Double> {
    let (low, high) = (values.min() ?? 1, values.max() ?? 1)
    if low < high { return low...high }
    return self == .linear ? low - max(0.5, abs(low) / 10)...low + max(0.5, abs(low) / 10) : low / 2...low * 2
  }
}

extension [Plot.Point] {
  /// At most `count` points: means over neighbours.
  func thinned(_ count: Int) -> [Plot.Point] {
    guard self.count > count else { return self }
    return (0..<count).map { bin in
      let part = self[bin * self.count / count..<(bin + 1) * self.count / count]
      let size = Double(part.count)
      return Plot.Point(x: part.reduce(0) { $0 + $1.x } / size, y: part.reduce(0) { $0 + $1.y } / size)
    }
  }
}
