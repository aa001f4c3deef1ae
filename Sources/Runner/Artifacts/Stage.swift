/// Work that a pipeline can ask for: a pure function from its context's inputs and parameters to its outputs.
package protocol Stage: Sendable {
  static var declaration: StageDeclaration { get }
  /// Reads inputs, writes every declared output. Throws `StageFailure` for a result that is a failure, `Interrupted`
  /// after a checkpoint on request; any other error is one of the environment.
  static func run(_ context: StageContext) throws
}

/// A failure that the same inputs will always give: it is a result, kept under the step's key.
package struct StageFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs, as `nan-loss`.
  package let code: String
  /// A sentence for people, with record, line or step.
  package let message: String
  package init(code: String, _ message: String) {
    self.code = code
    self.message = message
  }
  package var description: String { message }
}

/// The step stopped because it was asked to; its newest segment holds its work so far.
package struct Interrupted: Error {
  package init() {}
}

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

/// One bound item of a port.
package struct StageInput: Sendable {
  /// By role, for a gathering port; else empty.
  package let ids: [String: [String]]
  /// nil: a failed item, at a port that accepts failures.
  package let artifact: (any InputArtifact)?
  package init(ids: [String: [String]], artifact: (any InputArtifact)?) {
    self.ids = ids
    self.artifact = artifact
  }
}

/// An artifact to read. The one file of a `.file` artifact has the name "".
package protocol InputArtifact: Sendable {
  var reference: ArtifactReference { get }
  /// The names of the files of a tree, ascending; `[""]` for a file.
  var names: [String] { get throws }
  /// A reader of one file's uncompressed bytes, verified against their digest at the end.
  func open(_ name: String) throws -> any ByteReader
  /// A verified, uncompressed, read-only copy on local disk for as long as the step runs.
  func localPath(_ name: String) throws -> String
}

extension InputArtifact {
  /// All bytes of one file, for files that are small by nature.
  package func bytes(_ name: String = "") throws -> [UInt8] { try open(name).allBytes() }

  /// Calls `body` with the bytes of one file, piece by piece, until it returns false.
  package func forEachChunk(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    try open(name).forEachChunk(body)
  }
}

/// The outputs that a stage writes. Nothing is visible to others before the step has ended well.
package protocol StageOutputs: Sendable {
  /// A writer of one file of an output; "" for the one file of a `.file` port.
  func create(_ port: String, _ name: String) throws -> any ByteWriter
}

extension StageOutputs {
  /// Writes one whole file of an output.
  package func write(_ port: String, _ name: String = "", _ bytes: [UInt8]) throws {
    let writer = try create(port, name)
    try writer.write(bytes)
    try writer.close()
  }
}

/// The saved states of one training, and of others as far as they are the same.
package protocol SegmentStore: Sendable {
  /// The newest valid state at or before `step`, as a tree.
  func newest(atOrBefore step: Int) throws -> (step: Int, state: any InputArtifact)?
  /// Saves the state after `step` steps; `write` creates the files of the tree, and may be called again. A state that
  /// is kept stays when later ones are saved, for trainings that branch off there.
  func save(
    step: Int, isKept: Bool, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void) throws
}

/// News that a running stage tells.
package enum StageReport: Hashable, Sendable {
  /// `done` of `total` units; `detail` is for the live line, as "loss 1.234  18,000 tokens/s".
  case progress(done: Int, total: Int, unit: String, detail: String)
  /// A number worth keeping in the event log.
  case metric(name: String, step: Int, value: Double)
  case warning(String)
  /// A training goes on from a saved state, after `at` of its `total` steps; nil: their number is not known yet.
  case resumed(at: Int, total: Int?)
}
