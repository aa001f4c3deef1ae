import Artifacts
import Console
import Events
import Plans
import Resolving
import Stores

/// The artifacts of one output of steps, made again where they were not kept.
package enum StoredModels {
  /// The outputs at `port` that `text` names: a step, several, or a stage, alone or as `STEP.PORT`. Steps whose bytes
  /// were not kept run again, from their last state.
  package static func find(
    _ text: String, port: String, _ request: PipelineRequest, jobs: Int? = nil
  ) throws -> [OutputAddress] {
    var session = try Session(request, isReading: true)
    var resolution = try session.resolve()
    let (name, stated) = OutputAddress.split(text, session.plan)
    if let stated, stated != port {
      throw Complaint.usage("'\(text)' is not a model: '\(name)' alone, or '\(name).\(port)'")
    }
    let steps = try session.steps(name, in: resolution)
    for step in steps where session.plan.nodes[step.node].declaration.output(port) == nil {
      throw Complaint.usage("'\(session.plan.nodes[step.node].name)' has no output '\(port)'")
    }
    let lacking = try steps.filter { step in
      guard case .outputs(let outputs)? = try resolution.record(of: step)?.outcome, let output = outputs[port] else {
        return false
      }
      return try !session.store.holds(output)
    }
    if !lacking.isEmpty {
      Terminal.complain(
        "making again what was not kept: \(resolution.address(lacking[0]))"
          + (lacking.count > 1 ? " and \(lacking.count - 1) more" : ""))
      session = try Session(request, besides: session)
      resolution = try session.resolve(only: lacking.map { resolution.address($0) }, keep: [port])
      let summary = try PipelineRun(session, resolution, jobs: jobs).run()
      guard summary.exitCode == 0 else {
        throw Complaint(text: "error: the model could not be made", code: summary.exitCode)
      }
      session = try Session(request, isReading: true, besides: session)
      resolution = try session.resolve()
    }
    return try steps.flatMap { try OutputAddress.outputs(of: $0, port: port, session, resolution) }
  }
}
