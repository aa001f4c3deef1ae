import Wording

/// Numbers that are constant between moments: how many run, and below it how many wait.
package struct ConcurrencyChart: Picture {
  package let name: String
  package let title: String
  /// Ascending, in seconds since the beginning.
  package let times: [Double]
  /// From each of `times` on.
  package let running: [Int]
  /// nil: not known.
  package let waiting: [Int]?
  /// The unit of `running`, as `steps`.
  package let unit: String
  /// A line above `running`, with its name.
  package let limit: (name: String, value: Int)?
  /// The end of the axis, in seconds.
  package let seconds: Double
  package let caption: String

  package init(
    _ name: String, title: String, times: [Double], running: [Int], waiting: [Int]?, unit: String = "steps",
    limit: (name: String, value: Int)? = nil, seconds: Double, caption: String = ""
  ) {
    (self.name, self.title, self.times, self.running, self.waiting) = (name, title, times, running, waiting)
    (self.unit, self.limit, self.seconds, self.caption) = (unit, limit, max(seconds, times.last ?? 0), caption)
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, right) = (70.0, 700.0)

  package func svg() -> String {
    let (unit, axis, range) = TimeUnit.axis(seconds)
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    var top = 44.0
    var panels: [(name: String, values: [Int], limit: (name: String, value: Int)?, fill: String)] = [
      ("\(self.unit) that run", running, limit, Palette.colour(0))
    ]
    if let waiting { panels.append(("steps that wait", waiting, nil, Palette.colour(1))) }
    for (place, panel) in panels.enumerated() {
      let isLast = place == panels.count - 1
      let high = max(1, panel.values.max() ?? 0, panel.limit?.value ?? 0)
      let frame = Frame(
        x: isLast ? axis : Plot.Axis(""), range, y: Plot.Axis(""), 0...Double(high), left: Self.left,
        right: Self.right, top: top, bottom: top + 120, whole: (x: false, y: true))
      frame.draw(into: &svg)
      svg.text(panel.name, Self.left, top - 5, size: 11)
      svg.area(Self.steps(times.map { frame.x($0 / unit.seconds) }, panel.values, frame), fill: panel.fill)
      if let limit = panel.limit {
        let line = SVG.number(frame.y(Double(limit.value)))
        svg.path("M\(SVG.number(Self.left)) \(line)H\(SVG.number(Self.right))", stroke: "#333", dash: "4 3")
        svg.text(limit.name, Self.right + 8, frame.y(Double(limit.value)) + 4, size: 11)
      }
      top += isLast ? 120 : 165
    }
    let isThinned = times.count > Self.mostSteps
    let note = [caption, isThinned ? "of each pixel, the largest number" : ""].filter { !$0.isEmpty }
      .joined(separator: "; ")
    let end = svg.note(note, 16, top + 62, width: Self.right - 16)
    return svg.document(
      width: max(
        Self.right + 20 + (limit.map { SVG.width(of: $0.name) } ?? 0), SVG.width(of: title) * 1.2 + 32),
      height: top + 62 + end,
      about: (
        title,
        "At most \(running.max() ?? 0) \(self.unit) run"
          + (waiting.map { ", at most \($0.max() ?? 0) steps wait" } ?? "") + ". \(note)"
      ))
  }

  private static let mostSteps = 2_000

  /// The area under a step function; of more than 2,000 steps, the largest number of each pixel.
  private static func steps(_ xs: [Double], _ values: [Int], _ frame: Frame) -> String {
    var (places, heights) = (xs, values)
    if xs.count > mostSteps {
      var highest = [Int](repeating: 0, count: Int(frame.right - frame.left) + 1)
      var (place, current) = (0, 0)
      for column in highest.indices {
        highest[column] = current
        while place < xs.count, xs[place] < frame.left + Double(column + 1) {
          current = values[place]
          highest[column] = max(highest[column], current)
          place += 1
        }
      }
      (places, heights) = (highest.indices.map { frame.left + Double($0) }, highest)
    }
    var path = "M\(SVG.number(places.first ?? frame.left)) \(SVG.number(frame.bottom))"
    var last = 0
    for (x, value) in zip(places, heights) where value != last {
      path += "H\(SVG.number(x))V\(SVG.number(frame.y(Double(value))))"
      last = value
    }
    return path + "H\(SVG.number(frame.right))V\(SVG.number(frame.bottom))Z"
  }
}
