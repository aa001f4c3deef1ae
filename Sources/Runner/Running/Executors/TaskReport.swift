package import Working

/// News of a step that an executor tells.
package enum TaskReport: Sendable {
  case reply(WorkerReply)
  /// A line that its process wrote to standard error.
  case output(String)
  /// The worker ended without a last word.
  case lost(String, Loss)
}
