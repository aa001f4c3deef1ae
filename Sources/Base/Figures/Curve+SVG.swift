import Wording

extension Curve {
  /// The curve as a picture of 720 x 400.
  package func svg() -> String {
    let (width, height) = (720.0, 400.0)
    let (left, right, top, bottom) = (70.0, 20.0, 40.0, 50.0)
    let (xs, ys) = extent
    let x = { (value: Double) in
      left + (value - xs.lowerBound) / (xs.upperBound - xs.lowerBound) * (width - left - right)
    }
    let y = { (value: Double) in
      height - bottom - (value - ys.lowerBound) / (ys.upperBound - ys.lowerBound) * (height - top - bottom)
    }
    let number = { (value: Double) in Words.fixed(value, 1) }
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 400\" width=\"720\" height=\"400\""
        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#333\">",
      "<rect width=\"720\" height=\"400\" fill=\"#fff\"/>",
      "<text x=\"\(number(left))\" y=\"24\" font-size=\"14\">\(Self.escaped(title))</text>",
    ]
    let yTicks = Ticks(ys, count: 6)
    for value in yTicks.values {
      let (line, base) = (number(y(value)), number(y(value) + 4))
      parts.append(
        "<path d=\"M\(number(left)) \(line)H\(number(width - right))\" stroke=\"#ddd\"/>"
          + "<text x=\"\(number(left - 8))\" y=\"\(base)\" text-anchor=\"end\">\(yTicks.label(value))</text>")
    }
    let xTicks = Ticks(xs, count: 8, whole: true)
    for value in xTicks.values {
      let place = number(x(value))
      parts.append(
        "<path d=\"M\(place) \(number(height - bottom))v5\" stroke=\"#333\"/>"
          + "<text x=\"\(place)\" y=\"\(number(height - bottom + 18))\" text-anchor=\"middle\">"
          + "\(xTicks.label(value))</text>")
    }
    parts.append(
      "<text x=\"\(number((left + width - right) / 2))\" y=\"\(number(height - 12))\" text-anchor=\"middle\">"
        + "\(Self.escaped(abscissa))</text>")
    parts.append(
      "<path d=\"M\(number(left)) \(number(top))V\(number(height - bottom))H\(number(width - right))\""
        + " fill=\"none\" stroke=\"#333\"/>")
    let line = thinned(1000).map { "\(number(x($0.x))),\(number(y($0.y)))" }.joined(separator: " ")
    parts.append(
      "<polyline points=\"\(line)\" fill=\"none\" stroke=\"#1f77b4\" stroke-width=\"1.5\" stroke-linejoin=\"round\"/>")
    return (parts + ["</svg>", ""]).joined(separator: "\n")
  }

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
