import Syntax

/// The reason for which a worker was lost: it decides what is done about it.
package enum Loss: Sendable {
  /// A crash, a killed process, a failed node: tried again, elsewhere if there is an elsewhere.
  case infrastructure
  /// Out of memory, having had this many bytes: tried again with more.
  case memory(peak: Int)
  /// Out of time: goes on from its last saved state.
  case time
  /// The worker was stopped on request.
  case stopped
}
