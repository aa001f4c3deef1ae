/// A process that works on a run or a step, as it looks from outside.
package enum Life: Hashable, Sendable {
  /// The process runs on this host, or has given a sign of life just now.
  case alive(owner: String)
  /// The process may run on another host, and has given no sign of life for so long.
  case silent(owner: String, seconds: Double)
  case gone
}
