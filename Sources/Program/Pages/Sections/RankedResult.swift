import Inputs
import PageWriting
import Rankings
import Sessions
import TaskStages
import Wording

/// A ranking of a run, with the names of its candidates' axes.
struct RankedResult {
  let output: ReportedRun.Output
  let document: RankingDocument
  let axes: [String: [String]]
  let candidates: [[String]: RankingDocument.Candidate]

  var name: String { output.address }

  /// The rankings of a run whose bytes are there, at most `limit`; with the number of all. Those that nothing ranks
  /// again come first, for they answer the question; those that chose for them follow, the last before the first.
  static func all(_ run: ReportedRun, limit: Int = 6) -> (found: [RankedResult], of: Int) {
    let (all, count) = run.outputs([.ranking], limit: limit)
    let nodes = Set(all.map(\.node.name))
    let later = run.plan.map { plan in
      Dictionary(uniqueKeysWithValues: nodes.map { ($0, plan.nodes(after: $0).intersection(nodes).count) })
    }
    let places = all.indices.sorted { a, b in
      let (first, second) = (later?[all[a].node.name] ?? 0, later?[all[b].node.name] ?? 0)
      return (first, a) < (second, b)
    }
    let outputs = places.map { all[$0] }
    let found = outputs.prefix(limit).compactMap { output -> RankedResult? in
      guard let artifact = run.artifact(output), let document = try? RankingDocument(artifact) else { return nil }
      return RankedResult(
        output: output, document: document, axes: run.axes(output.node),
        candidates: Dictionary(document.candidates.map { ($0.candidate, $0) }) { first, _ in first })
    }
    return (found, count)
  }

  /// The names of the axes of candidates; nil where they are not known.
  var names: [String]? {
    let width = document.ranking.rows.first?.candidate.count ?? 0
    return axes["candidate"].flatMap { $0.count == width ? $0 : nil }
  }

  /// `k=6, architecture=c16`
  func words(_ candidate: [String]) -> String {
    guard !candidate.isEmpty else { return "the candidate" }
    return names.map { zip($0, candidate).map { "\($0)=\($1)" }.joined(separator: ", ") }
      ?? candidate.joined(separator: ", ")
  }

  /// How many the data do not tell apart from the first, in words.
  func tied(_ best: Ranking.Row) -> String {
    let known = document.ranking.rows.filter { $0.rank > 1 && $0.isTied != nil }
    guard !known.isEmpty else { return "; whether the data tell it apart from the others is not known" }
    let tied = known.count { $0.isTied == true }
    return tied == 0
      ? "; the data tell it apart from all others"
      : "; the data do not tell \(tied == 1 ? "another" : "\(tied) others") apart from it"
  }

  /// The blocks of the first rankings, and a line that names the others; none where the first have none.
  static func blocks(_ rankings: [RankedResult], first count: Int, _ body: (RankedResult) -> [Block]) -> [Block] {
    let (blocks, rest) = (rankings.prefix(count).flatMap(body), rankings.dropFirst(count).map(\.name))
    guard !blocks.isEmpty, !rest.isEmpty else { return blocks }
    return blocks + [.lines(["\(rest.joined(separator: ", ")): not drawn here, but the first \(count) rankings alone"])]
  }

  /// `0.895 (0.850 to 0.935)`
  static func words(_ estimate: Estimate?) -> String {
    guard let estimate, let value = estimate.value else { return "none" }
    guard let low = estimate.low, let high = estimate.high else { return "\(Words.fixed(value, 3)), no interval" }
    return "\(Words.fixed(value, 3)) (\(Words.fixed(low, 3)) to \(Words.fixed(high, 3)))"
  }
}
