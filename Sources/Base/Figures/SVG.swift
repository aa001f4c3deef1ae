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
    add("<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(size)\(side)\(fill)>\(Markup.escaped(text))</text>")
  }

  /// A text from bottom to top.
  mutating func vertical(_ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .middle) {
    let place = "\(Self.number(x)) \(Self.number(y))"
    add(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor.rawValue)\" "
        + "transform=\"rotate(-90 \(place))\">\(Markup.escaped(text))</text>")
  }

  /// A circle, with a name that appears under a pointer.
  mutating func dot(_ x: Double, _ y: Double, radius: Double, fill: String, name: String? = nil) {
    let place = "cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\""
    let end = name.map { "><title>\(Markup.escaped($0))</title></circle>" } ?? "/>"
    add("<circle \(place) fill=\"\(fill)\"\(end)")
  }

  /// A rectangle, with a name that appears under a pointer.
  mutating func box(
    _ x: Double, _ y: Double, width: Double, height: Double, fill: String, name: String? = nil
  ) {
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
    let end = name.map { "><title>\(Markup.escaped($0))</title></rect>" } ?? "/>"
    add("<rect \(place) \(size) fill=\"\(fill)\"\(end)")
  }

  /// A shape without an outline.
  mutating func area(_ path: String, fill: String, opacity: Double = 1) {
    let opacity = opacity == 1 ? "" : " fill-opacity=\"\(Self.number(opacity))\""
    add("<path d=\"\(path)\" fill=\"\(fill)\"\(opacity)/>")
  }

  mutating func path(_ path: String, stroke: String, width: Double = 1, dash: String? = nil) {
    let dash = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    let width = width == 1 ? "" : " stroke-width=\"\(Self.number(width))\""
    add("<path d=\"\(path)\" fill=\"none\" stroke=\"\(stroke)\"\(width) stroke-linejoin=\"round\"\(dash)/>")
  }

  /// A text in lines of at most `width` pixels, broken at spaces; returns the height that they take.
  @discardableResult
  mutating func note(_ text: String, _ x: Double, _ y: Double, width: Double) -> Double {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, 6.2 * Double(last.count + word.count + 1) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    for (row, line) in lines.enumerated() { self.text(line, x, y + 15 * Double(row), size: 11) }
    return 15 * Double(lines.count)
  }

  /// The whole picture, on white.
  /// - Parameter about: the title and the description for those who do not see it.
  func document(width: Double, height: Double, about: (title: String, description: String)? = nil) -> String {
    let size = "\(Int(width.rounded(.up))) \(Int(height.rounded(.up)))".split(separator: " ")
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size[0]) \(size[1])\" width=\"\(size[0])\" "
      + "height=\"\(size[1])\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\""
      + (about == nil ? ">" : " role=\"img\">")
    let names = about.map {
      ["<title>\(Markup.escaped($0.title))</title>", "<desc>\(Markup.escaped($0.description))</desc>"]
    }
    let paper = "<rect width=\"\(size[0])\" height=\"\(size[1])\" fill=\"#fff\"/>"
    return ([head] + (names ?? []) + [paper] + parts + ["</svg>", ""]).joined(separator: "\n")
  }

  /// Room that is kept for a text of so many letters of 12 pixels, generously: fonts differ.
  static func width(of text: String) -> Double { 7.5 * Double(text.count) }

  static func number(_ value: Double) -> String { Words.fixed(value, 1) }
}
