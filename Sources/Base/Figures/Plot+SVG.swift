extension Plot {
  package func svg() -> String { Self.svg([self]) }

  /// Pictures one below the other.
  package static func svg(_ plots: [Plot]) -> String {
    var svg = SVG()
    var top = 0.0
    for plot in plots {
      plot.draw(into: &svg, top: top)
      top += plot.height
    }
    return svg.document(width: Self.width + (plots.map(\.legendWidth).max() ?? 0), height: top)
  }

  /// A picture without its legend.
  private static let width = 720.0
  /// A long legend needs more.
  private var height: Double { max(400, Self.above + Self.below + 18 * Double(legend.count)) }
  private static let (left, right, above, below) = (70.0, 20.0, 40.0, 50.0)
  /// Ten that are told apart, on white and by most who see colours otherwise (Tol 2021, muted; black for grey).
  private static let colours = [
    "#1f77b4", "#cc6677", "#117733", "#ddaa33", "#882255", "#44aa99", "#332288", "#999933", "#aa4499", "#000000",
  ]

  private var legend: [Line] { lines.filter { !$0.name.isEmpty && $0.points.contains(where: holds) } }

  /// Lines beyond the number of colours have dashes, from the second round on.
  private static func style(_ index: Int) -> (colour: String, dash: String?) {
    let round = index / colours.count
    return (colours[index % colours.count], round == 0 ? nil : "\(3 * round + 3) 3")
  }

  /// Points that follow one another without one that has no place on the axes.
  private func parts(_ line: Line) -> [[Point]] {
    line.points.thinned(1000).split { !holds($0) }.map(Array.init)
  }
  private var legendWidth: Double { legend.map { SVG.width(of: $0.name) + 30 }.max() ?? 0 }

  private func draw(into svg: inout SVG, top: Double) {
    let (xs, ys) = extent
    let (left, edge) = (Self.left, Self.width - Self.right)
    let (roof, floor) = (top + Self.above, top + height - Self.below)
    let isWhole = lines.allSatisfy { $0.points.allSatisfy { $0.x == $0.x.rounded() } }
    let frame = Frame(
      x: x, xs, y: y, ys, left: left, right: edge, top: roof, bottom: floor, whole: (x: isWhole, y: false))
    let place = { (point: Point) in (x: frame.x(point.x), y: frame.y(point.y)) }
    let number = SVG.number
    svg.text(title, left, top + 24, size: 14)
    frame.draw(into: &svg)
    for mark in marks {
      let line = frame.x(mark.x)
      svg.path("M\(number(line)) \(number(roof))V\(number(floor))", stroke: "#888", dash: "4 3")
      let isRight = line < (left + edge) / 2
      svg.text(mark.name, line + (isRight ? 5 : -5), roof + 12, isRight ? .start : .end, size: 11)
    }
    for (index, line) in lines.enumerated() {
      let (colour, dash) = Self.style(line.colour ?? index)
      for part in parts(line) {
        if line.isJoined, part.count > 1 {
          let points = part.map(place).map { "\(number($0.x)) \(number($0.y))" }
          svg.path("M\(points.joined(separator: "L"))", stroke: colour, width: 1.5, dash: dash)
        }
        guard !line.isJoined || line.points.count < 20 || part.count == 1 else { continue }
        for point in part.map(place) {
          svg.add("<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"3\" fill=\"\(colour)\"/>")
        }
      }
    }
    // In the order in which lines end, so that names stand near them.
    let ends = lines.enumerated().compactMap { index, line in
      line.name.isEmpty ? nil : line.points.last(where: holds).map { (index: index, name: line.name, y: $0.y) }
    }
    for (row, end) in ends.sorted(by: { ($0.y, $1.index) > ($1.y, $0.index) }).enumerated() {
      let y = roof + 12 + 18 * Double(row)
      let (colour, dash) = Self.style(lines[end.index].colour ?? end.index)
      if lines[end.index].isJoined {
        svg.path("M\(number(edge + 6)) \(number(y - 4))h18", stroke: colour, width: 2.5, dash: dash)
      } else {
        svg.add("<circle cx=\"\(number(edge + 15))\" cy=\"\(number(y - 4))\" r=\"3\" fill=\"\(colour)\"/>")
      }
      svg.text(end.name, edge + 28, y)
    }
  }
}
