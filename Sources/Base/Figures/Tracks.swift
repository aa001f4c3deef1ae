import Wording

/// Numbers along the same places, a lane each, one below the other: a line with a band, the band of a null behind it,
/// and boxes at places that are known.
package struct Tracks: Picture {
  /// A line of numbers with its bands.
  package struct Lane: Sendable {
    package let name: String
    /// A number for each place, and its interval.
    package let values: [Double]
    package let low: [Double]
    package let high: [Double]
    /// The interval of a null at each place; empty for none.
    package let null: [ClosedRange<Double>]

    package init(_ name: String, values: [Double], low: [Double], high: [Double], null: [ClosedRange<Double>] = []) {
      (self.name, self.values, self.low, self.high, self.null) = (name, values, low, high, null)
    }
  }

  package let name: String
  package let title: String
  /// The quantity along the places.
  package let axis: String
  /// The text of each place.
  package let places: [String]
  package let lanes: [Lane]
  /// Stretches of places with their names.
  package let boxes: [(name: String, places: Range<Int>)]
  package let caption: String

  package init(
    _ name: String, title: String, axis: String, places: [String], lanes: [Lane],
    boxes: [(name: String, places: Range<Int>)], caption: String
  ) {
    (self.name, self.title, self.axis, self.places) = (name, title, axis, places)
    (self.lanes, self.boxes, self.caption) = (lanes, boxes, caption)
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, span, height, between) = (76.0, 720.0, 84.0, 30.0)

  package func svg() -> String {
    let step = Self.span / Double(max(1, places.count))
    let x = { (place: Double) in Self.left + place * step }
    let number = SVG.number
    let top = 66.0
    let floor = top + Double(lanes.count) * (Self.height + Self.between) - Self.between
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    for box in boxes {
      let (start, end) = (x(Double(box.places.lowerBound)), x(Double(box.places.upperBound)))
      svg.add(
        "<rect x=\"\(number(start))\" y=\"\(number(top))\" width=\"\(number(end - start))\" "
          + "height=\"\(number(floor - top))\" fill=\"#fdeeda\"/>")
      svg.text(box.name, (start + end) / 2, top - 20, .middle, size: 11)
    }
    for (index, lane) in lanes.enumerated() {
      draw(lane, top + Double(index) * (Self.height + Self.between), step, into: &svg)
    }
    let room = Int((60 / step).rounded(.up))
    let marks = Ticks(0...Double(max(1, places.count - 1)), count: max(1, places.count / max(1, room)), whole: true)
    var labels = marks.values.map { Int($0) }.filter(places.indices.contains)
    // Round numbers of the labels themselves, where they are numbers.
    let numbers = places.map { Int($0) }
    if numbers.allSatisfy({ $0 != nil }), marks.values.count > 1 {
      let apart = Int(marks.values[1] - marks.values[0])
      labels = places.indices.filter { numbers[$0]! % apart == 0 || numbers[$0] == 1 }
    }
    for place in labels {
      svg.path("M\(number(x(Double(place) + 0.5))) \(number(floor))v5", stroke: "#333")
      svg.text(places[place], x(Double(place) + 0.5), floor + 18, .middle)
    }
    svg.path("M\(number(Self.left)) \(number(floor))H\(number(Self.left + Self.span))", stroke: "#333")
    svg.text(axis, Self.left + Self.span / 2, floor + 38, .middle)
    svg.text(caption, 16, floor + 62, size: 11)
    let width = max(Self.left + Self.span + 20, 6.2 * Double(caption.count) + 32, SVG.width(of: title) * 1.2 + 32)
    return svg.document(width: width, height: floor + 76)
  }

  private func draw(_ lane: Lane, _ top: Double, _ step: Double, into svg: inout SVG) {
    let bands = zip(lane.low, lane.high).flatMap { [$0, $1] } + lane.null.flatMap { [$0.lowerBound, $0.upperBound] }
    let range = Plot.Scale.linear.range(lane.values + bands + [0])
    let (number, bottom) = (SVG.number, top + Self.height)
    let y = { (value: Double) in
      bottom - (value - range.lowerBound) / (range.upperBound - range.lowerBound) * Self.height
    }
    let point = { (place: Int, value: Double) in
      "\(number(Self.left + (Double(place) + 0.5) * step)) \(number(y(value)))"
    }
    let band = { (low: [Double], high: [Double], fill: String) in
      let there = high.enumerated().map { point($0, $1) }
      let back = low.enumerated().reversed().map { point($0, $1) }
      return "<path d=\"M\((there + back).joined(separator: "L"))Z\" fill=\"\(fill)\"/>"
    }
    svg.text(lane.name, Self.left, top - 5, size: 11)
    let ticks = Ticks(range, count: 4)
    for tick in ticks.values {
      svg.path("M\(number(Self.left - 4)) \(number(y(tick)))h4", stroke: "#333")
      svg.text(ticks.label(tick), Self.left - 8, y(tick) + 4, .end, size: 10)
    }
    svg.path("M\(number(Self.left)) \(number(top))V\(number(bottom))", stroke: "#333")
    svg.path("M\(number(Self.left)) \(number(y(0)))H\(number(Self.left + Self.span))", stroke: "#999", dash: "2 2")
    if !lane.null.isEmpty { svg.add(band(lane.null.map(\.lowerBound), lane.null.map(\.upperBound), "#cccccc")) }
    svg.add(band(lane.low, lane.high, "#a6c8e4"))
    svg.path(
      "M" + lane.values.enumerated().map { point($0, $1) }.joined(separator: "L"), stroke: "#1f77b4", width: 1.5)
  }
}
