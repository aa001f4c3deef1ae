import Artifacts
import Plans
import Resolving
import Stores

/// What a resolution is compared with.
protocol Baseline: AnyObject {
  var origin: Reason.Origin { get }
  /// The key that a step had there.
  func key(_ name: StepName) -> Digest?
  /// What is known of a step there, or nil when there is no such step.
  func facts(_ name: StepName) throws -> StepFacts?
  /// Steps there that run the same stage, for a step that has no namesake.
  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)]
}

/// An earlier run of the pipeline.
final class RunBaseline: Baseline {
  private let past: Past
  private let run: PastRun
  private var kin: [String: [(step: String, facts: StepFacts)]] = [:]

  init(_ past: Past, _ run: PastRun) {
    self.past = past
    self.run = run
  }

  var origin: Reason.Origin { .run(id: run.id, time: run.started) }
  func key(_ name: StepName) -> Digest? { past.key(name, in: run) }

  func facts(_ name: StepName) throws -> StepFacts? {
    guard let key = key(name), let identity = try past.store.identity(key)?.identity else { return nil }
    return StepFacts(identity)
  }

  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)] {
    if let known = kin[stage] { return known }
    let found = try past.keys(ofStage: stage, in: run, limit: 200).compactMap { step, key in
      try past.store.identity(key).map { (step, StepFacts($0.identity)) }
    }
    kin[stage] = found
    return found
  }
}

/// The pipeline as it is, for a question about a change of it.
final class PipelineBaseline: Baseline {
  private let resolution: Resolution
  private var nodes: [String: Int] = [:]
  private var kin: [String: [(step: String, facts: StepFacts)]] = [:]

  init(_ resolution: Resolution) {
    self.resolution = resolution
    for (index, node) in resolution.plan.nodes.enumerated() { nodes[node.name] = index }
  }

  let origin = Reason.Origin.pipeline

  func key(_ name: StepName) -> Digest? { step(name).flatMap(resolution.key(of:)) }
  func facts(_ name: StepName) throws -> StepFacts? { try step(name).map(resolution.facts) }

  private func step(_ name: StepName) -> StepIndex? {
    guard let node = nodes[name.node] else { return nil }
    guard let ids = name.ids, let grid = resolution.grid(of: node) else {
      return name.ids == nil || resolution.plan.nodes[node].axes.isEmpty ? StepIndex(node: node, item: 0) : nil
    }
    return grid.item(withIDs: ids).map { StepIndex(node: node, item: $0) }
  }

  /// Whether a node has the same items here, so that equal numbers are equal steps.
  func hasSameGrid(_ node: String, _ grid: Grid) -> Bool {
    nodes[node].flatMap { resolution.grid(of: $0) }?.ids == grid.ids
  }

  func key(_ node: String, item: Int) -> Digest? {
    nodes[node].flatMap { resolution.key(of: StepIndex(node: $0, item: item)) }
  }

  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)] {
    if let known = kin[stage] { return known }
    var result: [(step: String, facts: StepFacts)] = []
    for (index, node) in resolution.plan.nodes.enumerated() where node.declaration.name == stage {
      for item in (0..<(resolution.grid(of: index)?.count ?? 0)).spread(200) {
        let step = StepIndex(node: index, item: item)
        result.append((resolution.address(step), try resolution.facts(of: step)))
      }
    }
    kin[stage] = result
    return result
  }
}
