import Glibc

/// Numbers, amounts and times as people read them.
package enum Words {
  /// `1 step`, `3 steps`
  package static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `12,345`
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (value < 0 ? "-" : "") + result
  }

  /// `120 of 4,000 letters (3.0 %)`
  package static func part(_ part: Int, of all: Int, _ noun: String) -> String {
    "\(grouped(part)) of \(grouped(all)) \(noun) (\(percent(part, of: all)))"
  }

  /// `3.2 %`; never 0 % of something, nor 100 % of less than all.
  package static func percent(_ part: Int, of all: Int) -> String {
    if part == 0 || part == all { return part == 0 ? "0 %" : "100 %" }
    let percent = 100 * Double(part) / Double(all)
    return percent < 0.1 ? "less than 0.1 %" : percent > 99.9 ? "more than 99.9 %" : "\(fixed(percent, 1)) %"
  }

  /// So many digits behind the point, halves away from zero, no sign before zero; numbers from 1e15 on in full.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = Int(scaled) / Int(scale)
    let part = String(Int(scaled) % Int(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return digits == 0
      ? sign + String(whole) : sign + "\(whole)." + String(repeating: "0", count: digits - part.count) + part
  }

  /// Three significant digits: `0.001`, `9.55e-5`, `1,200`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)")" }
    var (scale, exponent) = (abs(value), 0)
    while scale >= 10 { (scale, exponent) = (scale / 10, exponent + 1) }
    while scale < 1 { (scale, exponent) = (scale * 10, exponent - 1) }
    let sign = value < 0 ? "-" : ""
    if exponent < -4 || exponent > 5 { return "\(sign)\(trimmed(fixed(scale, 2)))e\(exponent)" }
    if exponent >= 2 { return sign + grouped(whole(abs(value))) }
    return sign + trimmed(fixed(abs(value), 2 - exponent))
  }

  /// Digits without zeros at their end.
  private static func trimmed(_ digits: String) -> Substring {
    var text = digits[...]
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text = text.dropLast() }
    return text.hasSuffix(".") ? text.dropLast() : text
  }

  /// `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`
  package static func seconds(_ value: Double) -> String {
    switch value {
    case ..<0.0095: return "\(whole(value * 1000)) ms"
    case ..<10: return fixed(value, value < 1 ? 2 : 1) + " s"
    case ..<60: return "\(whole(value)) s"
    case ..<3600:
      let seconds = whole(value)
      return "\(seconds / 60) min \(padded(seconds % 60)) s"
    default:
      let minutes = whole(value / 60)
      return "\(minutes / 60) h \(padded(minutes % 60)) min"
    }
  }

  /// A time that is a guess, in whole seconds, and from hours on in whole minutes; `?` for no time.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = whole(seconds)
    if whole < 60 { return "\(whole) s" }
    return whole < 3600
      ? "\(whole / 60) min \(padded(whole % 60)) s" : "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
  }

  /// `512 B`, `4.2 kB`, `34 MB`
  package static func bytes(_ value: Int) -> String {
    var amount = Double(value)
    for unit in ["B", "kB", "MB", "GB"] {
      if amount < 1000 { return unit == "B" ? "\(value) B" : "\(fixed(amount, amount < 10 ? 1 : 0)) \(unit)" }
      amount /= 1000
    }
    return "\(fixed(amount, 1)) TB"
  }

  /// As `bytes`, and a dot for none: for tables.
  package static func size(_ value: Int) -> String { value == 0 ? "." : bytes(value) }

  /// `2026-11-21 14:03:10`, local time, for seconds since 1970.
  package static func time(_ seconds: Double) -> String {
    var clock = time_t(whole(seconds.rounded(.towardZero)))
    var parts = tm()
    localtime_r(&clock, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, 32, "%Y-%m-%d %H:%M:%S", &parts)
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// The nearest integer; one of any size, and no number at all, end no process.
  private static func whole(_ value: Double) -> Int {
    value.isNaN ? 0 : Int(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
  }
}
