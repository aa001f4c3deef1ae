import Artifacts
import Console
import Events
import Explaining
import Inputs
import ModelStages
import Plans
package import Rankings
import Reports
import Resolving
import Running
package import Sessions
package import Statistics
import Stores
import Syntax
package import TaskStages
import Wording

/// Measures versions of a pipeline that have some of the edits between two of its versions, as `EditEffects` asks.
package final class Bisector {
  /// A version that was measured.
  package struct Probe: Encodable {
    package let edits: [String]
    package let value: Double
    /// Steps that were run for it.
    package let executed: Int
    package let seconds: Double
  }

  /// A question about versions that have not been measured yet.
  package struct Outlook {
    package let probes: Int
    /// Probes whose scores are there already.
    package let ready: Int
    /// Steps that must run at least, and the seconds that they are expected to take; what versions share counts for
    /// each.
    package let steps: Int
    package let seconds: Double
  }

  private let session: Session
  private let units: EditUnits
  private let stage: String
  private let metric: String?
  private let split: Metrics.Split
  private let resampling: Resampling
  private var values: [EditEffects.Subset: EditEffects.Value] = [:]
  package private(set) var probes: [Probe] = []
  /// The metric that was read; nil before the first probe.
  package private(set) var measured: Metric?
  package private(set) var seeds = 0

  /// The edits in words, by number.
  package var edits: [String] { units.units.map(\.words) }

  /// - Parameters:
  ///   - stage: the stage whose scores are the number.
  ///   - metric: the metric; nil: the primary one.
  /// Throws `Complaint` for names that there are not.
  package init(
    from old: String, to new: String, stage: String, metric: String?, split: Metrics.Split, _ session: Session,
    _ resampling: Resampling
  ) throws {
    (self.session, self.stage, self.metric, self.split) = (session, stage, metric, split)
    self.resampling = resampling
    units = try EditUnits(from: try Version(old, session), to: try Version(new, session), session)
    guard let node = session.plan.nodes.first(where: { $0.name == stage }) else {
      let near = nearest(to: stage, in: session.plan.nodes.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
      throw Complaint.usage("there is no stage '\(stage)'\(near)")
    }
    guard node.declaration.outputs.contains(where: { $0.kind == .metrics }) else {
      let known = session.plan.nodes.filter { $0.declaration.outputs.contains { $0.kind == .metrics } }.map(\.name)
      throw Complaint.usage("'\(stage)' has no scores; stages that have: \(known.joined(separator: ", "))")
    }
  }

  /// The versions that are to be measured next; none: all is known.
  package var next: [EditEffects.Subset] { EditEffects.next(units.units.count, values) }

  /// The effects, once nothing is to be measured any more.
  package func effects(atLeast: Double?) -> EditEffects {
    EditEffects(units.units.count, values, atLeast: atLeast ?? noise)
  }

  /// The smallest effect that counts if none is stated: half the width of the old version's interval, and at most a
  /// quarter of the difference, which of few seeds is less.
  package var noise: Double {
    guard let old = values[[]], let new = values[Set(units.units.indices)] else { return 0 }
    let quarter = abs(new.mean - old.mean) / 4
    let alone = EditEffects(1, [[]: EditEffects.Value(seeds: old.seeds.map { _ in 0 }), [0]: old], atLeast: 0).total
    guard let low = alone.low, let high = alone.high else { return quarter }
    return min(quarter, (high - low) / 2)
  }

  /// The work that measuring some versions is expected to be.
  package func outlook(_ subsets: [EditEffects.Subset], _ forecasting: ForecastOptions) throws -> Outlook {
    var (ready, steps, seconds) = (0, 0, 0.0)
    for subset in subsets {
      let session = try session(of: subset)
      let resolution = try session.resolve(only: [stage])
      if resolution.isComplete { ready += 1 }
      let past = try Past(plan: session.plan, store: session.store)
      let forecast = try forecasting.text(resolution, past: past).forecast
      (steps, seconds) = (steps + forecast.certain, seconds + forecast.atMostSeconds)
    }
    return Outlook(probes: subsets.count, ready: ready, steps: steps, seconds: seconds)
  }

  private func session(of subset: EditEffects.Subset) throws -> Session {
    try Session(units.request(subset, session), besides: session)
  }

  /// Measures one version, running what has no result. Throws `Complaint` where it has no score.
  package func measure(_ subset: EditEffects.Subset, permission: CommandPermission) throws {
    let session = try session(of: subset)
    let resolution = try session.resolve(only: [stage])
    var summary = RunSummary()
    if !resolution.isComplete {
      summary = try PipelineRun(session, resolution, permission: permission, purpose: PastRun.bisection).run()
      if summary.exitCode == 130 { throw Complaint(text: "interrupted: the same command goes on from here", code: 130) }
    }
    let value = try value(session, resolution, units.words(subset))
    values[subset] = value
    probes.append(
      Probe(
        edits: subset.sorted().map { units.units[$0].words }, value: value.mean, executed: summary.executed,
        seconds: summary.seconds))
  }

  /// The mean score of the stage's steps, by seed.
  private func value(_ session: Session, _ resolution: Resolution, _ words: String) throws -> EditEffects.Value {
    guard let node = session.plan.nodes.firstIndex(where: { $0.name == stage }) else {
      throw Complaint.failure("with \(words) there is no stage '\(stage)'")
    }
    let reading = ScoreReading(session: session, plan: session.plan)
    let seeds = reading.seeds(of: stage)
    let names = session.plan.nodes[node].axes.map { session.plan.axes[$0].name }
    var inputs: [StageInput] = []
    for step in resolution.steps(of: node) {
      let address = resolution.address(step)
      guard let key = resolution.key(of: step),
        case let artifacts = try reading.artifacts(key, [.metrics, .predictions]),
        artifacts.contains(where: { $0.reference.kind == .metrics })
      else { throw Complaint.failure("with \(words), '\(address)' has no score: the versions cannot be compared") }
      let ids = Array(zip(names, resolution.name(of: step).ids ?? []))
      let text = { (isSeed: Bool) in
        ids.filter { seeds.contains($0.0) == isSeed }.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
      }
      inputs += artifacts.map { artifact in
        StageInput(
          ids: ["candidate": [""], "task": [text(false)], "replicate": [text(true)]], artifact: artifact)
      }
    }
    let found = try CandidateScore.all(inputs, split: split, code: "cannot-compare")
    let scores = try resampling.scores(
      found, by: try CandidateScore.metric(metric ?? "primary", of: found, code: "cannot-compare"))
    guard let first = scores.first, scores.allSatisfy({ $0.metric == first.metric }) else {
      throw Complaint.usage("tasks have several primary metrics: state one, as '\(stage).accuracy'")
    }
    measured = first.metric
    return try mean(scores, words)
  }

  private func mean(_ scores: [Score], _ words: String) throws -> EditEffects.Value {
    var bySeed: [String: [Double]] = [:]
    for score in scores {
      guard case .value(let estimate) = score.outcome, let value = estimate.value else {
        throw Complaint.failure("with \(words), \(score.task) has no \(score.metric.rawValue)")
      }
      bySeed[score.replicate, default: []].append(value)
    }
    let counts = Set(bySeed.values.map(\.count))
    guard counts.count == 1 else { throw Complaint.failure("with \(words), seeds have not the same tasks") }
    seeds = bySeed.count
    let means = bySeed.sorted { $0.key < $1.key }.map { $0.value.reduce(0, +) / Double($0.value.count) }
    let resampled = scores.compactMap { $0.resampled?.values }
    let length = Set(resampled.map(\.count))
    guard resampled.count == scores.count, length.count == 1, let count = length.first else {
      return EditEffects.Value(seeds: means)
    }
    let sums = (0..<count).map { index -> Double? in
      var sum = 0.0
      for values in resampled {
        guard let value = values[index] else { return nil }
        sum += value
      }
      return sum / Double(resampled.count)
    }
    // A resample on which a metric has no value tells nothing of any version.
    return EditEffects.Value(seeds: means, resamples: sums.contains { $0 == nil } ? nil : sums.compactMap(\.self))
  }
}
