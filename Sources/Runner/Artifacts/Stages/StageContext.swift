/// Everything one run of a stage is given.
package struct StageContext: Sendable {
  /// Every declared parameter, defaults filled in.
  package let parameters: [String: Value]
  /// By port: one, or several in the order stated; for a gathering port all that is gathered.
  package let inputs: [String: [StageInput]]
  package let outputs: any StageOutputs
  package let segments: any SegmentStore
  /// Threads that the step may use.
  package let threads: Int
  /// Takes progress, metrics and warnings; never part of a result.
  package let report: @Sendable (StageReport) -> Void
  /// True once the step should checkpoint and throw `Interrupted`.
  package let isInterrupted: @Sendable () -> Bool

  package init(
    parameters: [String: Value], inputs: [String: [StageInput]], outputs: any StageOutputs,
    segments: any SegmentStore, threads: Int, report: @escaping @Sendable (StageReport) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.segments = segments
    self.threads = threads
    self.report = report
    self.isInterrupted = isInterrupted
  }

  /// The value of a parameter that the stage declares. The plan has validated it, so a miss is a bug of the stage.
  package subscript<Read>(key: ParameterKey<Read>) -> Read {
    guard let value = parameters[key.name].flatMap(Read.reading) else {
      preconditionFailure("no parameter \(key.name) of the type \(Read.self)")
    }
    return value
  }

  /// The artifact at a port that reads one.
  package func input(_ port: String) -> any InputArtifact {
    guard let artifact = optionalInput(port) else { preconditionFailure("port \(port) is not bound") }
    return artifact
  }
  /// The artifact at a port that reads one, or nil when the pipeline does not bind it.
  package func optionalInput(_ port: String) -> (any InputArtifact)? { inputs[port]?.first?.artifact }
  /// The artifacts at a port that reads several, in the order stated.
  package func artifacts(at port: String) -> [any InputArtifact] { inputs[port, default: []].compactMap(\.artifact) }
}
