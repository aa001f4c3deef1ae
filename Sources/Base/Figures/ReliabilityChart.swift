import Wording

/// How often what was said with a probability came true, and how often each probability was said.
package struct ReliabilityChart: Picture {
  /// Rows with near probabilities.
  package struct Bin: Sendable {
    /// The mean probability.
    package let forecast: Double
    /// The share that came true, and its interval.
    package let observed: Double
    package let interval: ClosedRange<Double>?
    package let count: Int

    package init(forecast: Double, observed: Double, interval: ClosedRange<Double>?, count: Int) {
      (self.forecast, self.observed, self.interval, self.count) = (forecast, observed, interval, count)
    }
  }

  package let name: String
  package let title: String
  /// By ascending forecast.
  package let bins: [Bin]
  /// The meaning of bins and intervals, and the errors.
  package let caption: String

  package init(_ name: String, title: String, bins: [Bin], caption: String) {
    (self.name, self.title, self.bins, self.caption) = (name, title, bins, caption)
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, right, top, bottom) = (84.0, 464.0, 44.0, 424.0)

  package func svg() -> String {
    let frame = Frame(
      x: Plot.Axis(""), 0...1, y: Plot.Axis("share that came true"), 0...1, left: Self.left, right: Self.right,
      top: Self.top, bottom: Self.bottom)
    let most = Double(max(1, bins.map(\.count).max() ?? 1))
    let counts = Frame(
      x: Plot.Axis("predicted probability"), 0...1, y: Plot.Axis("rows"), 0...most, left: Self.left,
      right: Self.right, top: Self.bottom + 34, bottom: Self.bottom + 114, whole: (x: false, y: true))
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    frame.draw(into: &svg)
    counts.draw(into: &svg)
    svg.path("M\(frame.point(0, 0))L\(frame.point(1, 1))", stroke: "#888", dash: "4 3")
    let colour = Palette.colour(0)
    for bin in bins {
      let x = frame.x(bin.forecast)
      if let interval = bin.interval {
        let end = SVG.number(frame.y(interval.upperBound))
        svg.path("M\(frame.point(bin.forecast, interval.lowerBound))V\(end)", stroke: colour)
      }
      svg.box(
        x - 3, counts.y(Double(bin.count)), width: 6, height: counts.bottom - counts.y(Double(bin.count)),
        fill: colour, name: Words.count(bin.count, "row"))
    }
    if !bins.isEmpty {
      svg.path(
        "M" + bins.map { frame.point($0.forecast, $0.observed) }.joined(separator: "L"), stroke: colour, width: 1.5)
    }
    for bin in bins {
      svg.dot(
        frame.x(bin.forecast), frame.y(bin.observed), radius: 4, fill: colour,
        name: "predicted \(Words.fixed(bin.forecast, 3)), came true \(Words.fixed(bin.observed, 3)): "
          + Words.count(bin.count, "row"))
    }
    let width = max(560, SVG.width(of: title) * 1.2 + 32)
    let height = svg.note(caption, 16, counts.bottom + 62, width: width - 32)
    return svg.document(width: width, height: counts.bottom + 62 + height, about: (title, caption))
  }
}
