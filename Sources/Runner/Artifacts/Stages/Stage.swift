/// Work that a pipeline can ask for: a pure function from its context's inputs and parameters to its outputs.
package protocol Stage: Sendable {
  static var declaration: StageDeclaration { get }
  /// Reads inputs, writes every declared output. Throws `StageFailure` for a result that is a failure, `Interrupted`
  /// after a checkpoint on request; any other error is one of the environment.
  static func run(_ context: StageContext) throws
}
