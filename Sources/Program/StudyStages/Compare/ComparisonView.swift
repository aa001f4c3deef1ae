package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Statistics
import Tables
import TaskStages
import Wording

extension ArtifactView {
  /// Pairs that a table shows.
  private static let mostPairs = 40

  /// A comparison: candidates with their groups, then pairs, those that differ most surely first.
  package static func comparison(_ artifact: any InputArtifact, axes: [String: [String]]) throws -> ArtifactView {
    let document = try JSONArtifact.decode(ComparisonDocument.self, artifact.bytes())
    let comparison = document.comparison
    let names = comparison.candidates.map { $0.candidate.joined(separator: ",") }
    let unit = comparison.unit?.rawValue ?? "deviations"
    // As the metric is read, also where less is better.
    let isTurned = comparison.unit?.higherIsBetter == false
    let mean = { (candidate: Comparison.Candidate) -> Estimate in
      let mean = candidate.mean
      return isTurned ? Estimate(mean.value.map(-), low: mean.high.map(-), high: mean.low.map(-)) : mean
    }
    let candidates = Table(
      ["candidate", "mean \(unit)", "95 % interval", "group", "mean rank", "IQM", "95 % interval"],
      numeric: [1, 2, 4, 5, 6], keys: 1,
      cells: zip(names, comparison.candidates).map { name, candidate in
        let (mean, iqm) = (mean(candidate), candidate.interquartileMean)
        return [
          .text(name), mean.value.map { .number($0) } ?? TableCell("nan", .number(nil)),
          .interval(mean.low, mean.high), .text(letters(candidate.groups)), .number(candidate.meanRank, 2),
          .number(iqm?.value), .interval(iqm?.low, iqm?.high),
        ]
      })
    let surest = comparison.pairs.enumerated().sorted { a, b in
      let size = { (pair: Comparison.Pair) in -abs(pair.difference?.value ?? 0) }
      return (a.element.adjusted ?? 2, size(a.element), a.offset) < (b.element.adjusted ?? 2, size(b.element), b.offset)
    }.map(\.element)
    let pairs = Table(
      ["candidate", "against", "difference", "95 % interval", "p rows", "p seeds", "p tasks", "p Holm", "ahead on"],
      name: "pairs", numeric: [2, 3, 4, 5, 6, 7, 8], keys: 2, most: mostPairs,
      cells: surest.map { pair in
        [
          .text(names[pair.first]), .text(names[pair.second]), .number(pair.difference?.value),
          .interval(pair.difference?.low, pair.difference?.high), .probability(pair.byRows),
          .probability(pair.bySeeds), .probability(pair.byTasks), .probability(pair.adjusted),
          .part(pair.wins, of: comparison.tasks.count),
        ]
      })
    return ArtifactView(
      lines: notes(document, axes, pairs: pairs.shownCount), tables: [candidates, pairs],
      pictures: pictures(document, names, unit, mean), json: try self.document(artifact))
  }

  static func letters(_ groups: [Int]?) -> String { groups?.map(Letters.name).joined() ?? "-" }

  private static func notes(_ document: ComparisonDocument, _ axes: [String: [String]], pairs: Int) -> [String] {
    let comparison = document.comparison
    var lines: [String] = []
    let roles = ["candidate", "task", "replicate"].compactMap { role in
      axes[role].flatMap { $0.isEmpty ? nil : "\(role): \($0.joined(separator: ", "))" }
    }
    if !roles.isEmpty { lines.append(roles.joined(separator: "; ")) }
    let count = comparison.tasks.count
    lines.append(
      "on \(document.split), \(Words.count(count, "task"))"
        + (comparison.unit == nil ? "; tasks have several metrics: differences are in deviations over candidates" : ""))
    let basis =
      comparison.basis == .rows
      ? "a paired bootstrap on the same rows" : "the signs of the differences by task and seed"
    lines.append(
      "one letter in common: not told apart at \(Words.short(100 * comparison.level)) % over all "
        + "\(Words.count(comparison.pairs.count, "pair")) (\(basis), Holm)")
    if comparison.candidates.contains(where: { $0.groups == nil }) {
      lines.append(
        comparison.basis == .rows
          ? "groups are not known: some candidates have no predictions on the same rows"
          : "groups are not known: some candidates have other seeds, or one result alone")
    }
    let few = comparison.candidates.map(\.replicates).min() ?? 0
    if few == 1 {
      lines.append("a candidate with one seed is compared without the spread over seeds, which is not known")
    }
    if (2..<5).contains(few) { lines.append("\(few) seeds tell little of their own spread") }
    if let friedman = comparison.friedman {
      let words = { (probability: Double) in TableCell.probability(probability).text }
      lines.append(
        "Friedman's test over tasks: p = \(words(friedman.probability)), with Iman's and Davenport's correction "
          + "\(words(friedman.probabilityOfF)); critical difference of mean ranks "
          + Words.fixed(friedman.criticalDifference, 2))
    }
    if count > 1, count < 6 { lines.append("\(count) tasks are too few for tests over tasks: they have no power") }
    for failure in comparison.failures { lines.append("not compared: \(failure)") }
    if comparison.left > 0 {
      lines.append("\(Words.grouped(comparison.left)) candidates with lower means are not compared")
    }
    lines.append("a difference is above 0 where the first of a pair is better")
    if pairs < comparison.pairs.count {
      lines.append("\(pairs) of \(Words.grouped(comparison.pairs.count)) pairs are shown; --json has all")
    }
    return lines
  }

  private static func pictures(
    _ document: ComparisonDocument, _ names: [String], _ unit: String, _ mean: (Comparison.Candidate) -> Estimate
  ) -> [any Picture] {
    let comparison = document.comparison
    let rows = zip(names, comparison.candidates).map { name, candidate in
      let interval: ClosedRange<Double>? =
        if let low = mean(candidate).low, let high = mean(candidate).high, low <= high { low...high } else { nil }
      return IntervalChart.Row(
        name, mean(candidate).value ?? .nan, interval, note: candidate.groups == nil ? "" : letters(candidate.groups))
    }
    var pictures: [any Picture] = [
      IntervalChart(
        "means", title: "mean \(unit) over tasks on \(document.split)", axis: unit, groups: [.init("", rows)],
        caption: "intervals of 95 % each for itself; one letter in common: not told apart in pairs")
    ]
    if let friedman = comparison.friedman {
      pictures.append(
        RankDiagram(
          "ranks", title: "mean ranks over \(comparison.tasks.count) tasks on \(document.split)",
          candidates: zip(names, friedman.meanRanks).map { ($0, $1) }, criticalDifference: friedman.criticalDifference,
          caption: "1 is the best; a bar joins those within the critical difference (Nemenyi, 5 %)"
            + (comparison.tasks.count < 6 ? "; so few tasks have no power" : "")))
    }
    return pictures
  }
}
