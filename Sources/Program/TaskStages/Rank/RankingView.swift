package import Artifacts
package import DataStages
import Inputs
import JSON
import ModelStages
import Rankings
import Searches
import Tables
import Wording

extension ArtifactView {
  /// A ranking: a row for each candidate, with its ids on the axes that `axes` names by role, then one for each
  /// baseline.
  package static func ranking(_ artifact: any InputArtifact, axes: [String: [String]]) throws -> ArtifactView {
    let document = try JSONArtifact.decode(RankingDocument.self, artifact.bytes())
    let rows = document.ranking.rows
    let width = rows.map(\.candidate.count).max() ?? 1
    // A ranking knows ids. Without the names of their axes, as of another pipeline, a candidate is one column.
    let names = axes["candidate"].flatMap { $0.count == width && width > 0 ? $0 : nil }
    let front = ["rank"] + (names ?? ["candidate"])
    let cells = { (candidate: [String]) in names == nil ? [candidate.joined(separator: ",")] : candidate }
    var columns = front + ["parameters", "score"]
    var groups = Set([1, front.count])
    for task in document.ranking.tasks {
      groups.insert(columns.count)
      let prefix = task.task.isEmpty ? "" : task.task + " "
      columns += ["\(prefix)dev \(task.metric.rawValue)", "\(prefix)test \(task.metric.rawValue)", "95 % interval"]
    }
    let candidates = Dictionary(document.candidates.map { ($0.candidate, $0) }) { first, _ in first }
    var table = rows.map { row -> [TableCell] in
      let candidate = candidates[row.candidate]
      let mark = row.isTied == true && row.rank > 1 ? "=" : ""
      var line = [TableCell("\(row.rank)\(mark)", .rank(row.rank, isTied: row.isTied))]
      line += cells(row.candidate).map(TableCell.text) + [.count(candidate?.parameters)]
      line.append(row.score.map { .number($0) } ?? TableCell(row.failures.first ?? "failed", .failure))
      for (index, result) in row.results.enumerated() {
        let test = candidate.map { $0.test[index] }
        line += [.value(of: result.estimate), .number(test?.value), .interval(test)]
      }
      return line
    }
    // The name of a baseline stands in the widest of the candidates' columns.
    let place = (1..<front.count).max { a, b in
      (table.map { $0[a].text.count }.max() ?? 0) < (table.map { $0[b].text.count }.max() ?? 0)
    }
    table += (document.baselines ?? []).map { row($0, in: front.count, at: place ?? 1) }
    return ArtifactView(
      lines: notes(document, axes),
      tables: [
        Table(columns, numeric: Set(front.count..<columns.count), keys: 1, groups: groups.sorted(), cells: table)
      ] + audits(document), pictures: RankingPictures(document, axes: axes).all, json: try self.document(artifact))
  }

  /// The ids of the first candidate, each with the name of its axis where `axes` has it.
  package static func choice(_ artifact: any InputArtifact, axes: [String: [String]]) throws -> ArtifactView {
    let ids = Choice(decoding: try artifact.bytes()).ids
    let names = axes["candidate"].flatMap { $0.count == ids.count ? $0 : nil }
    let words = names.map { zip($0, ids).map { "\($0)=\($1)" } } ?? ids
    return ArtifactView(lines: [words.joined(separator: ",")], json: .array(ids.map { .string($0) }))
  }

  /// A line for each task: what its audit found.
  private static func audits(_ document: RankingDocument) -> [Table] {
    guard let audits = document.audits else { return [] }
    let rows = document.ranking.tasks.map { task in
      let own = audits.first { $0.task == task.task }
      return [task.task.isEmpty ? "the task" : task.task, own?.words ?? "not looked through"]
    }
    return [Table(["task", "an audit found"], name: "audits", groups: [], rows: rows)]
  }

  /// Lines that one must know to read the table of a ranking.
  package static func notes(_ document: RankingDocument, _ axes: [String: [String]]) -> [String] {
    let (ranking, baselines) = (document.ranking, document.baselines ?? [])
    var lines: [String] = []
    let roles = ["candidate", "task", "replicate"].compactMap { role in
      axes[role].flatMap { $0.isEmpty ? nil : "\(role): \($0.joined(separator: ", "))" }
    }
    if !roles.isEmpty { lines.append(roles.joined(separator: "; ")) }
    if let most = document.trials?.map(\.trials).max() {
      let names = axes["trial"].map { " (\($0.joined(separator: ", ")))" } ?? ""
      lines.append(
        "each result is that of the best of \(Words.count(most, "trial"))\(names) by dev, where chance makes it "
          + "larger, as it does not on test")
    }
    let scored = ranking.rows.count { $0.score != nil }
    let isInMetric = ranking.tasks.allSatisfy { !$0.hasSpread && $0.metric == ranking.tasks[0].metric }
    let isOfZ = ranking.aggregate == nil
    if let aggregate = ranking.aggregate {
      lines.append("score: the \(aggregate == .mean ? "" : "harmonic ")mean of the results on dev over tasks")
      if aggregate == .harmonicMean { lines += nothings(ranking) }
    }
    if scored == 1, isOfZ {
      lines.append(
        "one candidate has nothing to be compared with: its score is 0"
          + (baselines.isEmpty || !isInMetric ? "" : ", that of a baseline its mean difference to it on dev"))
    }
    if scored == 2, isOfZ, ranking.withoutSpread.count < ranking.tasks.count {
      lines.append(
        "score: of two candidates the better has +1 and the other -1 on every task, however far apart they are; the "
          + "mean over tasks is 0 where each is ahead on half of them")
    }
    if !baselines.isEmpty {
      lines.append(
        "- a baseline: no candidate, and in no one's score"
          + (isInMetric && isOfZ ? "" : "; its own is on the candidates' scale"))
    }
    for baseline in baselines where (baseline.score ?? -.infinity) > (ranking.best?.score ?? .infinity) {
      let doubt = baseline.isTied == true ? "; the data do not tell it apart from the first" : ""
      lines.append("the baseline '\(baseline.name)' is ahead of every candidate\(doubt)")
    }
    for baseline in baselines where (baseline.score ?? .infinity) <= (ranking.best?.score ?? -.infinity) {
      guard baseline.isTied == true else { continue }
      lines.append("the data do not tell the baseline '\(baseline.name)' apart from the first candidate")
    }
    if ranking.rows.contains(where: { $0.isTied == true && $0.rank > 1 }) {
      lines.append(
        "= the data do not tell it apart from the first: a paired bootstrap on the rows of dev, 99 % over all pairs")
    }
    let blind = ranking.rows.filter { $0.rank > 1 && $0.score != nil && $0.isTied == nil }
    if let one = blind.first {
      let others = blind.count > 1 ? " and \(Words.grouped(blind.count - 1)) more" : ""
      lines.append(
        "not known is whether the data tell \(one.candidate.joined(separator: ","))\(others) apart from the first: "
          + "'scores' has no predictions on the same rows")
    }
    let counts = ranking.rows.filter { $0.isTied != nil }.flatMap(\.results).map(\.replicates)
    if counts.contains(1), ranking.rows.contains(where: { $0.rank > 1 && $0.isTied != nil }) {
      lines.append("a candidate with one replicate is compared without the spread over seeds, which is not known")
    }
    let few = counts.filter { (2..<5).contains($0) }
    if scored > 1, let least = few.min() {
      lines.append(
        "the spread over \(least) replicates is hardly known, so that large differences may be '='; 5 or more tell "
          + "more apart")
    }
    let alike = ranking.rows.prefix { $0.score != nil && $0.score == ranking.best?.score }.count
    if alike > 1 {
      lines.append("the first \(alike) candidates have one score: they are ordered by their names")
    }
    let flat = ranking.withoutSpread
    if scored > 1, isOfZ, !flat.isEmpty {
      let names = flat.map { $0.isEmpty ? "the task" : $0 }.joined(separator: ", ")
      lines.append("no spread, and so no weight: \(names)")
    }
    return lines
  }

  /// Lines on candidates whose harmonic mean is 0 for a result that is 0 or less.
  private static func nothings(_ ranking: Ranking) -> [String] {
    ranking.rows.compactMap { row in
      let tasks = row.results.filter { ($0.estimate.value ?? 1) <= 0 }.map { $0.task.isEmpty ? "the task" : $0.task }
      guard row.score != nil, !tasks.isEmpty else { return nil }
      let name = row.candidate.isEmpty ? "the candidate" : row.candidate.joined(separator: ",")
      return "\(name) has the score 0, for its result is 0 or less on "
        + tasks.joined(separator: ", ")
    }
  }

  /// The row of a baseline, in the columns of the candidates, of which `front` come first.
  private static func row(_ baseline: RankingDocument.Baseline, in front: Int, at place: Int) -> [TableCell] {
    var line = [TableCell](repeating: .text(""), count: front)
    line[0] = TableCell("-", .rank(nil, isTied: baseline.isTied))
    line[place] = .text(baseline.name)
    let score = baseline.score.map { TableCell.number($0) } ?? TableCell(baseline.failures.first ?? "failed", .failure)
    return line + [.count(baseline.parameters), score]
      + zip(baseline.dev, baseline.test).flatMap { [.value(of: $0), .number($1.value), .interval($1)] }
  }
}
