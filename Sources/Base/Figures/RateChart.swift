import Wording

/// Curves in the unit square: a receiver operating characteristic, or precision against recall.
package struct RateChart: Picture {
  package enum Kind: Sendable {
    /// The share of negatives that are called positive, against that of positives; chance is the diagonal.
    case receiver
    /// Recall against precision; chance is the share of positives.
    case precisionRecall
  }

  /// A curve, from the highest threshold on.
  package struct Curve: Sendable {
    /// With its area, where that is to be read.
    package let name: String
    package let points: [Plot.Point]
    /// The share of positives among rows.
    package let baseRate: Double

    package init(_ name: String, points: [Plot.Point], baseRate: Double) {
      (self.name, self.points, self.baseRate) = (name, points, baseRate)
    }
  }

  package let name: String
  package let title: String
  package let kind: Kind
  package let curves: [Curve]
  package let caption: String

  package init(_ name: String, title: String, kind: Kind, curves: [Curve], caption: String = "") {
    (self.name, self.title, self.kind, self.curves, self.caption) = (name, title, kind, curves, caption)
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, right, top, bottom) = (84.0, 464.0, 44.0, 424.0)

  package func svg() -> String {
    let isReceiver = kind == .receiver
    let frame = Frame(
      x: Plot.Axis(isReceiver ? "false positive rate" : "recall"), 0...1,
      y: Plot.Axis(isReceiver ? "true positive rate" : "precision"), 0...1, left: Self.left, right: Self.right,
      top: Self.top, bottom: Self.bottom)
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    frame.draw(into: &svg)
    if isReceiver { svg.path("M\(frame.point(0, 0))L\(frame.point(1, 1))", stroke: "#888", dash: "4 3") }
    for (index, curve) in curves.enumerated() {
      if !isReceiver {
        svg.path(
          "M\(frame.point(0, curve.baseRate))H\(SVG.number(frame.right))",
          stroke: curves.count == 1 ? "#888" : Palette.colour(index), dash: "2 4")
      }
      svg.path(path(curve, frame), stroke: Palette.colour(index), width: 1.8, dash: Palette.dash(index))
      let line = Self.top + 12 + 18 * Double(index)
      svg.path(
        "M\(SVG.number(Self.right + 14)) \(SVG.number(line - 4))h26", stroke: Palette.colour(index), width: 2.5,
        dash: Palette.dash(index))
      svg.text(curve.name, Self.right + 46, line)
    }
    let chance = isReceiver ? "dashed: by chance" : "dotted: by chance, the share of positives"
    let note = [caption, chance].filter { !$0.isEmpty }.joined(separator: "; ")
    let legend = curves.map { SVG.width(of: $0.name) + 60 }.max() ?? 0
    let width = max(Self.right + legend, SVG.width(of: title) * 1.2 + 32, 560)
    let height = svg.note(note, 16, Self.bottom + 62, width: width - 32)
    return svg.document(
      width: width, height: Self.bottom + 62 + height,
      about: (title, "\(curves.map(\.name).joined(separator: ", ")). \(note)"))
  }

  /// Joined points; precision is drawn as the steps that average precision sums up. One of neighbours in a place of
  /// half a pixel is drawn.
  private func path(_ curve: Curve, _ frame: Frame) -> String {
    var path = ""
    var last: (x: Int, y: Int)?
    for point in curve.points where point.x.isFinite && point.y.isFinite {
      let (x, y) = (frame.x(point.x), frame.y(point.y))
      let place = (x: Int((2 * x).rounded()), y: Int((2 * y).rounded()))
      if let last, last == place { continue }
      let (h, v) = (SVG.number(Double(place.x) / 2), SVG.number(Double(place.y) / 2))
      path += last == nil ? "M\(h) \(v)" : kind == .receiver ? "L\(h) \(v)" : "V\(v)H\(h)"
      last = place
    }
    return path
  }
}
