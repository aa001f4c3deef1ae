/// The reason for which scores cannot be ranked.
package enum RankingError: Error, Hashable, Sendable {
  case noScores
  case repeated(candidate: [String], task: String, replicate: String)
  case mixedMetrics(task: String, Metric, Metric)
  case noShare(task: String, Metric)
}

extension RankingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noScores: "there is no score to rank"
    case .repeated(let candidate, let task, let replicate):
      "candidate \(candidate.joined(separator: ",")) has two scores on task \(task), replicate \(replicate)"
    case .mixedMetrics(let task, let a, let b):
      "task \(task) is measured by \(a.rawValue) and by \(b.rawValue): they cannot be ranked together"
    case .noShare(let task, let metric):
      "a harmonic mean is of measures from 0 to 1, and task \(task) is measured by \(metric.rawValue)"
    }
  }
}
