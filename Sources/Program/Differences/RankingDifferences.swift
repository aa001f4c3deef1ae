import Artifacts
import Rankings
import Statistics
import TaskStages

/// How two rankings differ.
package struct RankingDifferences: Encodable {
  /// A candidate that is told apart from the first on one side alone.
  package struct Move: Encodable {
    package let candidate: String
    package let old: Int
    package let new: Int
  }

  package let step: String
  /// Candidates with a score in both, in the old one alone, and in the new one alone.
  package let common: Int
  package let gone: Int
  package let added: Int
  package let oldBest: String
  package let newBest: String
  /// Whether the new ranking's data tell the old best apart from the new one; nil where that is not known.
  package let isOldBestBehind: Bool?
  /// Kendall's tau-b of the scores of common candidates.
  package let tau: Double?
  /// The candidates that both have among the first tenth, at least one.
  package let topShared: Int
  package let top: Int
  /// Candidates that joined the group which the data do not tell apart from the first, and that left it, by rank.
  package let joined: [Move]
  package let left: [Move]

  /// nil where a side has no candidate with a score.
  init?(step: String, _ old: RankingDocument, _ new: RankingDocument) {
    let (before, after) = (old.scored, new.scored)
    guard let first = before.first, let best = after.first else { return nil }
    self.step = step
    let name = { (scored: RankingDocument.Scored) in scored.candidate.joined(separator: ",") }
    let known = Dictionary(before.map { ($0.candidate, $0) }) { first, _ in first }
    let pairs = after.compactMap { new in known[new.candidate].map { (old: $0, new: new) } }
    common = pairs.count
    (gone, added) = (before.count - pairs.count, after.count - pairs.count)
    (oldBest, newBest) = (name(first), name(best))
    isOldBestBehind = after.first { $0.candidate == first.candidate }?.isTied.map { !$0 }
    tau = Kendall.tau(pairs.map(\.old.score), pairs.map(\.new.score))
    top = max(1, min(before.count, after.count) / 10)
    topShared = Set(before.prefix(top).map(\.candidate)).intersection(after.prefix(top).map(\.candidate)).count
    let moves = { (was: Bool, keep: Bool) in
      pairs.filter { $0.old.isTied == was && $0.new.isTied == keep }
        .map { Move(candidate: name($0.new), old: $0.old.rank, new: $0.new.rank) }
    }
    (joined, left) = (moves(false, true), moves(true, false))
  }
}
