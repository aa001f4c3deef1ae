/// Bounds of what is asked of a remote.
enum RemoteLimits {
  /// Most bytes that are read at a time.
  static let read = 1 << 26
  /// Most pages of a list: one that goes on longer never ends.
  static let pages = 10_000
}
