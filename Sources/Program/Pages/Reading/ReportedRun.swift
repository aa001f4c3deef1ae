package import Artifacts
import Console
import DataStages
package import Events
import Explaining
package import Plans
package import Resolving
import Sessions
import Stages
package import Stores
import Wording

/// A run as its log and the results in the store tell it: all that a page is made of.
///
/// Results are read by the keys that the run logged: whatever the pipeline says by now, they are those of this run.
package final class ReportedRun {
  package let store: Store
  package let past: PastRun
  package let state: RunState
  package let events: [LoggedEvent]
  /// The pipeline as it was then; nil where the log does not have its text, or it is no pipeline for this program.
  package let plan: Plan?
  /// The text of the pipeline; nil in older logs.
  package let text: [UInt8]?
  /// In the order of the plan, else by their names.
  package let nodes: [ReportedNode]
  /// The newest run of the same pipeline before this one that logged keys.
  package let earlier: PastRun?
  /// Its pipeline; nil as `plan`.
  let earlierPlan: Plan?
  /// Outputs whose bytes are gone, as far as they were asked for.
  package private(set) var gone: [String] = []
  private let scratch = ViewScratch()

  /// Reads a run. Throws the store's errors, and where the store has no such run.
  /// - Parameter planned: makes a plan of the text of a pipeline.
  package init(_ id: String, in store: Store, planned: (PastRun, [UInt8]) -> Plan?) throws {
    let history = History(store: store)
    guard let past = try history.run(id) else { throw NoSuchRun(id: id) }
    (self.store, self.past) = (store, past)
    state = RunState(past, past.summary == nil ? try store.life(ofRun: id) : .gone)
    events = try history.events(of: id)
    text = past.text.flatMap { try? store.bytes($0.digest, size: $0.size) }
    plan = text.flatMap { planned(past, $0) }
    let plan = plan
    if past.text != nil, text == nil { gone.append("the text of the pipeline") }
    let names = plan?.nodes.map(\.name) ?? past.bindings.keys.sorted()
    nodes = names.map { name in
      ReportedNode(
        name: name, planned: plan?.node(name), bindings: past.bindings[name].flatMap(history.bindings),
        begun: past.begun[name]?.keys ?? [:])
    }
    let before = try store.runs().drop { $0 != id }.dropFirst().prefix(Self.depth)
    earlier = try Self.first(before, history) { run in
      run.pipeline == past.pipeline && run.purpose == past.purpose && !run.bindings.isEmpty
        && Places.name(run.file) == Places.name(past.file)
    }
    earlierPlan = earlier.flatMap { run in
      run.text.flatMap { try? store.bytes($0.digest, size: $0.size) }.flatMap { planned(run, $0) }
    }
    for node in nodes where node.bindings == nil && past.bindings[node.name] != nil {
      gone.append("the list of the keys of \(node.name)")
    }
  }

  /// Runs that are looked through for the one before.
  private static let depth = 200

  private static func first(
    _ ids: some Sequence<String>, _ history: History, where holds: (PastRun) -> Bool
  ) throws -> PastRun? {
    for id in ids { if let run = try history.run(id), holds(run) { return run } }
    return nil
  }

  /// The record of a step; nil for one without a result.
  package func record(_ key: Digest?) -> ResultRecord? { key.flatMap { try? store.result($0) } }

  /// The last message of a failure or a broken attempt, by the address of its step.
  private(set) lazy var messages: [String: String] = events.reduce(into: [:]) { messages, logged in
    switch logged.event {
    case .stepFailed(let step, _, let code, let message, _): messages[step] = "\(code): \(message)"
    case .stepBroken(let step, _, let message, _): messages[step] = message
    case .stepSkipped(let step, let because): messages[step] = "skipped, because \(because) failed"
    default: break
    }
  }

  /// The reasons to start steps that the log gives beside a new key: each with the number of steps and the first.
  var startReasons: [[String]] {
    var (order, found): ([String], [String: (count: Int, first: String)]) = ([], [:])
    for logged in events {
      guard case .stepStarted(let step, _, let reason, _, _, _) = logged.event, reason != Self.usual else { continue }
      if found[reason] == nil { order.append(reason) }
      found[reason] = ((found[reason]?.count ?? 0) + 1, found[reason]?.first ?? step)
    }
    return order.prefix(20).map { [$0, Words.grouped(found[$0]!.count), found[$0]!.first] }
  }

  /// The reason of nearly every step.
  private static let usual = "no result under its key"

  // MARK: Artifacts

  /// An output of a step.
  package struct Output {
    package let node: ReportedNode
    package let item: Int
    package let port: String
    package let output: ResultRecord.Output
    package var address: String { node.address(item) }
    package var name: String { "\(address).\(port)" }
  }

  /// The outputs of one kind: of each stage at most `limit` steps, spread evenly over those that have results; with the
  /// number of steps of those stages.
  func outputs(_ kinds: [ArtifactKind], limit: Int = .max) -> (found: [Output], of: Int) {
    var (found, count): ([Output], Int) = ([], 0)
    for node in nodes where writes(kinds, node) {
      count += node.count
      found += outputs(kinds, of: node, limit: limit)
    }
    return (found, count)
  }

  /// Those of one stage.
  func outputs(_ kinds: [ArtifactKind], of node: ReportedNode, limit: Int) -> [Output] {
    guard writes(kinds, node) else { return [] }
    return (0..<node.count).spread(limit).flatMap { outputs(node, $0).filter { kinds.contains($0.kind) } }
  }

  /// Whether the steps of a node have outputs of such a kind; by the first result, where there is no plan.
  private func writes(_ kinds: [ArtifactKind], _ node: ReportedNode) -> Bool {
    if let planned = node.planned { return planned.declaration.outputs.contains { kinds.contains($0.kind) } }
    let first = (0..<min(node.count, 50)).lazy.map { self.outputs(node, $0) }.first { !$0.isEmpty }
    return first?.contains { kinds.contains($0.kind) } ?? false
  }

  /// The outputs of a step, ascending by port; none where it has no result.
  func outputs(_ node: ReportedNode, _ item: Int) -> [Output] {
    guard case .outputs(let outputs)? = record(node.key(item))?.outcome else { return [] }
    return outputs.sorted { $0.key < $1.key }.map { Output(node: node, item: item, port: $0.key, output: $0.value) }
  }

  /// The artifact of an output; nil where its bytes are gone, which is noted.
  package func artifact(_ output: Output) -> (any InputArtifact)? {
    guard let key = output.node.key(output.item) else { return nil }
    var sources: [Digest: Digest] = [:]
    if output.output.manifest != nil { sources[output.output.artifact.digest] = key }
    for digest in output.output.inline.keys { sources[digest] = key }
    if let artifact = artifact(output.output.artifact, sources) { return artifact }
    if !gone.contains(output.name) { gone.append(output.name) }
    return nil
  }

  /// An artifact that a step bound; nil where its bytes are gone.
  func artifact(_ reference: ArtifactReference, _ sources: [Digest: Digest]) -> (any InputArtifact)? {
    try? store.artifact(reference, sources: sources, scratch: scratch.path(in: store))
  }

  /// An output as a person looks at it; nil where its bytes are gone, or are none that this program can read.
  func view(_ output: Output) -> ArtifactView? {
    artifact(output).flatMap { try? ArtifactView($0, axes: axes(output.node)) }
  }

  /// The names of the axes that a node gathers, by role.
  func axes(_ node: ReportedNode) -> [String: [String]] {
    guard let planned = node.planned, let plan else { return [:] }
    return OutputAddress.axes(planned, plan)
  }
}

extension ReportedRun.Output {
  var kind: ArtifactKind { output.artifact.kind }
}

/// A run that a store does not have.
package struct NoSuchRun: Error, CustomStringConvertible {
  let id: String
  package var description: String { "the log of the run '\(id)' has no beginning" }
}
