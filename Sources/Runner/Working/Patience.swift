import Glibc
import Stores
import System

/// Waiting for files that another process says that it has written: a shared file system may show them late.
package enum Patience {
  /// Seconds after which the wait is given up, as a lease is that shows no sign of life: NFS shows a new
  /// name within 60.
  package static let limit = Lease.expiry

  /// The value that `look` finds, at once or within `limit` seconds; nil without one.
  static func wait<T>(_ look: () throws -> T?) rethrows -> T? {
    let end = Clock.monotonic() + limit
    var interval: UInt32 = 10_000
    while true {
      if let found = try look() { return found }
      guard Clock.monotonic() < end else { return nil }
      usleep(interval)
      interval = min(2 * interval, 500_000)
    }
  }
}
