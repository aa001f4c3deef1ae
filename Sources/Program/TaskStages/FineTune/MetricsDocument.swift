package import Artifacts
import DataStages
package import Inputs
import ModelStages
package import Rankings

/// The `metrics` artifact: one model on one task. The model is an architecture with its training, or of another kind,
/// a baseline, which has a name instead.
package struct MetricsDocument: Codable {
  /// The difference of figures up to which two numeric environments agree, relative to figures above 1: kernels sum in
  /// other orders, by 1e-7 of a float at a time, and all golden figures of the stages hold within it on every kernel
  /// that was tried (`GoldenDigestTests`). A row that falls to the other side of a threshold can be more, and is told.
  package static let tolerance = 1e-3

  package struct Epoch: Codable {
    /// Mean loss on the hold-out: cross-entropy in nats, or squared error of standardised targets.
    package let loss: Double
    /// The number by which the epoch is chosen, higher is better: the primary metric on the hold-out, RMSE with minus.
    package let score: Double
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
  package var architecture: String?
  /// A baseline in words, and what was chosen for it.
  package var model: String?
  var settings: String?
  package let parameters: Int
  /// Blocks of the path whose weights were inherited.
  var inheritedBlocks: Int?
  package var epochs: [Epoch]?
  /// From 1.
  package var chosenEpoch: Int?
  let rows: TaskRows
  var encoded: [Encoded]?
  /// The log-odds of the second of two classes above which a row is taken to be of that class, chosen on the hold-out;
  /// nil for other labels, and in older documents, where it is 0.
  package var threshold: Double?
  /// The names of the classes, in the order of `confusion`; nil where labels are values, and in older documents.
  package var classes: [String]?
  package let metrics: Metrics
  /// The digest of what was trained, on what and how, but for its seed and for how its epoch was chosen; nil for what
  /// is no training, and in older documents.
  var recipe: String?
}

extension MetricsDocument {
  /// The metrics of a model that is fitted at once.
  package init(
    architecture: String?, model: String?, settings: String, parameters: Int, rows: TaskRows, threshold: Double?,
    classes: [String]?, metrics: Metrics
  ) {
    self.init(
      architecture: architecture, model: model, settings: settings, parameters: parameters, inheritedBlocks: nil,
      rows: rows, threshold: threshold, classes: classes, metrics: metrics)
  }

  /// Writes the document to the port `metrics`, and warns of predictions that are all alike.
  package func write(_ context: StageContext) throws {
    for note in predictedAlike { context.report(.warning(note)) }
    try context.outputs.write("metrics", "", JSONArtifact.encode(self))
  }

  /// The loss that is trained: labels that are values have no classes, and a metric of values.
  package var lossName: String {
    [.rmse, .r2, .pearson, .spearman].contains(metrics.primary)
      ? "squared error of standardised targets" : "cross-entropy, nats"
  }

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

extension ArtifactKind {
  /// The metrics of one model on one task.
  package static let metrics = ArtifactKind("metrics")
}
