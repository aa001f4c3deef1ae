import Wording

/// Boxes with lines of text, and arrows between them from left to right: a graph without circles.
package struct Diagram: Picture {
  /// A box.
  package struct Box: Sendable {
    /// The thing that a box stands for, which its form and colour tell.
    package enum Kind: Sendable {
      /// Something given: rounded.
      case given
      /// Something done, and something that went wrong in it, or is not done.
      case done, failed, open
    }
    /// The first is its name.
    package let lines: [String]
    package let kind: Kind

    package init(_ lines: [String], _ kind: Kind) { (self.lines, self.kind) = (lines, kind) }
  }

  package let name: String
  package let title: String
  package let boxes: [Box]
  /// Pairs of places among the boxes; an arrow leads to a box further on.
  package let arrows: [(from: Int, to: Int)]

  package init(_ name: String, title: String, boxes: [Box], arrows: [(from: Int, to: Int)]) {
    (self.name, self.title, self.boxes, self.arrows) = (name, title, boxes, arrows)
  }

  package func text(width: Int) -> String? { nil }

  private static let lineHeight = 16.0
  private static let gap = (x: 48.0, y: 14.0)
  private static let margin = 16.0

  private static func size(_ box: Box) -> (width: Double, height: Double) {
    (20 + (box.lines.map(SVG.width).max() ?? 0), 14 + lineHeight * Double(box.lines.count))
  }

  package func svg() -> String {
    let layout = DiagramLayout(count: boxes.count, arrows: arrows)
    let sizes = boxes.map(Self.size)
    let widths = layout.layers.map { layer in layer.compactMap(\.box).map { sizes[$0].width }.max() ?? 0 }
    let heights = layout.layers.map { layer in
      layer.map { $0.box.map { sizes[$0].height + Self.gap.y } ?? Self.gap.y }
    }
    let total = heights.map { $0.reduce(0, +) }.max() ?? 0
    var places: [DiagramLayout.Place: (x: Double, y: Double)] = [:]
    var left = Self.margin
    for (layer, places_) in layout.layers.enumerated() {
      var y = 44 + (total - heights[layer].reduce(0, +)) / 2
      for (place, height) in zip(places_, heights[layer]) {
        places[place] = (left, y + height / 2)
        y += height
      }
      left += widths[layer] + Self.gap.x
    }
    var svg = SVG()
    svg.text(title, Self.margin, 24, size: 14)
    for route in layout.routes { draw(route, places, sizes, widths, into: &svg) }
    for (index, box) in boxes.enumerated() {
      if let place = places[.box(index)] { draw(box, sizes[index], place, into: &svg) }
    }
    return svg.document(
      width: max(left - Self.gap.x + Self.margin, SVG.width(of: title) + 2 * Self.margin), height: 44 + total + 8)
  }

  private func draw(
    _ box: Box, _ size: (width: Double, height: Double), _ place: (x: Double, y: Double), into svg: inout SVG
  ) {
    let (fill, stroke) =
      switch box.kind {
      case .given: ("#fff", "#777")
      case .done: ("#e5f1f8", "#0072b2")
      case .failed: ("#fbe9e0", "#b24a00")
      case .open: ("#f4f4f4", "#777")
      }
    let top = place.y - size.height / 2
    let dash = box.kind == .open ? " stroke-dasharray=\"4 3\"" : ""
    svg.add(
      "<rect x=\"\(SVG.number(place.x))\" y=\"\(SVG.number(top))\" width=\"\(SVG.number(size.width))\" "
        + "height=\"\(SVG.number(size.height))\" rx=\"\(box.kind == .given ? 10 : 3)\" fill=\"\(fill)\" "
        + "stroke=\"\(stroke)\"\(dash)/>")
    for (row, line) in box.lines.enumerated() {
      svg.text(
        line, place.x + size.width / 2, top + 18 + Self.lineHeight * Double(row), .middle, size: row == 0 ? nil : 11,
        fill: row == 0 ? "#111" : "#444")
    }
  }

  /// An arrow through the places that it passes between its boxes.
  private func draw(
    _ route: [DiagramLayout.Place], _ places: [DiagramLayout.Place: (x: Double, y: Double)],
    _ sizes: [(width: Double, height: Double)], _ widths: [Double], into svg: inout SVG
  ) {
    let number = SVG.number
    var path = ""
    var last: (x: Double, y: Double)?
    for (step, place) in route.enumerated() {
      guard let at = places[place] else { continue }
      let end = step == route.count - 1
      if let last {
        let middle = (last.x + at.x) / 2
        path +=
          "C\(number(middle)) \(number(last.y)) \(number(middle)) \(number(at.y)) \(number(at.x - (end ? 5 : 0))) "
          + number(at.y)
      } else {
        path = "M"
      }
      switch place {
      case .box(let box):
        last = (at.x + sizes[box].width, at.y)
        if step == 0 { path += "\(number(at.x + sizes[box].width)) \(number(at.y))" }
        if end { path += "m0 -3l5 3l-5 3" }
      case .bend(let layer, _):
        let x = at.x + widths[layer]
        path += "H\(number(x))"
        last = (x, at.y)
      }
    }
    svg.path(path, stroke: "#888")
  }
}
