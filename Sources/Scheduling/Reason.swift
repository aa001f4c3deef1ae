package import Artifacts
package import Plans
package import Stores

/// One field of a step's identity that differs from an earlier step's.
package enum Change: Sendable, Equatable {
  case version(old: Int, new: Int)
  /// Values as a person writes them; a value left out of the key is shown as the value that it stands for.
  case parameter(name: String, old: String, new: String, position: Position?)
  /// What a port reads has another content, kind or format; `step` wrote it, or `input` names the pipeline's input.
  case port(name: String, old: String, new: String, from: String?)
}

/// Why a step runs or does not.
package struct Reason: Sendable {
  package enum Verdict: Sendable {
    /// It has a result.
    case upToDate(finished: Double, seconds: Double)
    /// Its result is a failure, which the same inputs would give again.
    case failed(StageFailure)
    /// No result under its key.
    case willRun
    /// What it reads must run first; it runs only if that comes out different.
    case waits(for: [String])
    case skipped(because: String)
  }
  package let step: String
  package let key: Digest?
  package let verdict: Verdict
  /// What differs from the step that it is compared with.
  package let changes: [Change]
  /// What it is compared with, in words; nil when there is nothing to compare with.
  package let comparedWith: String?
  /// The same for the steps upstream whose change is the cause.
  package let causes: [Reason]
}

/// Finds reasons: compares a resolution with earlier runs of the same file.
package final class Explainer {
  private let resolution: Resolution
  private let store: Store
  private let history: History
  private let allRuns: [PastRun]
  private let runs: [PastRun]
  private var decoded: [ObjectName: Bindings?] = [:]

  package init(resolution: Resolution, store: Store) throws {
    self.resolution = resolution
    self.store = store
    history = History(store: store)
    allRuns = try history.runs(limit: 200)
    runs = allRuns.filter { $0.file == resolution.plan.file }
  }

  package func reason(for step: StepIndex, depth: Int = 0) throws -> Reason {
    let key = resolution.key(of: step)
    let address = resolution.address(step)
    switch resolution.state(step) {
    case .done where depth == 0:
      guard let record = try resolution.record(of: step) else { break }
      return Reason(
        step: address, key: key, verdict: .upToDate(finished: record.finished, seconds: record.duration), changes: [],
        comparedWith: nil, causes: [])
    case .failed(let failure):
      return Reason(step: address, key: key, verdict: .failed(failure), changes: [], comparedWith: nil, causes: [])
    case .skipped(let because, _):
      return Reason(
        step: address, key: key, verdict: .skipped(because: because), changes: [], comparedWith: nil, causes: [])
    case .waiting, .unwanted: return try waiting(step, address, depth)
    default: break
    }
    guard let key else {
      return Reason(step: address, key: nil, verdict: .willRun, changes: [], comparedWith: nil, causes: [])
    }
    let (identity, _) = try resolution.identity(of: step)
    let (earlier, words) = try comparison(for: step, identity, key)
    let changes = earlier.map { self.changes(from: $0, to: identity, of: step) } ?? []
    let causes = depth < 8 ? try self.causes(of: step, changes, depth) : []
    return Reason(step: address, key: key, verdict: .willRun, changes: changes, comparedWith: words, causes: causes)
  }

  private func waiting(_ step: StepIndex, _ address: String, _ depth: Int) throws -> Reason {
    var upstream: [StepIndex] = []
    resolution.forEachUpstream(of: step) { source in
      if !resolution.state(source).isSettled && !upstream.contains(source) && upstream.count < 5 {
        upstream.append(source)
      }
    }
    let causes = depth < 8 ? try upstream.prefix(2).map { try reason(for: $0, depth: depth + 1) } : []
    return Reason(
      step: address, key: nil, verdict: .waits(for: upstream.map(resolution.address)), changes: [], comparedWith: nil,
      causes: causes)
  }

  /// The latest other key at the same address in runs of this file; else the step of the same stage in those runs that
  /// differs in the fewest fields.
  private func comparison(
    for step: StepIndex, _ identity: StepIdentity, _ key: Digest
  ) throws -> (StepIdentity?, String?) {
    let name = resolution.plan.nodes[step.node].name
    let ids = resolution.grid(of: step.node)?.ids(of: step.item) ?? []
    for run in runs {
      guard let hex = run.bindings[name], let earlier = bindings(hex)?.key(ids) else { continue }
      if earlier == key { return (nil, "run \(run.id), which had the same key") }
      guard let (other, _) = try store.identity(earlier) else { continue }
      return (other, "the same step in run \(run.id)")
    }
    var best: (identity: StepIdentity, count: Int)?
    var seen = 0
    for run in allRuns.prefix(3) {
      for (_, hex) in run.bindings.sorted(by: { $0.key < $1.key }) {
        guard let bindings = bindings(hex) else { continue }
        for item in 0..<bindings.count where seen < 2000 {
          guard let earlier = bindings.key(at: item), earlier != key else { continue }
          seen += 1
          guard let (other, _) = try store.identity(earlier), other.stage == identity.stage else { continue }
          let count = changes(from: other, to: identity, of: step).count
          if best == nil || count < best!.count { best = (other, count) }
        }
      }
    }
    return (best?.identity, best.map { _ in "the most similar step of the same stage" })
  }

  private func bindings(_ hex: ObjectName) -> Bindings? {
    if let known = decoded[hex] { return known }
    let found = history.bindings(hex)
    decoded[hex] = found
    return found
  }

  private func changes(from old: StepIdentity, to new: StepIdentity, of step: StepIndex) -> [Change] {
    let node = resolution.plan.nodes[step.node]
    var changes: [Change] = []
    if old.version != new.version { changes.append(.version(old: old.version, new: new.version)) }
    let before = old.parameters.merging(old.horizon) { a, _ in a }
    let after = new.parameters.merging(new.horizon) { a, _ in a }
    for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
      let neutral = node.declaration.parameter(name)?.neutral
      let words = { (value: Value?) in (value ?? neutral)?.description ?? "(not set)" }
      changes.append(
        .parameter(
          name: name, old: words(before[name]), new: words(after[name]), position: node.parameters[name]?.position))
    }
    for name in Set(old.ports.keys).union(new.ports.keys).sorted() where old.ports[name] != new.ports[name] {
      changes.append(
        .port(name: name, old: words(old.ports[name]), new: words(new.ports[name]), from: origin(of: name, step)))
    }
    return changes
  }

  private func words(_ port: PortIdentity?) -> String {
    switch port {
    case nil: return "(not bound)"
    case .one(let artifact)?:
      let format = artifact.format.isEmpty ? "" : " as \(artifact.format)"
      return "\(artifact.kind) \(artifact.digest.short)\(format)"
    case .gathered(let items)?:
      let digest = Digest.of(port!.canonicalBytes)
      return "\(items.count) items \(digest.short)"
    }
  }

  private func origin(of port: String, _ step: StepIndex) -> String? {
    guard let binding = resolution.plan.nodes[step.node].ports[port] else { return nil }
    switch binding.source {
    case .input(let index): return "input \(resolution.plan.inputs[index].path)"
    case .output(let node, let port): return "\(resolution.plan.nodes[node].name).\(port)"
    case .axis(let axis): return "axis \(resolution.plan.axes[axis].name)"
    case .text: return nil
    }
  }

  /// The steps upstream whose outputs changed since the step that `step` is compared with.
  private func causes(of step: StepIndex, _ changes: [Change], _ depth: Int) throws -> [Reason] {
    var causes: [Reason] = []
    guard let grid = resolution.grid(of: step.node) else { return [] }
    for case .port(let name, _, _, _) in changes {
      guard case .output(let upstream, _)? = resolution.plan.nodes[step.node].ports[name]?.source,
        let upstreamGrid = resolution.grid(of: upstream)
      else { continue }
      for item in GridMap(from: grid, to: upstreamGrid).items(step.item).prefix(50) {
        let reason = try reason(for: StepIndex(node: upstream, item: item), depth: depth + 1)
        if !reason.changes.isEmpty || !reason.causes.isEmpty { causes.append(reason) }
        if causes.count >= 3 { return causes }
      }
    }
    return causes
  }
}
