import Artifacts
import Rankings

/// The `metrics` artifact: one model on one task. The model is an architecture with its training, or of another kind,
/// a baseline, which has a name instead.
struct MetricsDocument: Codable {
  struct Epoch: Codable {
    /// Mean loss on the hold-out: cross-entropy in nats, or squared error of standardised targets.
    let loss: Double
    /// What the epoch is chosen by, higher is better: the primary metric on the hold-out, RMSE with a minus.
    let score: Double
  }
  /// Rows of each split as used, and exact duplicates that were found.
  struct Rows: Codable {
    let train: Int
    let holdOut: Int
    let dev: Int
    let test: Int
    /// Training rows dropped because dev or test has the same sequence.
    let droppedFromTrain: Int
    /// Rows of dev and of test whose sequence train has too.
    let devInTrain: Int
    let testInTrain: Int
    /// Rows of test whose sequence dev has too.
    let testInDev: Int
    /// Training sequences that carry more than one label.
    let conflictingLabels: Int
    /// Training rows beyond the first that `rows` takes.
    var beyondLimit: Int?
    /// Classes of which train has rows, none of which is trained on.
    var classesNotTrained: [String]?
    /// Notes on what reading left out.
    var notes: [String]?
  }
  /// Sequences of a split as the model reads them. A sequence without a token is read as one [UNK].
  struct Encoded: Codable {
    let split: String
    let sequences: Int
    let withoutToken: Int
    let ofUnknownAlone: Int
    let letters: Int
    let lettersInNoToken: Int
    let tokens: Int
    let unknown: Int
    /// Sequences longer than `max-length`, and the letters beyond.
    let cut: Int
    let lettersCut: Int
    /// Training sequences none of whose letters has a label that counts; they are not trained on.
    let withoutLabel: Int
  }
  var architecture: String?
  /// What a baseline is, in words, and what was chosen for it.
  var model: String?
  var settings: String?
  let parameters: Int
  /// Blocks of the path whose weights were inherited.
  var inheritedBlocks: Int?
  var epochs: [Epoch]?
  /// From 1.
  var chosenEpoch: Int?
  let rows: Rows
  var encoded: [Encoded]?
  /// The names of the classes, in the order of `confusion`; nil where labels are values, and in older documents.
  var classes: [String]?
  let metrics: Metrics
}

extension MetricsDocument {
  private var splits: [(name: String, metrics: SplitMetrics)] { [("dev", metrics.dev), ("test", metrics.test)] }

  /// Notes on splits whose rows are all of one class.
  var ofOneClass: [String] {
    splits.compactMap { split, metrics in
      Self.onlyClass(metrics, \.actual).map {
        "\(split): every row is of the class \(Self.name($0, classes)), so that nothing can be told apart"
      }
    }
  }

  /// Notes on other splits whose predictions are all of one class, so that measures of classes say little.
  var predictedAlike: [String] {
    splits.compactMap { split, metrics in
      guard Self.onlyClass(metrics, \.actual) == nil else { return nil }
      return Self.onlyClass(metrics, \.predicted).map {
        "\(split): every row is predicted to be \(Self.name($0, classes)); the MCC is then 0 by definition, "
          + "and so are the ends of its interval"
      }
    }
  }

  private struct Totals {
    let actual: [Int]
    let predicted: [Int]
  }

  /// The class of all rows, actual or predicted; nil where there are several, or no classes.
  private static func onlyClass(_ metrics: SplitMetrics, _ side: KeyPath<Totals, [Int]>) -> Int? {
    guard let counts = metrics.confusion, metrics.rows > 0 else { return nil }
    let totals = Totals(
      actual: counts.map { $0.reduce(0, +) },
      predicted: counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } })
    let classes = totals[keyPath: side].indices.filter { totals[keyPath: side][$0] > 0 }
    return classes.count == 1 ? classes[0] : nil
  }

  /// The name of a class; older documents know numbers alone.
  static func name(_ index: Int, _ classes: [String]?) -> String {
    classes.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? String(index)
  }
}

/// One gathered item of `rank`.
struct CandidateScore {
  let candidate: [String]
  let task: String
  let replicate: String
  /// nil: the step failed.
  let metrics: MetricsDocument?

  init(_ input: StageInput) throws {
    candidate = input.ids["candidate"] ?? []
    task = (input.ids["task"] ?? []).joined(separator: ",")
    replicate = (input.ids["replicate"] ?? []).joined(separator: ",")
    metrics = try input.artifact.map { try JSONArtifact.decode(MetricsDocument.self, $0.bytes()) }
  }

  /// As the ranking reads it. A failure has the metric of the others on its task.
  func score(among all: [CandidateScore]) -> Score {
    let primary =
      metrics?.metrics.primary ?? all.first { $0.task == task && $0.metrics != nil }?.metrics?.metrics.primary ?? .mcc
    let estimate = metrics.map { $0.metrics.dev[primary] ?? Estimate(nil) }
    return Score(
      candidate: candidate, task: task, replicate: replicate, metric: primary,
      outcome: estimate.map(Score.Outcome.value) ?? .failed("its step failed"))
  }
}

/// The `ranking` artifact: the order by dev, and beside it what test says, which decides nothing.
struct RankingDocument: Codable {
  struct Candidate: Codable {
    let candidate: [String]
    let architecture: String
    let parameters: Int
    /// By task, in the order of the ranking's tasks: mean over replicates of the primary metric on test, with the
    /// means of
    /// the bounds of its 95 % interval.
    let test: [Estimate]
  }
  let ranking: Ranking
  /// In the order of rank; only those that have results.
  let candidates: [Candidate]
  /// nil without any.
  let baselines: [Baseline]?

  init(_ ranking: Ranking, _ scores: [CandidateScore], baselines: [CandidateScore]) {
    self.baselines = baselines.isEmpty ? nil : Baseline.all(baselines, beside: ranking)
    self.ranking = ranking
    let groups = Dictionary(grouping: scores, by: \.candidate)
    candidates = ranking.rows.compactMap { row in
      let own = groups[row.candidate]?.filter { $0.metrics != nil } ?? []
      guard let first = own.first?.metrics, let architecture = first.architecture else { return nil }
      let test = ranking.tasks.map { task in
        Self.mean(own.filter { $0.task == task.task }.compactMap { $0.metrics?.metrics.test[task.metric] })
      }
      return Candidate(
        candidate: row.candidate, architecture: architecture, parameters: first.parameters, test: test)
    }
  }

  static func mean(_ estimates: [Estimate]) -> Estimate {
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.count == values.count && !known.isEmpty ? known.reduce(0, +) / Double(known.count) : nil
    }
    return Estimate(mean(estimates.map(\.value)), low: mean(estimates.map(\.low)), high: mean(estimates.map(\.high)))
  }
}
