import Wording

/// Letters whose heights are numbers, stacked at their positions: sequence logos in bits, and contributions, of which
/// those below 0 hang from the axis upside down. Panels one below the other, each on a scale of its own.
package struct Logo: Picture {
  /// A letter with its height.
  package struct Letter: Hashable, Sendable {
    package let letter: Character
    package let height: Double
    package init(_ letter: Character, _ height: Double) { (self.letter, self.height) = (letter, height) }
  }

  /// Positions side by side.
  package struct Panel: Sendable {
    package let title: String
    /// The letters of each position.
    package let columns: [[Letter]]
    /// The text under each position; empty for none.
    package let labels: [String]
    /// The top of the axis; nil: that of the letters.
    package let top: Double?

    package init(_ title: String, _ columns: [[Letter]], labels: [String] = [], top: Double? = nil) {
      (self.title, self.columns, self.labels, self.top) = (title, columns, labels, top)
    }
  }

  package let name: String
  package let title: String
  /// The unit of heights, as `bits`.
  package let unit: String
  package let panels: [Panel]
  /// Whether letters are amino acids.
  package let isOfProtein: Bool

  package init(_ name: String, title: String, unit: String, panels: [Panel], isOfProtein: Bool = false) {
    (self.name, self.title, self.unit, self.panels) = (name, title, unit, panels)
    self.isOfProtein = isOfProtein
  }

  package func text(width: Int) -> String? { nil }

  private static let (left, height, between) = (70.0, 110.0, 62.0)

  package func svg() -> String {
    let most = Double(panels.map(\.columns.count).max() ?? 1)
    let width = min(36, max(9, 900 / max(1, most)))
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    var top = 58.0
    for panel in panels {
      draw(panel, width, top, into: &svg)
      top += Self.height + Self.between
    }
    let texts = panels.map { Self.left + SVG.width(of: $0.title) } + [SVG.width(of: title) * 1.2 + 32]
    return svg.document(width: max(Self.left + most * width + 20, texts.max() ?? 0), height: top - 16)
  }

  /// Sums of the letters above and below the axis.
  private static func ends(_ columns: [[Letter]]) -> (low: Double, high: Double) {
    let sums = { (sign: Double) in
      columns.map { column in column.reduce(0.0) { $0 + max(0, sign * $1.height) } }.max() ?? 0
    }
    return (-sums(-1), sums(1))
  }

  private func draw(_ panel: Panel, _ width: Double, _ top: Double, into svg: inout SVG) {
    let ends = Self.ends(panel.columns)
    let (low, high) = (ends.low, max(panel.top ?? ends.high, ends.high, ends.low == 0 ? 1e-9 : 0))
    let scale = Self.height / (high - low)
    let place = { (value: Double) in top + (high - value) * scale }
    let number = SVG.number
    let (left, right) = (Self.left, Self.left + width * Double(panel.columns.count))
    svg.text(panel.title, left, top - 8)
    for tick in Ticks(low...high, count: 3).values {
      svg.path("M\(number(left - 4)) \(number(place(tick)))h4", stroke: "#333")
      svg.text(Ticks(low...high, count: 3).label(tick), left - 8, place(tick) + 4, .end, size: 11)
    }
    svg.path("M\(number(left)) \(number(top))v\(number(Self.height))", stroke: "#333")
    svg.path("M\(number(left)) \(number(place(0)))H\(number(right))", stroke: "#333")
    svg.add(
      "<text x=\"16\" y=\"\(number(top + Self.height / 2))\" font-size=\"11\" text-anchor=\"middle\" "
        + "transform=\"rotate(-90 16 \(number(top + Self.height / 2)))\">\(unit)</text>")
    for (position, column) in panel.columns.enumerated() {
      let x = left + width * Double(position)
      for sign in [1.0, -1] {
        // The largest stands furthest from the axis.
        var at = 0.0
        for letter in column.filter({ $0.height * sign > 0 }).sorted(by: {
          (abs($0.height), $1.letter) < (abs($1.height), $0.letter)
        }) {
          let size = abs(letter.height) * scale
          at += size
          guard size >= 0.1 else { continue }
          let y = place(0) - sign * at
          let matrix =
            "\(Self.fine(width * 0.0096)) 0 0 \(Self.fine(sign * size / 100)) "
            + "\(number(x + width * 0.02)) \(Self.fine(y))"
          svg.add(
            "<path d=\"\(LetterShape.path(letter.letter))\" fill-rule=\"evenodd\" "
              + "fill=\"\(LetterShape.colour(letter.letter, ofProtein: isOfProtein))\" "
              + "transform=\"matrix(\(matrix))\"/>")
        }
      }
    }
    var free = -Double.infinity
    for (position, label) in panel.labels.enumerated() {
      let x = left + width * (Double(position) + 0.5)
      guard !label.isEmpty, x - SVG.width(of: label) / 2 > free else { continue }
      free = x + SVG.width(of: label) / 2
      svg.text(label, x, top + Self.height + 15, .middle, size: 11)
    }
  }

  private static func fine(_ value: Double) -> String { Words.fixed(value, 4) }
}
