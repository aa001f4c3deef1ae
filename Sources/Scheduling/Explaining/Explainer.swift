import Artifacts
import Plans
import Stores

/// Finds reasons: compares the steps of a resolution with earlier runs of the pipeline, or with another resolution.
///
/// One comparison holds for a whole chain: a step that runs is compared with what it was in one run, and what it reads
/// with what that was in the same run. Of an array only a few steps are looked at, spread over it.
package final class Explainer {
  let resolution: Resolution
  private let past: Past?
  private let pipeline: PipelineBaseline?
  private let fields: FieldComparison
  /// The steps of the chain so far, with the signatures of those that are done.
  private var explained: [StepIndex: [String]] = [:]

  /// Steps of an array that are looked at, at each link of a chain.
  static let sample = 8
  /// Links of a chain.
  static let depth = 64

  /// Explains against the earlier runs of the pipeline.
  package convenience init(_ resolution: Resolution, past: Past) {
    self.init(resolution, past: past, pipeline: nil)
  }

  /// Explains what `resolution` does that `other`, of the same pipeline, does not.
  package convenience init(_ resolution: Resolution, against other: Resolution) {
    self.init(resolution, past: nil, pipeline: PipelineBaseline(other))
  }

  private init(_ resolution: Resolution, past: Past?, pipeline: PipelineBaseline?) {
    self.resolution = resolution
    self.past = past
    self.pipeline = pipeline
    let store = resolution.store
    fields = FieldComparison(resolution: resolution) { artifact in
      guard artifact.layout == .file, artifact.size <= 80,
        let text = (try? store.bytes(artifact.digest, size: artifact.size)).map({ String(decoding: $0, as: UTF8.self) }
        ),
        text.unicodeScalars.dropLast().allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }), text.last == "\n"
      else { return nil }
      return String(text.dropLast())
    }
  }

  /// Why `step` runs or does not.
  package func reason(for step: StepIndex) throws -> Reason {
    explained = [step: []]
    let verdict = try verdict(of: step)
    var reason = Reason(step: resolution.address(step), key: resolution.key(of: step), verdict: verdict)
    switch verdict {
    case .failed, .skipped, .broken, .notAskedFor, .willRun(.forced), .willRun(.bytesGone): return reason
    default: break
    }
    let (baseline, same) = try baseline(for: step)
    if case .willRun = verdict, let same, same.ended || baseline == nil {
      reason.verdict = .willRun(same.ended ? .resultGone(run: same.run) : .unfinished(run: same.run))
    } else if let baseline {
      try compare(step, with: baseline, 0, &reason)
    } else if case .willRun = verdict {
      reason.verdict = .willRun(.new)
    } else if case .waits = verdict {
      reason.causes = try pendingCauses(of: step, nil, 0)
    }
    return reason
  }

  // MARK: What to compare with

  /// An earlier run in which the step had the key that it has now.
  private struct SameKey {
    let run: String
    /// Whether it ended by itself with everything done, so that the step had a result then.
    let ended: Bool
  }

  /// The newest run in which the step had another key, and the newest in which it had this one, if there are such.
  /// Where no run had the step, the newest run: it may have one that is similar.
  private func baseline(for step: StepIndex) throws -> (Baseline?, SameKey?) {
    if let pipeline { return (pipeline, nil) }
    guard let past else { return (nil, nil) }
    let (name, key) = (self.name(of: step), resolution.key(of: step))
    var same: SameKey?
    var first: RunBaseline?
    var index = 0
    while let run = try past.run(index) {
      index += 1
      let baseline = RunBaseline(past, run)
      first = first ?? baseline
      guard let earlier = baseline.key(name) else { continue }
      if earlier != key { return (baseline, same) }
      if same == nil { same = SameKey(run: run.id, ended: run.summary.map { $0.exitCode == 0 } ?? false) }
    }
    return (same == nil ? first : nil, same)
  }

  private func name(of step: StepIndex) -> StepName {
    let node = resolution.plan.nodes[step.node]
    return StepName(
      node: node.name, ids: resolution.grid(of: step.node)?.ids(of: step.item) ?? (node.axes.isEmpty ? [] : nil))
  }

  // MARK: One link

  private func verdict(of step: StepIndex) throws -> Reason.Verdict {
    switch resolution.state(step) {
    case .done:
      guard let record = try resolution.record(of: step) else { return .upToDate(finished: 0, seconds: 0) }
      return .upToDate(finished: record.finished, seconds: record.duration)
    case .failed(let failure): return .failed(failure)
    case .skipped(let because, _): return .skipped(because: because)
    case .broken(let message): return .broken(message)
    case .unwanted: return .notAskedFor
    case .waiting:
      if resolution.isShared(step) { return .sharesResult }
      return .waits(for: awaited(by: step))
    case .ready, .running:
      guard let key = resolution.key(of: step), let row = try resolution.store.row(key) else {
        return .willRun(.changed)
      }
      // A failure runs again only when that is asked for.
      return .willRun(row.isFailure || resolution.isForced(step) ? .forced : .bytesGone)
    }
  }

  /// Fills in how `step` differs from its namesake, else from the most similar step, and why.
  private func compare(_ step: StepIndex, with baseline: Baseline, _ depth: Int, _ reason: inout Reason) throws {
    let facts = try resolution.facts(of: step)
    reason.comparedWith = baseline.origin
    reason.stepPorts = Set(
      resolution.plan.nodes[step.node].ports.filter { if case .output = $0.value.source { true } else { false } }.keys)
    if let old = try baseline.facts(name(of: step)) {
      reason.changes = fields.changes(from: old, to: facts, of: step)
    } else if let (kin, changes) = try mostSimilar(to: step, facts, in: baseline) {
      reason.namesake = kin
      reason.changes = changes
    } else {
      reason.comparedWith = nil
      if case .willRun = reason.verdict { reason.verdict = .willRun(.new) }
    }
    if resolution.grid(of: step.node) == nil {
      // It is compared with any step, which has one of the items.
      reason.changes.removeAll { if case .parameter(_, _, _, _, let axis) = $0 { axis != nil } else { false } }
    }
    guard depth < Self.depth else { return }
    reason.causes = try changedCauses(of: step, reason.changes, baseline, depth)
    if case .waits = reason.verdict { reason.causes += try pendingCauses(of: step, baseline, depth) }
  }

  private func mostSimilar(
    to step: StepIndex, _ facts: StepFacts, in baseline: Baseline
  ) throws -> (step: String, changes: [Change])? {
    var best: (step: String, changes: [Change])?
    for (name, old) in try baseline.kin(ofStage: facts.identity.stage) {
      let changes = fields.changes(from: old, to: facts, of: step)
      if best.map({ changes.count < $0.changes.count }) ?? true { best = (name, changes) }
    }
    return best
  }

  // MARK: The links behind it

  /// The steps that wrote what changed at the ports of `step`.
  private func changedCauses(
    of step: StepIndex, _ changes: [Change], _ baseline: Baseline, _ depth: Int
  ) throws -> [Reason.Cause] {
    let changed = Set(changes.filter { !$0.isOwn }.map(\.field))
    var causes: [Reason.Cause] = []
    for (node, items) in upstream(of: step, ports: changed) {
      let steps = items.map { StepIndex(node: node, item: $0) }
      let others = steps.filter { resolution.key(of: $0) != baseline.key(name(of: $0)) }
      causes += try group(others.isEmpty ? steps : others, baseline, depth)
    }
    return causes
  }

  /// The steps that `step` waits for.
  private func pendingCauses(of step: StepIndex, _ baseline: Baseline?, _ depth: Int) throws -> [Reason.Cause] {
    var causes: [Reason.Cause] = []
    for (node, items) in upstream(of: step, ports: nil) {
      let steps = items.map { StepIndex(node: node, item: $0) }.filter { resolution.state($0).isPending }
      causes += try group(steps, baseline, depth)
    }
    return causes
  }

  /// The reasons of some of `steps`, which are of one node; of equal ones the first, at most three.
  private func group(_ steps: [StepIndex], _ baseline: Baseline?, _ depth: Int) throws -> [Reason.Cause] {
    var groups: [Reason] = []
    for index in steps.indices.spread(Self.sample) {
      let reason = try link(steps[index], baseline, depth + 1)
      guard reason.isCause else { continue }
      if !groups.contains(where: { $0.signature == reason.signature }) { groups.append(reason) }
    }
    let shown = groups.prefix(3)
    return shown.enumerated().map { index, reason in
      Reason.Cause(reason: reason, others: index == shown.count - 1 ? steps.count - shown.count : 0)
    }
  }

  private func link(_ step: StepIndex, _ baseline: Baseline?, _ depth: Int) throws -> Reason {
    var reason = Reason(
      step: resolution.address(step), key: resolution.key(of: step), verdict: try verdict(of: step))
    if let signature = explained[step] {
      (reason.isRepeated, reason.signature) = (true, signature)
      return reason
    }
    explained[step] = []
    defer { explained[step] = reason.signature }
    if let baseline {
      try compare(step, with: baseline, depth, &reason)
    } else if case .waits = reason.verdict, depth < Self.depth {
      reason.causes = try pendingCauses(of: step, nil, depth)
    } else if case .willRun = reason.verdict {
      reason.verdict = .willRun(.new)
    }
    reason.sign()
    return reason
  }

  /// The items of the nodes that `step` reads, at the named ports or at all, in the order of the plan. What is not
  /// expanded reads, and is read, as a whole.
  private func upstream(of step: StepIndex, ports: Set<String>?) -> [(node: Int, items: [Int])] {
    let (plan, grid) = (resolution.plan, resolution.grid(of: step.node))
    let bound = ports.map { $0.compactMap { plan.nodes[step.node].ports[$0] } }
    let sources = bound.map { Set($0.compactMap(plan.source(of:))).sorted() } ?? plan.sources(of: step.node)
    return sources.map { node in
      guard let other = resolution.grid(of: node) else { return (node, [0]) }
      return (node, grid.map { GridMap(from: $0, to: other).items(step.item) } ?? Array(0..<other.count))
    }
  }

  /// The nodes of the unsettled steps that `step` reads.
  func pendingNodes(of step: StepIndex) -> [Int] {
    upstream(of: step, ports: nil).filter { node, items in
      items.contains { resolution.state(StepIndex(node: node, item: $0)).isPending }
    }.map(\.node)
  }

  /// How `steps`, which are of one node, differ from the baseline: of a sample, each way once, without what is behind.
  func distinct(_ steps: [StepIndex]) throws -> [Reason] {
    var reasons: [Reason] = []
    for index in steps.indices.spread(Self.sample) {
      var reason = Reason(
        step: resolution.address(steps[index]), key: resolution.key(of: steps[index]),
        verdict: try verdict(of: steps[index]))
      if let pipeline { try compare(steps[index], with: pipeline, Self.depth, &reason) }
      reason.sign()
      if !reasons.contains(where: { $0.signature == reason.signature }) { reasons.append(reason) }
    }
    return Array(reasons.prefix(3))
  }

  /// How many of `ready` have the key that they have in the baseline. Only asked where nothing was added to the axes.
  func anyway(_ ready: [StepIndex], _ grid: Grid) -> Int {
    guard let pipeline, let first = ready.first, pipeline.hasSameGrid(resolution.plan.nodes[first.node].name, grid)
    else {
      return 0
    }
    return ready.count { resolution.key(of: $0) == pipeline.key(resolution.plan.nodes[$0.node].name, item: $0.item) }
  }

  /// The unsettled steps that `step` reads, by node.
  private func awaited(by step: StepIndex) -> [Reason.Awaited] {
    let plan = resolution.plan
    return upstream(of: step, ports: nil).compactMap { node, items in
      let open = items.filter { resolution.state(StepIndex(node: node, item: $0)).isPending }
      guard let first = open.first else { return nil }
      let axis = plan.nodes[step.node].axes.first { resolution.axes[$0] == nil && plan.source(ofAxis: $0) == node }
      return Reason.Awaited(
        name: open.count == 1 ? resolution.address(StepIndex(node: node, item: first)) : plan.nodes[node].name,
        count: resolution.grid(of: node) == nil ? nil : open.count, axis: axis.map { plan.axes[$0].name })
    }
  }
}

extension Reason {
  fileprivate mutating func sign() {
    signature = changes.map { change in
      if case .port(let name, _, _, _, _) = change { "port \(name)" } else { "\(change)" }
    }
    for cause in causes where !cause.reason.signature.isEmpty { signature += ["("] + cause.reason.signature + [")"] }
  }
}
