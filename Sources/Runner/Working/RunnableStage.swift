import Artifacts
import Stores
import System

/// A stage as a worker runs it: a built-in one, or a lab's own, which it knows from the command that a step binds.
struct RunnableStage: Sendable {
  /// The facts that a step leaves beside its result.
  struct Traces {
    /// Facts of the place of the computation, as the step tells them.
    var environment: [String: String] = [:]
    /// Peak resident bytes, of processes other than the worker.
    var peakMemory = 0
    /// Resources of such processes.
    var usage = ResourceUsage()
  }

  /// The worker reads the outputs alone; of an own stage nothing else is known.
  let declaration: StageDeclaration
  /// Parameters that a pre-image leaves out, and resources that nobody gave.
  let defaults: [String: Value]
  /// Facts of the place of the computation, as the worker tells them.
  let environment: @Sendable () -> [String: String]
  /// Runs one step, which has the place for itself.
  let run: @Sendable (_ context: StageContext, _ place: inout Workplace) throws -> Traces

  init(_ stage: any Stage.Type, environment: @escaping @Sendable () -> [String: String]) {
    declaration = stage.declaration
    var defaults: [String: Value] = [:]
    for parameter in stage.declaration.parameters {
      defaults[parameter.name] = parameter.role == .resource ? parameter.defaultValue : parameter.neutral
    }
    self.defaults = defaults
    self.environment = environment
    run = { context, _ in
      try stage.run(context)
      return Traces()
    }
  }

  /// The own stage whose command `identity` binds; nil when it binds none. `forms` makes the inputs that it asks for.
  init?(
    _ identity: StepIdentity, sources: [Digest: Digest], store: Store, forms: [InputForm: InputForm.Writer]
  ) throws {
    guard case .one(let reference)? = identity.ports[CommandTree.port] else { return nil }
    let tree = try store.artifact(reference, sources: sources, scratch: store.root + "/tmp")
    let command = try StageCommand(decoding: tree.bytes(CommandTree.stage))
    declaration = StageDeclaration(
      name: identity.stage, version: identity.version, summary: "", parameters: [], inputs: [],
      outputs: command.outputs, example: "")
    defaults = command.neutral
    environment = { [:] }
    run = { context, place in
      let step = try CommandStep(
        command: command, identity: identity, context: context, scratch: place.scratch.path, forms: forms)
      return try step.run(in: &place)
    }
  }
}
