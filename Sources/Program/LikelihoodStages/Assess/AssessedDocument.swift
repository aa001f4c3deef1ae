import Rankings

/// The artifact `assessed`: how well scores order labels, beside what is no model's.
struct AssessedDocument: Codable {
  /// The column of scores, and whether lower ones are of larger labels.
  let score: String
  let isTurned: Bool
  let isBinary: Bool
  /// Rows that are measured, and those of class 1 among them.
  let rows: Int
  let positives: Int?
  let joined: Joined
  /// The score first.
  let predictors: [Predictor]
  /// Differences of the score to each other predictor, on the same resamples of rows.
  let differences: [Difference]

  /// Counts of names that join, and of those that do not.
  struct Joined: Codable {
    /// Rows of scores, and labels.
    let scores: Int
    let labels: Int
    /// Labels that were found under another name of a gene.
    let aliases: Int
    /// Scores without a label, those without a number, and labels without a score, with the first names of the latter.
    let unlabelled: Int
    let unscored: Int
    let unused: Int
    let firstUnused: [String]
    /// Rows that lack a predictor, by its name; they are not measured.
    let lacking: [String: Int]
  }

  struct Predictor: Codable {
    let name: String
    /// By metric.
    let metrics: [Measured]
  }

  struct Measured: Codable {
    let metric: Metric
    let value: Estimate
  }

  struct Difference: Codable {
    /// The other predictor.
    let from: String
    let metrics: [Measured]
  }
}
