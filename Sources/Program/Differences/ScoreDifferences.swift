import Artifacts
import Explaining
import Inputs
import ModelStages
import Plans
package import Rankings
import Sessions
import Statistics
import Stores
import TaskStages

/// How the scores of a stage differ between two times, row by row of the same test and over seeds.
package struct ScoreDifferences: Encodable {
  /// A step, or several that differ by seed alone, at both times.
  package struct Row: Encodable {
    /// The ids that are no seed, as `task=tata,architecture=c8`; empty for all steps together.
    package let name: String
    /// Means over seeds.
    package let old: Double
    package let new: Double
    /// New less old, with its 95 % interval; bounds are nil where they cannot be known.
    package let difference: Estimate
    /// The probability of so large a difference between equal models, after Holm's correction over rows; nil where it
    /// cannot be known.
    package let probability: Double?
    package let seeds: Int
    /// Whether the data tell both apart, at 5 %; nil where that cannot be known.
    package var isToldApart: Bool? { probability.map { $0 < 0.05 } }

    private enum CodingKeys: CodingKey { case name, old, new, difference, probability, seeds, isToldApart }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(old, forKey: .old)
      try container.encode(new, forKey: .new)
      try container.encode(difference, forKey: .difference)
      try container.encodeIfPresent(probability, forKey: .probability)
      try container.encode(seeds, forKey: .seeds)
      try container.encodeIfPresent(isToldApart, forKey: .isToldApart)
    }
  }

  package let stage: String
  package let split: String
  package let metric: String
  package let higherIsBetter: Bool
  /// The mean over all rows; nil where rows have several metrics.
  package let all: Row?
  /// The largest differences first.
  package let rows: [Row]
  /// Rows that cannot be compared, and why.
  package let failures: [String]
  /// Steps that have scores at one time alone.
  package let missing: Int
}

extension ScoreDifferences {
  /// A pair of steps with scores, by what they wrote.
  struct Pair {
    let name: String
    let seed: String
    let old: [any InputArtifact]
    let new: [any InputArtifact]
  }

  /// Compares pairs of one stage by their primary metrics on a split; nil where nothing has a value at both times.
  /// Throws the store's errors, and a `StageFailure` for documents that do not fit each other.
  init?(stage: String, _ pairs: [Pair], missing: Int, split: Metrics.Split, _ resampling: Resampling) throws {
    (self.stage, self.missing) = (stage, missing)
    self.split = split.rawValue
    let inputs = pairs.flatMap { pair in
      [("old", pair.old), ("new", pair.new)].flatMap { side, artifacts in
        artifacts.map { artifact in
          StageInput(
            ids: ["candidate": [side], "task": [pair.name], "replicate": [pair.seed]], artifact: artifact)
        }
      }
    }
    let found = try CandidateScore.all(inputs, split: split, code: "cannot-compare")
    let metric = try CandidateScore.metric("primary", of: found, code: "cannot-compare")
    let scores = try resampling.scores(found, by: metric)
    var seen: Set<String> = []
    let names = pairs.map(\.name).filter { seen.insert($0).inserted }
    let byName = Dictionary(grouping: scores, by: \.task)
    var (rows, failures) = ([Row](), [String]())
    for name in names {
      do { rows.append(try Self.row(name, byName[name] ?? [])) } catch let failure as Incomparable {
        failures.append("\(name.isEmpty ? stage : name): \(failure.reason)")
      }
    }
    let metrics = Set(scores.map(\.metric))
    guard let first = metrics.first, !rows.isEmpty else { return nil }
    let compared = Set(rows.map(\.name))
    let whole = scores.filter { compared.contains($0.task) }
    all = metrics.count == 1 && rows.count > 1 ? try? Self.row("", whole) : nil
    (self.metric, higherIsBetter) = (metrics.count == 1 ? first.rawValue : "primary", first.higherIsBetter)
    // Holm's correction is for all rows that were looked at.
    var adjusted = Holm.adjusted(rows.compactMap(\.probability))[...]
    self.rows = rows.map { row in
      Row(
        name: row.name, old: row.old, new: row.new, difference: row.difference,
        probability: row.probability == nil ? nil : adjusted.removeFirst(), seeds: row.seeds)
    }.sorted { abs($0.difference.value ?? 0) > abs($1.difference.value ?? 0) }
    self.failures = failures
  }

  private struct Incomparable: Error { let reason: String }

  /// The old and the new side of some scores, which are of one metric.
  private static func row(_ name: String, _ scores: [Score]) throws -> Row {
    let comparison: Comparison?
    do { comparison = try Comparison(scores, basis: .rows, level: 0.05, most: 2) { _, _ in true } } catch {
      throw Incomparable(reason: "\(error)")
    }
    guard let comparison, comparison.candidates.count == 2 else {
      throw Incomparable(reason: comparison?.failures.first ?? "one side has no value")
    }
    let isFirst = comparison.candidates[0].candidate == ["new"]
    let side = { (side: String) in
      let all = comparison.candidates.first { $0.candidate == [side] }!.results
      return all.reduce(0) { $0 + ($1.value ?? 0) } / Double(all.count)
    }
    // Differences of a comparison are of what more is better of, the better one first.
    let sign = (isFirst ? 1.0 : -1) * (scores[0].metric.higherIsBetter ? 1 : -1)
    let pair = comparison.pairs[0]
    let bounds = [pair.difference?.low, pair.difference?.high].compactMap { $0.map { sign * $0 } }.sorted()
    return Row(
      name: name, old: side("old"), new: side("new"),
      difference: Estimate(side("new") - side("old"), low: bounds.first, high: bounds.count == 2 ? bounds.last : nil),
      probability: pair.byRows, seeds: comparison.candidates[0].replicates)
  }
}
