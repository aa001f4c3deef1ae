import Glibc

/// Times in UTC, as documents bear them.
package enum UTC {
  /// Seconds since 1970 as `2026-11-28T17:00:00Z`, or with `+00:00`, as RO-Crate's checks ask, for a zone.
  package static func text(_ seconds: Double, zone: String = "Z") -> String {
    let (day, clock) = parts(seconds)
    return "\(day)T\(clock)\(zone)"
  }

  /// Seconds since 1970 as `2026-11-28`.
  package static func day(_ seconds: Double) -> String { parts(seconds).day }

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
