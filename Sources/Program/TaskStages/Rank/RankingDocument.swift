package import Artifacts
import Inputs
import ModelStages
package import Rankings
package import Searches

/// The `ranking` artifact: the order by dev, and beside it what test says, which decides nothing.
package struct RankingDocument: Codable {
  package struct Candidate: Codable {
    package let candidate: [String]
    package let architecture: String
    package let parameters: Int
    /// By task, in the order of the ranking's tasks: mean over replicates of the primary metric on test, with the
    /// means of the bounds of its 95 % interval.
    package let test: [Estimate]
  }
  package let ranking: Ranking
  /// In the order of rank; only those that have results.
  package let candidates: [Candidate]
  /// nil without any.
  package let baselines: [Baseline]?
  /// The findings of audits, by task; nil without any, and in older documents.
  package let audits: [Audited]?
  /// By candidate and task, the trial that counts; nil where there is one each, and in older documents.
  package let trials: [BestTrial]?

  init(
    _ ranking: Ranking, _ scores: [CandidateScore], baselines: [Baseline], audits: [Audited] = [],
    trials: [BestTrial] = []
  ) {
    self.trials = trials.isEmpty ? nil : trials
    self.baselines = baselines.isEmpty ? nil : baselines
    self.audits = audits.isEmpty ? nil : audits
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

extension RankingDocument {
  /// A candidate with a score.
  package struct Scored {
    package let rank: Int
    package let candidate: [String]
    package let architecture: String
    package let score: Double
    /// Whether the data do not tell it apart from the first; nil where that is not known.
    package let isTied: Bool?
    /// By task, in their order, on dev: means over replicates, more being better.
    package let results: [Double]
  }

  /// The document of an artifact.
  package init(_ artifact: any InputArtifact) throws {
    self = try JSONArtifact.decode(RankingDocument.self, artifact.bytes())
  }

  /// The candidates that have a score, in order.
  package var scored: [Scored] {
    let architectures = Dictionary(uniqueKeysWithValues: candidates.map { ($0.candidate, $0.architecture) })
    return ranking.rows.compactMap { row in
      guard let score = row.score, let architecture = architectures[row.candidate] else { return nil }
      let results = zip(ranking.tasks, row.results).map { ($0.higherIsBetter ? 1 : -1) * $1.estimate.value! }
      return Scored(
        rank: row.rank, candidate: row.candidate, architecture: architecture, score: score, isTied: row.isTied,
        results: results)
    }
  }
}

extension ArtifactKind {
  /// Candidates in order, with their scores.
  package static let ranking = ArtifactKind("ranking")
}
