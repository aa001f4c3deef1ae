import Figures
import Inputs
import PageWriting
import Rankings
import Tables
import TaskStages
import Wording

/// The rows of test that the first candidate of a ranking, and the baselines beside it, got right.
enum ClassesSection {
  private static let rankings = 2
  /// Tasks of a ranking, and classes of a task, that are shown.
  private static let tasks = 4
  private static let classes = 24

  /// A model on one task, with its name.
  private struct Named {
    let name: String
    let measured: Measured
  }

  static func section(_ run: ReportedRun, _ rankings: [RankedResult]) -> Section {
    let blocks = RankedResult.blocks(rankings, first: Self.rankings) { self.blocks(run, $0) }
    guard !blocks.isEmpty else {
      return .absent(
        "Errors by class",
        "No confusion of classes: no ranking has a first candidate whose labels are classes")
    }
    return Section("classes", "Errors by class", blocks)
  }

  private static func blocks(_ run: ReportedRun, _ ranked: RankedResult) -> [Block] {
    guard let best = ranked.document.ranking.best else { return [] }
    let candidate = Measured.all(run, ranked, at: "scores", best.candidate).map {
      Named(name: ranked.words(best.candidate), measured: $0)
    }
    let baselines = (ranked.document.baselines ?? []).flatMap { baseline in
      Measured.all(run, ranked, at: "baselines", baseline.candidate).map { Named(name: baseline.name, measured: $0) }
    }
    let all = ranked.document.ranking.tasks.map(\.task)
    var blocks: [Block] = []
    for task in all.prefix(Self.tasks) {
      // Replicates differ by their seeds alone: the first stands for them.
      let own = [candidate, baselines].flatMap { models in
        Dictionary(grouping: models.filter { $0.measured.task == task }, by: \.name)
          .sorted { $0.key < $1.key }.compactMap(\.value.first)
      }
      let more = candidate.count { $0.measured.task == task } - 1
      let title = [ranked.name, task].filter { !$0.isEmpty }.joined(separator: ", ")
      blocks += confusions(own, title) + rates(own, title)
      if more > 0 { blocks.append(.lines(["\(title): the first of \(more + 1) replicates is shown, by name"])) }
    }
    if all.count > Self.tasks {
      blocks.append(.lines(["\(Self.tasks) of \(all.count) tasks are shown, the first by name"]))
    }
    return blocks
  }

  private static func confusions(_ models: [Named], _ title: String) -> [Block] {
    models.compactMap { model in
      guard let metrics = model.measured.metrics, let counts = metrics.metrics.test.confusion,
        counts.count <= classes
      else { return nil }
      let known = metrics.classes ?? []
      let names = counts.indices.map { $0 < known.count ? known[$0] : String($0) }
      let table = Table(
        ["class"] + names.map { "called \($0)" }, numeric: Set(1...counts.count),
        rows: zip(names, counts).map { [$0] + $1.map(Words.grouped) })
      return .figure(
        Drawing(
          "\(title): confusion on test, \(model.name)", "Rows of test by their class and the class they were called.",
          ConfusionMatrix("confusion", title: "\(title): \(model.name)", classes: names, counts: counts), numbers: table
        ))
    }
  }

  /// Curves and calibration of classes, where predictions are kept.
  private static func rates(_ models: [Named], _ title: String) -> [Block] {
    var (roc, recall): ([RateChart.Curve], [RateChart.Curve]) = ([], [])
    var points: [(name: String, rates: RateCurve)] = []
    var blocks: [Block] = []
    for model in models {
      guard let kept = model.measured.predictions, let split = kept.splits["test"],
        let predictions = split.predictions as? Predictions, predictions.classes <= classes
      else { continue }
      let shown = predictions.classes == 2 ? [1] : Array(0..<predictions.classes)
      for place in shown {
        guard let rates = predictions.rates(of: place) else { continue }
        let name = kept.classes.indices.contains(place) ? kept.classes[place] : String(place)
        // The curves of two classes are of the second, whose areas the metrics have.
        let area = { (metric: Metric) in
          shown.count == 1 ? predictions.value(of: metric).map { ", area \(Words.fixed($0, 3))" } ?? "" : ""
        }
        let label = shown.count == 1 ? model.name : "\(model.name), \(name)"
        points.append((label, rates))
        roc.append(
          RateChart.Curve(
            label + area(.auroc), points: rates.points.map { Plot.Point(x: $0.falsePositiveRate, y: $0.recall) },
            baseRate: rates.baseRate))
        recall.append(
          RateChart.Curve(
            label + area(.auprc), points: rates.points.map { Plot.Point(x: $0.recall, y: $0.precision) },
            baseRate: rates.baseRate))
      }
      if let calibration = predictions.calibration { blocks.append(reliability(calibration, model.name, title)) }
    }
    let (rocs, recalls) = (roc.prefix(8), recall.prefix(8))
    guard !rocs.isEmpty else { return blocks }
    let rule = roc.count > rocs.count ? "; \(rocs.count) of \(roc.count) curves, the first by class" : ""
    return [
      .figure(
        Drawing(
          "\(title): ROC on test", "The share of negatives against that of positives called positive\(rule).",
          RateChart("roc", title: "\(title): ROC on test", kind: .receiver, curves: Array(rocs)),
          numbers: Self.table("recall, false positives at most", points, [0.01, 0.05, 0.1, 0.2, 0.5]) { rates, most in
            rates.points.filter { $0.falsePositiveRate <= most }.map(\.recall).max()
          })),
      .figure(
        Drawing(
          "\(title): precision and recall on test", "Recall against precision at all thresholds\(rule).",
          RateChart(
            "precision-recall", title: "\(title): precision and recall on test", kind: .precisionRecall,
            curves: Array(recalls)),
          numbers: Self.table("precision, recall at least", points, [0.5, 0.8, 0.9, 0.95, 0.99]) { rates, least in
            rates.points.filter { $0.recall >= least }.map(\.precision).max()
          })),
    ] + blocks
  }

  /// A table of what thresholds reach within bounds, of all curves, whether they are drawn or not.
  private static func table(
    _ what: String, _ curves: [(name: String, rates: RateCurve)], _ bounds: [Double],
    _ best: (RateCurve, Double) -> Double?
  ) -> Table {
    Table(
      ["curve"] + bounds.map { "\(what) \(Words.fixed(100 * $0, 0)) %" }, numeric: Set(1...bounds.count),
      rows: curves.map { curve in
        [curve.name] + bounds.map { bound in best(curve.rates, bound).map { Words.fixed($0, 3) } ?? "-" }
      })
  }

  private static func reliability(_ calibration: Calibration, _ name: String, _ title: String) -> Block {
    let range = { (estimate: Estimate) -> ClosedRange<Double>? in
      guard let low = estimate.low, let high = estimate.high, low <= high else { return nil }
      return low...high
    }
    let bins = calibration.bins.map {
      ReliabilityChart.Bin(
        forecast: $0.forecast, observed: $0.observed.value ?? 0, interval: range($0.observed), count: $0.rows)
    }
    let perfect = calibration.perfect()
    let errors =
      "expected calibration error \(Words.fixed(calibration.expectedError, 3)), Brier score "
      + "\(Words.fixed(calibration.brier, 3)); perfect probabilities of so many rows have an error of "
      + "\(Words.fixed(perfect.mean, 3)) on average, and at most "
      + "\(Words.fixed(perfect.upper, 3)) in 95 of 100 draws"
    return .figure(
      Drawing(
        "\(title): calibration on test, \(name)", "How often what was said with a probability came true; \(errors).",
        ReliabilityChart(
          "calibration", title: "\(title): \(name)", bins: bins, caption: "bins of equal numbers of rows; \(errors)"),
        numbers: Table(
          ["mean probability", "share that came true", "95 % interval", "rows"], numeric: [0, 1, 3],
          rows: calibration.bins.map {
            [
              Words.fixed($0.forecast, 3), $0.observed.value.map { Words.fixed($0, 3) } ?? "-",
              range($0.observed).map { "\(Words.fixed($0.lowerBound, 3)) to \(Words.fixed($0.upperBound, 3))" } ?? "-",
              Words.grouped($0.rows),
            ]
          })))
  }
}
