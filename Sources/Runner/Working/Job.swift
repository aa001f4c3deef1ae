import Artifacts
import Stores
import System

/// Somebody has taken the step over and made its result.
struct LeaseLost: Error {}

/// One execution of one step in a worker: from its pre-image to its record in the store.
struct Job {
  let store: Store
  let stage: RunnableStage
  let identity: StepIdentity
  let sources: [Digest: Digest]

  /// Runs the stage and publishes its record; returns the ports that differ from an earlier record under the same key,
  /// and the resources that the step has used.
  /// A step that a run has forced is computed from nothing but its inputs.
  /// Throws `LeaseLost` when the lease is no longer held and there is a result.
  func run(
    in place: inout Workplace, threads: Int, resources: Canonical, kept: [String], forcedBy: String?,
    report: @escaping @Sendable (StageReport) -> Void, isInterrupted: @escaping @Sendable () -> Bool,
    isHeld: () -> Bool
  ) throws -> (divergent: [String], usage: ResourceUsage) {
    let scratch = place.scratch.path
    Memory.resetPeak()
    let (began, before) = (Clock.monotonic(), ResourceUsage.ofThisProcess())
    let outputs = StepOutputs(store, declaration: stage.declaration, keeping: kept)
    let segments = SegmentFolder(store, stage.declaration.training(identity), scratch: scratch, anewFor: forcedBy)
    let context = StageContext(
      parameters: try parameters(resources), inputs: try inputs(scratch), outputs: outputs,
      segments: segments, threads: threads,
      report: report, isInterrupted: isInterrupted)
    let outcome: ResultRecord.Outcome
    var traces = RunnableStage.Traces()
    do {
      traces = try stage.run(context, &place)
      outcome = .outputs(try outputs.finish())
    } catch let failure as StageFailure {
      outcome = .failure(code: failure.code, message: failure.message)
    }
    let record = ResultRecord(
      outcome: outcome, environment: stage.environment().merging(traces.environment) { $1 }, finished: Clock.wall(),
      duration: Clock.monotonic() - began, peakMemory: max(Memory.peak(), traces.peakMemory))
    // Somebody who took the lease over may have published: theirs is the result that others have bound already.
    let isHeld = isHeld()
    if !isHeld {
      try store.refresh()
      if let record = try store.result(identity.key), record.claimant == nil { throw LeaseLost() }
    }
    let publication = try store.publish(record, identity.key)
    // The step has its result; states that are left over cost space alone. Without the lease they are another's too.
    if isHeld { try? segments.finish() }
    let usage = ResourceUsage.ofThisProcess() - before + traces.usage
    switch publication {
    case .first, .equal: return ([], usage)
    case .divergent(let earlier): return (Self.differences(earlier, record), usage)
    }
  }

  /// Every parameter: values of the pre-image, neutral values for those that it leaves out, resources as given.
  private func parameters(_ resources: Canonical) throws -> [String: Value] {
    let given = try resources.map().mapValues { value throws(CanonicalError) in try Value(value) }
    return [identity.parameters, identity.horizon, given].reduce(stage.defaults) { $0.merging($1) { $1 } }
  }

  private func inputs(_ scratch: String) throws -> [String: [StageInput]] {
    var result: [String: [StageInput]] = [:]
    let places = identity.ports.map { (place: PortPlace($0.key), binding: $0.value) }.sorted { $0.place < $1.place }
    for (place, binding) in places {
      switch binding {
      case .one(let reference):
        let artifact = try store.artifact(reference, sources: sources, scratch: scratch)
        result[place.port, default: []].append(StageInput(ids: [:], artifact: artifact))
      case .gathered(let items):
        result[place.port, default: []] += try items.map { item in
          StageInput(
            ids: item.ids,
            artifact: try item.artifact.map { try store.artifact($0, sources: sources, scratch: scratch) })
        }
      }
    }
    return result
  }

  private static func differences(_ earlier: ResultRecord, _ later: ResultRecord) -> [String] {
    guard case .outputs(let a) = earlier.outcome, case .outputs(let b) = later.outcome else { return ["(outcome)"] }
    return b.keys.filter { a[$0]?.artifact != b[$0]?.artifact }.sorted()
  }
}
