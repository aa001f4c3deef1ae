import Glibc
import Wording

/// The axes of a picture, and the places of values between them.
struct Frame {
  private let axes: (x: Plot.Axis, y: Plot.Axis)
  let xs: ClosedRange<Double>
  let ys: ClosedRange<Double>
  /// Edges in pixels.
  let (left, right, top, bottom): (Double, Double, Double, Double)
  /// Axes on which there are no fractions.
  private let whole: (x: Bool, y: Bool)

  init(
    x: Plot.Axis, _ xs: ClosedRange<Double>, y: Plot.Axis, _ ys: ClosedRange<Double>, left: Double, right: Double,
    top: Double, bottom: Double, whole: (x: Bool, y: Bool) = (false, false)
  ) {
    (axes, self.xs, self.ys, self.whole) = ((x, y), xs, ys, whole)
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
  }

  func x(_ value: Double) -> Double { left + Self.share(value, xs, axes.x.scale) * (right - left) }
  func y(_ value: Double) -> Double { bottom - Self.share(value, ys, axes.y.scale) * (bottom - top) }

  /// `X Y` of a place, as in a path.
  func point(_ x: Double, _ y: Double) -> String { "\(SVG.number(self.x(x))) \(SVG.number(self.y(y)))" }

  /// The share of an axis at which a value is.
  private static func share(_ value: Double, _ range: ClosedRange<Double>, _ scale: Plot.Scale) -> Double {
    switch scale {
    case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic: log2(value / range.lowerBound) / log2(range.upperBound / range.lowerBound)
    }
  }

  /// The numbers along an axis, with their texts.
  private static func ticks(
    _ axis: Plot.Axis, _ range: ClosedRange<Double>, count: Int, whole: Bool
  ) -> [(value: Double, label: String)] {
    switch axis.scale {
    case .linear:
      let ticks = Ticks(range, count: count, whole: whole)
      return ticks.values.map { ($0, ticks.label($0)) }
    case .logarithmic:
      var values = axis.ticks ?? []
      if axis.ticks == nil {
        let (low, high) = (log10(range.lowerBound).rounded(.down), log10(range.upperBound).rounded(.up))
        let apart = max(1, Int((high - low) / 8 + 0.99))
        values = stride(from: Int(low), through: Int(high), by: apart).compactMap { Double("1e\($0)") }
        // Within one power of ten there would be no second number.
        if values.count(where: range.contains) < 2 { values = [range.lowerBound, range.upperBound] }
      }
      return values.filter(range.contains).map { ($0, Words.short($0)) }
    }
  }

  /// Lines at round numbers of y, marks at those of x, the titles and both axes.
  func draw(into svg: inout SVG) {
    let number = SVG.number
    for tick in Self.ticks(axes.y, ys, count: bottom - top < 150 ? 3 : 6, whole: whole.y) {
      svg.path("M\(number(left)) \(number(y(tick.value)))H\(number(right))", stroke: "#ddd")
      svg.text(tick.label, left - 8, y(tick.value) + 4, .end)
    }
    for tick in Self.ticks(axes.x, xs, count: right - left < 500 ? 5 : 8, whole: whole.x) {
      svg.path("M\(number(x(tick.value))) \(number(bottom))v5", stroke: "#333")
      svg.text(tick.label, x(tick.value), bottom + 18, .middle)
    }
    svg.text(axes.x.title, (left + right) / 2, bottom + 38, .middle)
    if !axes.y.title.isEmpty { svg.vertical(axes.y.title, left - 52, (top + bottom) / 2) }
    svg.path("M\(number(left)) \(number(top))V\(number(bottom))H\(number(right))", stroke: "#333")
  }
}
