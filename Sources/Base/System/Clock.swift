import Glibc

/// Clocks of the machine.
package enum Clock {
  /// Seconds of a clock that never goes back.
  package static func monotonic() -> Double { read(CLOCK_MONOTONIC) }
  /// Seconds since 1970.
  package static func wall() -> Double { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
