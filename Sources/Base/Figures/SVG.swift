import Wording

/// The parts of a picture as SVG, in pixels.
struct SVG {
  enum Anchor: String { case start, middle, end }

  private var parts: [String] = []

  mutating func add(_ element: String) { parts.append(element) }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .start, size: Int? = nil, fill: String? = nil
  ) {
    let size = size.map { " font-size=\"\($0)\"" } ?? ""
    let side = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let fill = fill.map { " fill=\"\($0)\"" } ?? ""
    add("<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(size)\(side)\(fill)>\(Self.escaped(text))</text>")
  }

  mutating func path(_ path: String, stroke: String, width: Double = 1, dash: String? = nil) {
    let dash = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    let width = width == 1 ? "" : " stroke-width=\"\(Self.number(width))\""
    add("<path d=\"\(path)\" fill=\"none\" stroke=\"\(stroke)\"\(width) stroke-linejoin=\"round\"\(dash)/>")
  }

  /// The whole picture, on white.
  func document(width: Double, height: Double) -> String {
    let size = "\(Int(width.rounded(.up))) \(Int(height.rounded(.up)))".split(separator: " ")
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size[0]) \(size[1])\" width=\"\(size[0])\" "
      + "height=\"\(size[1])\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">"
    return ([head, "<rect width=\"\(size[0])\" height=\"\(size[1])\" fill=\"#fff\"/>"] + parts + ["</svg>", ""])
      .joined(separator: "\n")
  }

  /// Room that is kept for a text of so many letters of 12 pixels, generously: fonts differ.
  static func width(of text: String) -> Double { 7.5 * Double(text.count) }

  static func number(_ value: Double) -> String { Words.fixed(value, 1) }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, letter in
      switch letter {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      default: result.append(letter)
      }
    }
  }
}
