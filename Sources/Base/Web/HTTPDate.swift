import Glibc

/// Times in headers, as `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Seconds since 1970; nil for a text of another form.
  package static func seconds(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]),
      let month = months.firstIndex(of: "\(words[2])"),
      let year = Int32(words[3]), (1970...9999).contains(year), (1...31).contains(day)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
    return seconds(year, Int32(month) + 1, day, clock[0], clock[1], clock[2])
  }

  /// Seconds since 1970 of a time as `2026-11-28T17:00:00Z` or `2026-11-28T17:00:00.000Z`; nil for another text.
  package static func iso(_ text: String) -> Double? {
    let parts = text.split { "-T:.Z".contains($0) }.compactMap { Int32($0) }
    guard text.hasSuffix("Z"), (6...7).contains(parts.count), (1970...9999).contains(parts[0]),
      (1...12).contains(parts[1]), (1...31).contains(parts[2]), parts[3...5].allSatisfy({ (0...60).contains($0) })
    else { return nil }
    return seconds(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
  }

  private static func seconds(
    _ year: Int32, _ month: Int32, _ day: Int32, _ hour: Int32, _ minute: Int32, _ second: Int32
  ) -> Double {
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    return Double(timegm(&parts))
  }

  /// A time as `20261128T170000Z`.
  package static func compact(_ seconds: Double) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, 32, "%Y%m%dT%H%M%SZ", &parts)
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
