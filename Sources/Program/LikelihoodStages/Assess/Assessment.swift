import Rankings

/// Predictors of one set of rows with their metrics, and the differences of the first to each other.
struct Assessment {
  static func metrics(isBinary: Bool) -> [Metric] { isBinary ? [.auroc, .auprc, .spearman] : [.spearman] }

  let predictors: [AssessedDocument.Predictor]
  let differences: [AssessedDocument.Difference]

  /// - Parameters:
  ///   - columns: by predictor its values, a number for each row; the first one is the score.
  ///   - labels: a number for each row; of classes 0 and 1.
  init(_ columns: [(name: String, values: [Double])], labels: [Double], isBinary: Bool, seed: Int) {
    let metrics = Self.metrics(isBinary: isBinary)
    let measures = columns.flatMap { column in
      metrics.map { Self.measure($0, column.values, labels) }
    }
    let once = [Int32](repeating: 1, count: labels.count)
    let values = measures.map { $0(once) }
    let resamples = Bootstrap.defaultResamples
    let samples = Bootstrap(rows: labels.count, resamples: resamples, seed: seed)
      .values(of: measures, on: 0..<resamples)
    let count = metrics.count
    predictors = columns.enumerated().map { column, predictor in
      AssessedDocument.Predictor(
        name: predictor.name,
        metrics: metrics.enumerated().map { number, metric in
          let place = column * count + number
          return .init(
            metric: metric,
            value: Bootstrap.estimate(values[place], samples[place].compactMap(\.self), of: resamples))
        })
    }
    differences = columns.enumerated().dropFirst().map { column, predictor in
      AssessedDocument.Difference(
        from: predictor.name,
        metrics: metrics.enumerated().map { number, metric in
          let place = column * count + number
          let value = values[number].flatMap { own in values[place].map { own - $0 } }
          let sample = zip(samples[number], samples[place]).compactMap { own, other in
            own.flatMap { own in other.map { own - $0 } }
          }
          return .init(metric: metric, value: Bootstrap.estimate(value, sample, of: resamples))
        })
    }
  }

  private static func measure(_ metric: Metric, _ values: [Double], _ labels: [Double]) -> WeightedMeasure {
    if metric == .spearman { return Regression(predicted: values, targets: labels).prepared(.spearman) }
    let classes = labels.map { Int($0) }
    return Predictions(labels: classes, predicted: classes.map { _ in 0 }, classes: 2, scores: [values])
      .prepared(metric)
  }
}
