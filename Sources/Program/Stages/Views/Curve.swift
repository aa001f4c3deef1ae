import Artifacts

/// A line over steps, for a terminal and as SVG.
package struct Curve: Sendable {
  package struct Point: Hashable, Sendable {
    package let x: Double
    package let y: Double
    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }
  /// What is drawn, with its unit.
  package let title: String
  /// What runs along the horizontal axis.
  package let abscissa: String
  /// By ascending x; at least one.
  package let points: [Point]

  package init(title: String, abscissa: String, points: [Point]) {
    precondition(!points.isEmpty, "a curve without points")
    self.title = title
    self.abscissa = abscissa
    self.points = points
  }

  /// At most `count` points: means over neighbours.
  func thinned(_ count: Int) -> [Point] {
    guard points.count > count else { return points }
    return (0..<count).map { bin in
      let part = points[bin * points.count / count..<(bin + 1) * points.count / count]
      let size = Double(part.count)
      return Point(x: part.reduce(0) { $0 + $1.x } / size, y: part.reduce(0) { $0 + $1.y } / size)
    }
  }

  /// The ranges of both axes; an axis of one value is widened around it.
  var extent: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let range = { (values: [Double]) in
      let (low, high) = (values.min()!, values.max()!)
      return low < high ? low...high : low - max(0.5, abs(low) / 10)...low + max(0.5, abs(low) / 10)
    }
    return (range(points.map(\.x)), range(points.map(\.y)))
  }
}

/// Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
struct Ticks {
  let values: [Double]
  private let digits: Int

  /// About `count` of them within `range`; `whole`: no fractions.
  init(_ range: ClosedRange<Double>, count: Int, whole: Bool = false) {
    let raw = max(whole ? 1 : 0, (range.upperBound - range.lowerBound) / Double(max(1, count)))
    var (power, digits) = (1.0, 0)
    while power > raw { (power, digits) = (power / 10, digits + 1) }
    while power * 10 <= raw { (power, digits) = (power * 10, digits - 1) }
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    if step >= 10 * power { digits -= 1 }
    self.digits = max(0, digits)
    var values: [Double] = []
    var multiple = (range.lowerBound / step).rounded(.up)
    // Beyond 2^53 a further one is no other number.
    while multiple * step <= range.upperBound, values.count < 1000 {
      values.append(multiple * step)
      multiple += 1
    }
    self.values = values
  }

  func label(_ value: Double) -> String {
    let text = Figures.fixed(value, digits)
    return digits == 0 && abs(value) >= 1000 && abs(value) < 1e15 ? Figures.grouped(Int(saturating: value)) : text
  }
}
