import Artifacts
import ModelStages
import Rankings
import Searches
import TaskStages

/// The `correlation` artifact.
struct CorrelationDocument: Codable {
  /// One architecture.
  struct Row: Codable {
    let architecture: String
    let parameters: Int
    /// By task, on test, and their mean.
    let results: [Double]
    let mean: Double
    /// Bits per letter of held-out sequences, or nats per token.
    let loss: Double
    /// Floating-point operations of the pretraining; nil where its history does not tell them.
    let operations: Double?
  }

  let tasks: [String]
  /// Whether losses are bits per letter.
  let isByLetter: Bool
  let rows: [Row]
  /// Candidates that lack a result or a loss.
  let left: Int
  /// The correlation of the mean over tasks with the loss, and that of each task.
  let ofMean: RankCorrelation
  let byTask: [RankCorrelation]

  /// Throws a `StageFailure` for tasks of several metrics and for histories that cannot be compared.
  init(_ ranking: RankingDocument, _ histories: [TrainingHistory]) throws {
    let tasks = ranking.ranking.tasks
    guard Set(tasks.map(\.metric)).count == 1, tasks[0].higherIsBetter else {
      throw StageFailure(
        code: "several-metrics", "results are averaged over tasks: one metric that grows must be of all of them")
    }
    guard Set(histories.map { $0.objective ?? "mm" }).count == 1 else {
      throw StageFailure(code: "several-objectives", "the histories are of several objectives, or there is none")
    }
    var points: [String: (point: TrainingHistory.HeldOutPoint, operations: Double?)] = [:]
    for history in histories {
      for point in history.heldOut {
        guard points.updateValue((point, history.operations), forKey: point.architecture) == nil else {
          throw StageFailure(code: "two-histories", "\(point.architecture) has two held-out losses")
        }
      }
    }
    let isByLetter = points.values.allSatisfy { $0.point.bits != nil }
    let scored = Set(ranking.scored.map(\.candidate))
    let rows = ranking.candidates.compactMap { candidate -> Row? in
      let results = candidate.test.compactMap(\.value)
      guard scored.contains(candidate.candidate), results.count == tasks.count,
        let (point, operations) = points[candidate.architecture]
      else { return nil }
      return Row(
        architecture: candidate.architecture, parameters: candidate.parameters, results: results,
        mean: results.reduce(0, +) / Double(results.count), loss: isByLetter ? point.bits! : point.loss,
        operations: operations)
    }
    let losses = rows.map(\.loss)
    self.tasks = tasks.map(\.task)
    (self.isByLetter, self.rows, left) = (isByLetter, rows, ranking.ranking.rows.count - rows.count)
    ofMean = RankCorrelation(rows.map(\.mean), losses)
    byTask = tasks.indices.map { task in RankCorrelation(rows.map { $0.results[task] }, losses) }
  }

  /// The largest number of operations over the least; nil where one is not known.
  var spread: Double? {
    let known = rows.compactMap(\.operations)
    guard known.count == rows.count, let low = known.min(), let high = known.max(), low > 0 else { return nil }
    return high / low
  }
}
