/// Columns with mean 0 and deviation 1 over train; a column that is constant there is 0 in every row. f columns.
package struct ColumnScale: Sendable {
  /// (f).
  private let means: [Double]
  /// (f): 1 over the deviation of the population, 0 for a constant column.
  private let factors: [Double]

  /// The scale of a train of `values` (n, f), row by row; n > 0.
  package init(_ values: [Float], columns: Int) {
    precondition(columns > 0 && !values.isEmpty && values.count % columns == 0, "\(values.count) in \(columns) columns")
    let count = Double(values.count / columns)
    var sums = [Double](repeating: 0, count: columns)
    Self.forEach(values, columns) { sums[$0] += $1 }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: columns)
    Self.forEach(values, columns) { squares[$0] += ($1 - means[$0]) * ($1 - means[$0]) }
    self.means = means
    factors = zip(means, squares).map { mean, squares in
      let deviation = (squares / count).squareRoot()
      // A smaller one is the rounding of equal numbers.
      return deviation > 4 * Double(Float.ulpOfOne) * abs(mean) ? 1 / deviation : 0
    }
  }

  /// Replaces rows (n, f) by the scaled ones.
  package func apply(to values: inout [Float]) {
    for first in stride(from: 0, to: values.count, by: means.count) {
      for column in means.indices {
        values[first + column] = Float((Double(values[first + column]) - means[column]) * factors[column])
      }
    }
  }

  /// The weights (m, f) and intercepts (m) that give for unscaled rows the outputs of a model of scaled ones.
  package func folded(into model: LinearModel) -> (weight: [Double], bias: [Double]) {
    let (m, f) = (model.outputs, means.count)
    var weight: [Double] = []
    var bias = Array(model.weights.suffix(m))
    for output in 0..<m {
      for column in 0..<f {
        weight.append(model.weights[column * m + output] * factors[column])
        bias[output] -= weight[weight.count - 1] * means[column]
      }
    }
    return (weight, bias)
  }

  private static func forEach(_ values: [Float], _ columns: Int, _ body: (_ column: Int, _ value: Double) -> Void) {
    for first in stride(from: 0, to: values.count, by: columns) {
      for column in 0..<columns { body(column, Double(values[first + column])) }
    }
  }
}
