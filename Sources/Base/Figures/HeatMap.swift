import Wording

/// Numbers in cells, coloured: measures side by side, the panels of one below the other.
package struct HeatMap: Picture {
  /// One grid of numbers.
  package struct Panel: Sendable {
    package let title: String
    /// A row for each of `rows`, in it a number for each of `columns`; nil where there is none.
    package let values: [[Double?]]
    /// A cell that is framed.
    package let chosen: (row: Int, column: Int)?

    package init(_ title: String, _ values: [[Double?]], chosen: (row: Int, column: Int)? = nil) {
      (self.title, self.values, self.chosen) = (title, values, chosen)
    }
  }

  package let name: String
  package let title: String
  /// The name of what differs between rows, and its values from top to bottom; and that of columns.
  package let rows: (name: String, values: [String])
  package let columns: (name: String, values: [String])
  /// Panels one below the other that are of one measure, so that their colours are of one scale.
  package struct Column: Sendable {
    package let panels: [Panel]
    package let higherIsBetter: Bool

    package init(_ panels: [Panel], higherIsBetter: Bool = true) {
      (self.panels, self.higherIsBetter) = (panels, higherIsBetter)
    }
  }

  /// The measures, from left to right.
  package let measures: [Column]
  /// The meaning of the frame; nil where nothing is framed.
  package let framed: String?
  /// The meaning of a darker cell.
  package let darker: String

  package init(
    _ name: String, title: String, rows: (name: String, values: [String]), columns: (name: String, values: [String]),
    measures: [Column], framed: String? = nil, darker: String = "better"
  ) {
    (self.name, self.title, self.rows, self.columns, self.measures) = (name, title, rows, columns, measures)
    (self.framed, self.darker) = (framed, darker)
  }

  package func text(width: Int) -> String? { nil }

  package func svg() -> String {
    let cell = (width: max(52, 8 + (columns.values.map(SVG.width).max() ?? 0)), height: 26.0)
    let left = 30 + (rows.values.map(SVG.width).max() ?? 0)
    let titles = measures.flatMap(\.panels).map { SVG.width(of: $0.title) }.max() ?? 0
    let panelWidth = left + max(cell.width * Double(columns.values.count), titles) + 16
    let panelHeight = 54 + cell.height * Double(rows.values.count) + 16
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    for (number, measure) in measures.enumerated() {
      let known = measure.panels.flatMap { $0.values.joined().compactMap(\.self) }
      let scale = Scale(known, higherIsBetter: measure.higherIsBetter)
      for (row, panel) in measure.panels.enumerated() {
        let corner = (x: Double(number) * panelWidth + left, y: 40 + Double(row) * panelHeight + 34)
        svg.text(panel.title, corner.x, corner.y - 8)
        for (line, name) in rows.values.enumerated() {
          svg.text(name, corner.x - 8, corner.y + cell.height * (Double(line) + 0.5) + 4, .end)
        }
        let floor = corner.y + cell.height * Double(rows.values.count)
        for (place, name) in columns.values.enumerated() {
          svg.text(name, corner.x + cell.width * (Double(place) + 0.5), floor + 16, .middle)
        }
        for (line, values) in panel.values.enumerated() {
          for (place, value) in values.enumerated() {
            let at = (x: corner.x + cell.width * Double(place), y: corner.y + cell.height * Double(line))
            let isChosen = panel.chosen.map { $0 == (line, place) } ?? false
            draw(value, scale, isFramed: isChosen, at, cell, into: &svg)
          }
        }
      }
    }
    let width = Double(measures.count) * panelWidth + 16
    let height = 40 + panelHeight * Double(measures.map(\.panels.count).max() ?? 0) + 24
    let isStacked = measures.contains { $0.panels.count > 1 }
    let scale = isStacked ? "panels one below the other are of one scale, " : ""
    let note =
      "down: \(rows.name); across: \(columns.name); \(scale)darker is \(darker)"
      + (framed.map { "; \($0) is framed" } ?? "")
    svg.text(note, 16, height - 8, size: 11)
    return svg.document(width: max(width, SVG.width(of: title) + 32, 6.2 * Double(note.count) + 32), height: height)
  }

  /// The values of one measure, from the worst to the best.
  private struct Scale {
    let worst: Double
    let best: Double

    init(_ values: [Double], higherIsBetter: Bool) {
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      (worst, best) = higherIsBetter ? (low, high) : (high, low)
    }

    /// From 0, the worst, to 1.
    func share(_ value: Double) -> Double { best == worst ? 0.5 : (value - worst) / (best - worst) }
  }

  private func draw(
    _ value: Double?, _ scale: Scale, isFramed: Bool, _ at: (x: Double, y: Double),
    _ cell: (width: Double, height: Double), into svg: inout SVG
  ) {
    let share = value.map(scale.share)
    let size = "width=\"\(SVG.number(cell.width - 2))\" height=\"\(SVG.number(cell.height - 2))\""
    let frame = isFramed ? " stroke=\"#d95f02\" stroke-width=\"2.5\"" : ""
    svg.add(
      "<rect x=\"\(SVG.number(at.x + 1))\" y=\"\(SVG.number(at.y + 1))\" \(size) "
        + "fill=\"\(share.map(Self.colour) ?? "#eee")\"\(frame)/>")
    svg.text(
      value.map { Words.fixed($0, 3) } ?? "-", at.x + cell.width / 2, at.y + cell.height / 2 + 4, .middle, size: 11,
      fill: (share ?? 0) > 0.55 ? "#fff" : "#333")
  }

  /// From pale to dark blue, each step as far from the last to the eye (Brewer's Blues).
  static func colour(_ share: Double) -> String {
    let stops: [(Double, Double, Double)] = [
      (247, 251, 255), (198, 219, 239), (107, 174, 214), (33, 113, 181), (8, 48, 107),
    ]
    let place = min(max(share, 0), 1) * Double(stops.count - 1)
    let first = min(Int(place), stops.count - 2)
    let part = place - Double(first)
    let mix = { (a: Double, b: Double) in Int((a + (b - a) * part).rounded()) }
    let (a, b) = (stops[first], stops[first + 1])
    return "rgb(\(mix(a.0, b.0)),\(mix(a.1, b.1)),\(mix(a.2, b.2)))"
  }
}
