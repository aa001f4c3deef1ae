import Glibc
import Wording

extension Plot {
  package func svg() -> String { Self.svg([self]) }

  /// Pictures one below the other.
  package static func svg(_ plots: [Plot]) -> String {
    var svg = SVG()
    for (index, plot) in plots.enumerated() { plot.draw(into: &svg, top: height * Double(index)) }
    let width = Self.width + (plots.map(\.legendWidth).max() ?? 0)
    return svg.document(width: width, height: height * Double(plots.count))
  }

  /// A picture without its legend.
  private static let (width, height) = (720.0, 400.0)
  private static let (left, right, above, below) = (70.0, 20.0, 40.0, 50.0)
  /// Ten that are told apart, on white and by most who see colours otherwise (Tol 2021, muted; black for grey).
  private static let colours = [
    "#1f77b4", "#cc6677", "#117733", "#ddaa33", "#882255", "#44aa99", "#332288", "#999933", "#aa4499", "#000000",
  ]

  private var legend: [Line] { lines.filter { !$0.name.isEmpty && !$0.points.isEmpty } }
  private var legendWidth: Double { legend.map { SVG.width(of: $0.name) + 30 }.max() ?? 0 }

  /// The share of an axis at which a value is.
  private static func share(_ value: Double, _ range: ClosedRange<Double>, _ scale: Scale) -> Double {
    switch scale {
    case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic: log2(value / range.lowerBound) / log2(range.upperBound / range.lowerBound)
    }
  }

  /// The numbers along an axis, with their texts.
  private static func ticks(
    _ axis: Axis, _ range: ClosedRange<Double>, count: Int, whole: Bool
  ) -> [(value: Double, label: String)] {
    switch axis.scale {
    case .linear:
      let ticks = Ticks(range, count: count, whole: whole)
      return ticks.values.map { ($0, ticks.label($0)) }
    case .logarithmic:
      var values = axis.ticks ?? []
      if axis.ticks == nil {
        var power = 1.0
        while power > range.lowerBound { power /= 10 }
        while power <= range.upperBound {
          values.append(power)
          power *= 10
        }
        // Within one power of ten there would be no second number.
        if values.count(where: range.contains) < 2 { values = [range.lowerBound, range.upperBound] }
      }
      return values.filter(range.contains).map { ($0, Words.short($0)) }
    }
  }

  private func draw(into svg: inout SVG, top: Double) {
    let (xs, ys) = extent
    let (left, edge) = (Self.left, Self.width - Self.right)
    let (roof, floor) = (top + Self.above, top + Self.height - Self.below)
    let place = { (point: Point) in
      (
        x: left + Self.share(point.x, xs, x.scale) * (edge - left),
        y: floor - Self.share(point.y, ys, y.scale) * (floor - roof)
      )
    }
    let number = SVG.number
    svg.text(title, left, top + 24, size: 14)
    for tick in Self.ticks(y, ys, count: 6, whole: false) {
      let line = place(Point(x: xs.lowerBound, y: tick.value)).y
      svg.path("M\(number(left)) \(number(line))H\(number(edge))", stroke: "#ddd")
      svg.text(tick.label, left - 8, line + 4, .end)
    }
    for tick in Self.ticks(x, xs, count: 8, whole: true) {
      let line = place(Point(x: tick.value, y: ys.lowerBound)).x
      svg.path("M\(number(line)) \(number(floor))v5", stroke: "#333")
      svg.text(tick.label, line, floor + 18, .middle)
    }
    svg.text(x.title, (left + edge) / 2, floor + 38, .middle)
    svg.path("M\(number(left)) \(number(roof))V\(number(floor))H\(number(edge))", stroke: "#333")
    for mark in marks {
      let line = place(Point(x: mark.x, y: ys.lowerBound)).x
      svg.path("M\(number(line)) \(number(roof))V\(number(floor))", stroke: "#888", dash: "4 3")
      let isRight = line < (left + edge) / 2
      svg.text(mark.name, line + (isRight ? 5 : -5), roof + 12, isRight ? .start : .end, size: 11)
    }
    for (index, line) in lines.enumerated() where !line.points.isEmpty {
      let colour = Self.colours[index % Self.colours.count]
      // A colour that comes again is dashed.
      let dash = index < Self.colours.count ? nil : "6 3"
      if line.isJoined, line.points.count > 1 {
        let points = line.points.thinned(1000).map(place).map { "\(number($0.x)) \(number($0.y))" }
        svg.path("M\(points.joined(separator: "L"))", stroke: colour, width: 1.5, dash: dash)
      }
      guard !line.isJoined || line.points.count < 20 else { continue }
      for point in line.points.map(place) {
        svg.add("<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"3\" fill=\"\(colour)\"/>")
      }
    }
    // In the order in which lines end, so that names stand near them.
    let order = legend.enumerated().sorted {
      ($0.element.points.last!.y, $1.offset) > ($1.element.points.last!.y, $0.offset)
    }
    let numbers = lines.indices.filter { !lines[$0].name.isEmpty && !lines[$0].points.isEmpty }
    for (row, entry) in order.enumerated() {
      let y = roof + 12 + 18 * Double(row)
      let index = numbers[entry.offset]
      let colour = Self.colours[index % Self.colours.count]
      svg.path(
        "M\(number(edge + 6)) \(number(y - 4))h18", stroke: colour, width: 2.5,
        dash: index < Self.colours.count ? nil : "6 3")
      svg.text(entry.element.name, edge + 28, y)
    }
  }
}
