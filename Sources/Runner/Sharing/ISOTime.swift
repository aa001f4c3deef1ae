import Glibc

/// Times as statements bear them.
package enum ISOTime {
  /// Seconds since 1970 as `2026-11-28T17:00:00Z`.
  package static func text(_ time: Double) -> String {
    var seconds = time_t(max(0, min(time, 253_402_300_799)))
    var date = tm()
    gmtime_r(&seconds, &date)
    let digits = { (value: Int32, width: Int) in
      String(repeating: "0", count: max(0, width - "\(value)".utf8.count)) + "\(value)"
    }
    let day = [digits(date.tm_year + 1900, 4), digits(date.tm_mon + 1, 2), digits(date.tm_mday, 2)]
    let clock = [date.tm_hour, date.tm_min, date.tm_sec].map { digits($0, 2) }
    return day.joined(separator: "-") + "T" + clock.joined(separator: ":") + "Z"
  }
}
