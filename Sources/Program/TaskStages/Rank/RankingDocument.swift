package import Artifacts
import Inputs
import ModelStages
import Rankings

/// The `ranking` artifact: the order by dev, and beside it what test says, which decides nothing.
struct RankingDocument: Codable {
  struct Candidate: Codable {
    let candidate: [String]
    let architecture: String
    let parameters: Int
    /// By task, in the order of the ranking's tasks: mean over replicates of the primary metric on test, with the
    /// means of the bounds of its 95 % interval.
    let test: [Estimate]
  }
  let ranking: Ranking
  /// In the order of rank; only those that have results.
  let candidates: [Candidate]
  /// nil without any.
  let baselines: [Baseline]?

  init(_ ranking: Ranking, _ scores: [CandidateScore], baselines: [Baseline]) {
    self.baselines = baselines.isEmpty ? nil : baselines
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

extension ArtifactKind {
  /// Candidates in order, with their scores.
  package static let ranking = ArtifactKind("ranking")
}
