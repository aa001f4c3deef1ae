/// Least squares by orthogonal columns, taken in order; a column that depends on those before it is passed over. n
/// rows, p columns.
///
/// Columns are made orthogonal twice (Gram and Schmidt; twice is enough, Kahan): errors stay near rounding.
struct OrthogonalFit {
  /// The sum of squares of the response, and that which the columns leave.
  let total: Double
  let residual: Double
  /// Columns that do not depend on those before them.
  var rank: Int { kept.count }

  private let kept: [Int]
  /// By kept column: the response along its direction.
  private let projections: [Double]
  /// By column: its coordinates along the directions of kept columns, as many as there were then, itself included.
  private let coordinates: [[Double]]

  /// - Parameters:
  ///   - columns: (p, n).
  ///   - response: (n).
  init(_ columns: [[Double]], _ response: [Double]) {
    var (directions, kept, projections, coordinates) = ([[Double]](), [Int](), [Double](), [[Double]]())
    var rest = response
    for (index, column) in columns.enumerated() {
      var (own, along) = (column, [Double](repeating: 0, count: directions.count))
      let size = Self.product(column, column).squareRoot()
      for _ in 0..<2 {
        for (place, direction) in directions.enumerated() {
          let part = Self.product(own, direction)
          along[place] += part
          for row in own.indices { own[row] -= part * direction[row] }
        }
      }
      let length = Self.product(own, own).squareRoot()
      if length > 1e-9 * size {
        for row in own.indices { own[row] /= length }
        along.append(length)
        let projection = Self.product(rest, own)
        for row in rest.indices { rest[row] -= projection * own[row] }
        directions.append(own)
        kept.append(index)
        projections.append(projection)
      }
      coordinates.append(along)
    }
    (self.kept, self.projections, self.coordinates) = (kept, projections, coordinates)
    total = Self.product(response, response)
    residual = Self.product(rest, rest)
  }

  /// The sum of squares of the response along the columns from this one on, beside those before, and how many they are.
  func squares(from first: Int) -> (squares: Double, degrees: Int) {
    let own = zip(kept, projections).filter { $0.0 >= first }
    return (own.reduce(0) { $0 + $1.1 * $1.1 }, own.count)
  }

  /// The value of w b for the coefficients b, and its variance in units of that of an observation; nil where the rows
  /// do not determine it.
  func form(_ weights: [Double]) -> (value: Double, variance: Double)? {
    // The coordinates c of the form along the directions solve R^T c = w over the kept columns.
    var along = [Double](repeating: 0, count: rank)
    var place = 0
    for (index, own) in coordinates.enumerated() {
      let isKept = place < kept.count && kept[place] == index
      let before = (0..<(isKept ? own.count - 1 : own.count)).reduce(0) { $0 + own[$1] * along[$1] }
      if isKept {
        along[place] = (weights[index] - before) / own[place]
        place += 1
      } else if abs(weights[index] - before) > 1e-7 * max(1, abs(weights[index])) {
        return nil
      }
    }
    return (Self.product(along, projections), Self.product(along, along))
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}
