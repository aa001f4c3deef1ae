/// Predicted and true values of a regression, in double. n rows.
package struct Regression: Sendable, Measurable {
  package static let measures = [Metric.rmse, .r2, .pearson, .spearman]

  /// (n).
  package let predicted: [Double]
  /// (n).
  package let targets: [Double]

  package init(predicted: [Double], targets: [Double]) {
    precondition(predicted.count == targets.count, "\(predicted.count) predictions of \(targets.count) targets")
    precondition((predicted + targets).allSatisfy(\.isFinite), "a value is not finite")
    self.predicted = predicted
    self.targets = targets
  }

  package var rows: Int { targets.count }

  package func prepared() -> ([Int32]) -> [Double?] {
    let measures = Self.measures.map(prepared)
    return { weights in measures.map { $0(weights) } }
  }

  /// Root mean squared error, the coefficient of determination, Pearson's and Spearman's correlation (the latter of
  /// mean ranks). A correlation is undefined where either side is constant, the coefficient of determination where the
  /// targets are.
  package func prepared(_ metric: Metric) -> WeightedMeasure {
    switch metric {
    case .rmse: return error
    case .r2: return determination
    case .pearson: return { Self.correlation(predicted, targets, $0) }
    case .spearman:
      let orders = (Ordering(predicted), Ordering(targets))
      return { Self.correlation(orders.0.ranks(weights: $0), orders.1.ranks(weights: $0), $0) }
    default: return { _ in nil }
    }
  }

  private func error(_ weights: [Int32]) -> Double? {
    var sum = 0.0, count = 0.0
    for row in targets.indices {
      let difference = predicted[row] - targets[row], weight = Double(weights[row])
      sum += weight * difference * difference
      count += weight
    }
    return count > 0 ? (sum / count).squareRoot() : nil
  }

  /// R2 = 1 - sum (y - p)^2 / sum (y - mean y)^2: the part of the targets' variance that the predictions account for;
  /// below 0 where their mean would be the better prediction.
  private func determination(_ weights: [Int32]) -> Double? {
    let used = targets.indices.filter { weights[$0] > 0 }
    guard let first = used.first, used.contains(where: { targets[$0] != targets[first] }) else { return nil }
    let count = used.reduce(0) { $0 + Double(weights[$1]) }
    let mean = used.reduce(0) { $0 + Double(weights[$1]) * targets[$1] } / count
    var residual = 0.0, spread = 0.0
    for row in used {
      let weight = Double(weights[row]), error = targets[row] - predicted[row], distance = targets[row] - mean
      residual += weight * error * error
      spread += weight * distance * distance
    }
    return spread > 0 ? 1 - residual / spread : nil
  }

  private static func correlation(_ a: [Double], _ b: [Double], _ weights: [Int32]) -> Double? {
    let used = a.indices.filter { weights[$0] > 0 }
    guard let first = used.first, used.contains(where: { a[$0] != a[first] }),
      used.contains(where: { b[$0] != b[first] })
    else { return nil }
    var count = 0.0, meanA = 0.0, meanB = 0.0
    for row in used {
      let weight = Double(weights[row])
      count += weight
      meanA += weight * a[row]
      meanB += weight * b[row]
    }
    meanA /= count
    meanB /= count
    var products = 0.0, squaresA = 0.0, squaresB = 0.0
    for row in used {
      let weight = Double(weights[row]), x = a[row] - meanA, y = b[row] - meanB
      products += weight * x * y
      squaresA += weight * x * x
      squaresB += weight * y * y
    }
    guard squaresA > 0, squaresB > 0 else { return nil }
    return max(-1, min(1, products / (squaresA.squareRoot() * squaresB.squareRoot())))
  }
}
