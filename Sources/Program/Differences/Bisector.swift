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

  /// A version without a score, as one whose run failed.
  package struct Failure: Encodable {
    package let edits: [String]
    package let reason: String
  }

  /// A question about versions that have not been measured yet.
  package struct Outlook {
    package let probes: Int
    /// Probes whose scores are there already.
    package let ready: Int
    /// Steps that run, and the seconds that they are expected to take, at most; what versions share counts once.
    package let steps: Int
    package let seconds: Double
  }

  private let session: Session
  private let units: EditUnits
  private let stage: String
  private let metric: String?
  private let split: Metrics.Split
  private let resampling: Resampling
  /// The measurements by seed, and those of resamples of the rows.
  private struct Measurement {
    var bySeed: [String: Double] = [:]
    var resamples: [String: [Double]] = [:]
  }
  private var measurements: [EditEffects.Subset: Measurement] = [:]
  /// The keys of the stage's steps that runs logged, by the subset that stands for them.
  private let logged: [EditEffects.Subset: Set<Digest>]
  package private(set) var probes: [Probe] = []
  /// Those that the effects are computed without.
  package var failures: [Failure] {
    failed.sorted { $0.key.sorted().lexicographicallyPrecedes($1.key.sorted()) }.map { subset, reason in
      Failure(edits: subset.sorted().map { edits[$0] }, reason: reason)
    }
  }
  private var failed: [EditEffects.Subset: String] = [:]
  /// The metric that was read; nil before the first probe.
  package private(set) var measured: Metric?
  /// Things that no edit holds, and that one must know.
  package private(set) var notes: [String] = []

  /// The seeds that all versions have.
  package var seeds: [String] {
    let all = measurements.values.map { Set($0.bySeed.keys) }
    guard let first = all.first else { return [] }
    return all.reduce(first) { $0.intersection($1) }.sorted()
  }

  private var values: [EditEffects.Subset: EditEffects.Value] {
    let seeds = seeds
    return measurements.mapValues { measurement in
      let resamples = seeds.compactMap { measurement.resamples[$0] }
      let isWhole = resamples.count == seeds.count && Set(resamples.map(\.count)).count == 1
      return EditEffects.Value(
        seeds: seeds.map { measurement.bySeed[$0]! },
        resamples: isWhole
          ? resamples[0].indices.map { index in resamples.reduce(0) { $0 + $1[index] } / Double(seeds.count) } : nil)
    }
  }

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
    let history = History(store: session.store)
    let keys = { (name: String) -> Set<Digest>? in
      guard name != Side.now,
        let bindings = try Side.run(name, session, history).bindings[stage].flatMap(history.bindings)
      else { return nil }
      return Set((0..<bindings.count).compactMap(bindings.key(at:)))
    }
    var logged: [EditEffects.Subset: Set<Digest>] = [:]
    logged[Set(units.units.indices)] = try keys(new)
    logged[[]] = try keys(old)
    self.logged = logged
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
  package var next: [EditEffects.Subset] { EditEffects.next(units.units.count, values, failed: Set(failed.keys)) }

  /// The effects, once nothing is to be measured any more.
  package func effects(atLeast: Double?) -> EditEffects {
    EditEffects(units.units.count, values, atLeast: atLeast ?? noise)
  }

  /// The smallest effect that counts if none is stated: half the width of the old version's interval, and where both
  /// versions are told apart at most a quarter of the difference, which of few seeds is less.
  package var noise: Double {
    let values = values
    guard let old = values[[]], let new = values[Set(units.units.indices)] else { return 0 }
    let alone = EditEffects(1, [[]: EditEffects.Value(seeds: old.seeds.map { _ in 0 }), [0]: old], atLeast: 0).total
    let total = EditEffects(1, [[]: old, [0]: new], atLeast: 0).total
    let half = alone.low.flatMap { low in alone.high.map { ($0 - low) / 2 } }
    let quarter = abs(new.mean - old.mean) / 4
    guard let half else { return quarter }
    return total.verdict == .cause ? min(quarter, half) : half
  }

  /// Whether the steps of a version have other keys now than its run has logged: inputs, code or the program differ
  /// since, which no edit of the file holds. Such a version is told in `notes`.
  package func isMoved(_ subset: EditEffects.Subset) throws -> Bool {
    let session = try session(of: subset)
    return isMoved(subset, session, try session.resolve(only: [stage]))
  }

  @discardableResult
  private func isMoved(_ subset: EditEffects.Subset, _ session: Session, _ resolution: Resolution) -> Bool {
    guard let logged = logged[subset], !logged.isEmpty else { return false }
    guard let node = session.plan.nodes.firstIndex(where: { $0.name == stage }) else { return false }
    let keys = Set(resolution.steps(of: node).compactMap(resolution.key(of:)))
    if keys.isEmpty || keys == logged { return false }
    let name = subset.isEmpty ? units.old.name : units.new.name
    notes.append(
      "the steps of '\(stage)' have other keys now than run \(name) logged: inputs, code or the program differ since, "
        + "which is in no edit; 'bioarc diff' names it")
    return true
  }

  /// The work that measuring some versions is expected to be.
  package func outlook(_ subsets: [EditEffects.Subset], _ forecasting: ForecastOptions) throws -> Outlook {
    var (ready, steps, seconds) = (0, 0, 0.0)
    let work = SharedWork()
    for subset in subsets {
      guard try isPlan(subset) else { continue }
      let session = try session(of: subset)
      let resolution = try session.resolve(only: [stage])
      if resolution.isComplete { ready += 1 }
      let past = try Past(plan: session.plan, store: session.store)
      let counter = work.counter(session, resolution)
      let forecast = try forecasting.text(resolution, past: past, isCounted: counter).forecast
      (steps, seconds) = (steps + forecast.certain + forecast.waiting, seconds + forecast.atMostSeconds)
    }
    return Outlook(probes: subsets.count, ready: ready, steps: steps, seconds: seconds)
  }

  /// Whether some of the edits make a valid pipeline.
  private func isPlan(_ subset: EditEffects.Subset) throws -> Bool {
    try Session.planned(units.request(subset, session)).plan != nil
  }

  private func session(of subset: EditEffects.Subset) throws -> Session {
    try Session(units.request(subset, session), besides: session)
  }

  /// Measures one version, running what has no result; one that has no score is among `failures`. Throws `Complaint`
  /// where the old or the new version has none, for nothing can be told then.
  package func measure(_ subset: EditEffects.Subset, permission: CommandPermission) throws {
    do { try measureOrThrow(subset, permission) } catch let reason as NoScore {
      if subset.isEmpty || subset.count == units.units.count {
        throw Complaint.failure("with \(units.words(subset)), \(reason.text): there is nothing to compare")
      }
      Terminal.complain("with \(units.words(subset)), \(reason.text): done without")
      failed[subset] = reason.text
    }
  }

  /// The fault of a version that has no score, in words.
  private struct NoScore: Error { let text: String }

  private func measureOrThrow(_ subset: EditEffects.Subset, _ permission: CommandPermission) throws {
    guard try isPlan(subset) else { throw NoScore(text: "the file is no valid pipeline") }
    let session = try session(of: subset)
    let resolution = try session.resolve(only: [stage])
    var summary = RunSummary()
    if !resolution.isComplete {
      summary = try PipelineRun(session, resolution, permission: permission, purpose: PastRun.bisection).run()
      if summary.exitCode == 130 { throw Complaint(text: "interrupted: the same command goes on from here", code: 130) }
    }
    let measurement = try measurement(session, resolution)
    measurements[subset] = measurement
    guard let value = values[subset], !value.seeds.isEmpty else {
      throw Complaint.failure("the versions have no seed in common")
    }
    isMoved(subset, session, resolution)
    probes.append(
      Probe(
        edits: subset.sorted().map { units.units[$0].words }, value: value.mean, executed: summary.executed,
        seconds: summary.seconds))
  }

  /// The mean score of the stage's steps, by seed.
  private func measurement(_ session: Session, _ resolution: Resolution) throws -> Measurement {
    guard let node = session.plan.nodes.firstIndex(where: { $0.name == stage }) else {
      throw NoScore(text: "there is no stage '\(stage)'")
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
      else { throw NoScore(text: "'\(address)' has no score") }
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
    return try mean(scores)
  }

  private func mean(_ scores: [Score]) throws -> Measurement {
    var measurement = Measurement()
    for (seed, own) in Dictionary(grouping: scores, by: \.replicate) {
      var values: [Double] = []
      for score in own {
        guard case .value(let estimate) = score.outcome, let value = estimate.value else {
          throw NoScore(text: "\(score.task) has no \(score.metric.rawValue)")
        }
        values.append(value)
      }
      measurement.bySeed[seed] = values.reduce(0, +) / Double(values.count)
      let resampled = own.compactMap { $0.resampled?.values }
      guard resampled.count == own.count, let count = resampled.map(\.count).min() else { continue }
      // A resample on which a metric has no value tells nothing of any version.
      let means = (0..<count).compactMap { index -> Double? in
        let values = resampled.compactMap { $0[index] }
        return values.count == resampled.count ? values.reduce(0, +) / Double(values.count) : nil
      }
      if means.count == count { measurement.resamples[seed] = means }
    }
    return measurement
  }
}
