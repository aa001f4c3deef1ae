import Glibc

/// A time as documents bear it: seconds, in UTC, with an offset that is written out, as RO-Crate's checks ask.
enum UTCTime {
  /// Seconds since 1970 as `2026-11-28T17:00:00+00:00`.
  static func text(_ seconds: Double) -> String {
    let time = parts(seconds)
    return "\(time.day)T\(time.clock)+00:00"
  }

  /// Seconds since 1970 as `2026-11-28`.
  static func day(_ seconds: Double) -> String { parts(seconds).day }

  private static func parts(_ seconds: Double) -> (day: String, clock: String) {
    var time = time_t(max(0, min(seconds, 253_402_300_799)))
    var date = tm()
    gmtime_r(&time, &date)
    let digits = { (value: Int32, width: Int) in
      String(repeating: "0", count: max(0, width - "\(value)".utf8.count)) + "\(value)"
    }
    let day = [digits(date.tm_year + 1900, 4), digits(date.tm_mon + 1, 2), digits(date.tm_mday, 2)]
    let clock = [date.tm_hour, date.tm_min, date.tm_sec].map { digits($0, 2) }
    return (day.joined(separator: "-"), clock.joined(separator: ":"))
  }
}
