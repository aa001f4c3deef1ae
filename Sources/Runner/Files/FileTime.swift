internal import Artifacts
import Glibc

extension Int64 {
  /// Nanoseconds since 1970.
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(of: time)
  }

  /// Nanoseconds since 1970, kept within 146 years around it: files may bear any times, and neither a sum nor a
  /// difference of two of them is to overflow.
  static func nanoseconds(of time: timespec) -> Int64 {
    let exact = Int64(time.tv_sec).multiplied(saturatingBy: 1_000_000_000).added(saturatingTo: Int64(time.tv_nsec))
    return Swift.min(Swift.max(exact, earliest), latest)
  }

  /// The number for all times before 1824.
  package static let earliest = -latest
  /// The number for all times after February 2116.
  static let latest = Int64.max / 2
}
