/// A parabola through points by least squares.
package struct Parabola: Hashable, Sendable, Codable {
  /// y = c0 + c1 (x - middle) + c2 (x - middle)^2.
  package let middle: Double
  package let coefficients: [Double]
  /// From the least to the largest x.
  package let range: ClosedRange<Double>
  /// By point through which the parabola need not pass: y less that of the parabola, over sqrt(1 - leverage), whose
  /// variance is that of an observation. Not part of a document.
  private(set) var residuals: [Double] = []

  private enum CodingKeys: CodingKey { case middle, coefficients, range }

  /// nil for fewer than three values of x.
  package init?(_ x: [Double], _ y: [Double]) {
    guard let low = x.min(), let high = x.max(), low < high else { return nil }
    middle = x.reduce(0, +) / Double(x.count)
    range = low...high
    let u = x.map { [middle] in $0 - middle }
    let columns = [u.map { _ in 1 }, u, u.map { $0 * $0 }]
    let fit = OrthogonalFit(columns, y)
    let units = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]
    coefficients = units.compactMap { fit.form($0)?.value }
    guard coefficients.count == 3, fit.rank == 3 else { return nil }
    residuals = u.indices.compactMap { [coefficients] row in
      let value = coefficients[0] + u[row] * (coefficients[1] + u[row] * coefficients[2])
      let leverage = fit.form(columns.map { $0[row] })?.variance ?? 1
      return leverage < 1 - 1e-9 ? (y[row] - value) / (1 - leverage).squareRoot() : nil
    }
  }

  package func value(_ x: Double) -> Double {
    let u = x - middle
    return coefficients[0] + u * (coefficients[1] + u * coefficients[2])
  }

  /// The x of the minimum; nil where the parabola does not open upwards by more than rounding.
  package var lowest: Double? {
    let reach = max(range.upperBound - middle, middle - range.lowerBound)
    let rounding = 1e-12 * max(abs(coefficients[0]), abs(coefficients[1]) * reach)
    guard coefficients[2] * reach * reach > rounding else { return nil }
    return middle - coefficients[1] / (2 * coefficients[2])
  }

  /// Whether the minimum is among the points.
  package var isInside: Bool { lowest.map(range.contains) ?? false }

  /// The least value between the least and the largest x.
  package var least: Double {
    if isInside, let lowest { return value(lowest) }
    return min(value(range.lowerBound), value(range.upperBound))
  }
}
