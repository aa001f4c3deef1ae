/// The rights to a new file, before the umask takes its part. Nothing is ever writable for everyone.
package enum FileMode: UInt32, Sendable {
  /// 0444: for files that never change.
  case readOnly = 0o444
  /// 0664: logs and caches.
  case writable = 0o664
}
