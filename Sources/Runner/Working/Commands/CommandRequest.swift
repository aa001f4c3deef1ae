import Artifacts

/// A command as a guard is asked to run it.
struct CommandRequest {
  let arguments: [String]
  /// `NAME=value`; the command has nothing else.
  let environment: [String]
  /// The folder in which it starts.
  let folder: String
}
