/// The last lines that a process wrote to standard error: they tell of a crash.
package struct LastWords {
  /// Lines and bytes that are quoted at most; the error stands at the end.
  private static let lines = 5
  private static let bytes = 2048

  private var lines: [String] = []
  /// The line with which the Swift runtime has ended the process.
  package private(set) var fatal: String?

  package init(fatal: String? = nil) {
    self.fatal = fatal
  }

  /// Whether no line was noted.
  package var isEmpty: Bool { lines.isEmpty }

  /// Takes a line note of; false for one of a backtrace of this program, which tells its user nothing.
  package mutating func add(_ line: String) -> Bool {
    if fatal != nil, Self.isOfBacktrace(line) { return false }
    if let range = line.firstRange(of: "Fatal error: ") { fatal = String(line[range.lowerBound...]) }
    lines = lines.suffix(Self.lines - 1) + [Self.end(of: line)]
    return true
  }

  /// The lines as the end of a sentence.
  package var text: String { Self.end(of: lines.joined(separator: " / ")) }

  /// The lack of memory in words, where an allocation has failed and ended the process; nil elsewhere.
  package var lackOfMemory: String? {
    let all = (fatal.map { [$0] } ?? []) + lines
    guard let line = all.first(where: { $0.contains("bad_alloc") || $0.contains(#/failed to allocate \d/#) }) else {
      return nil
    }
    guard let range = line.firstRange(of: "allocate "),
      let bytes = Double(line[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    else { return "an allocation failed" }
    let (size, unit) = bytes < 1e9 ? (bytes / 1e6, "MB") : (bytes / 1e9, "GB")
    return "failed to allocate \((size * 10).rounded() / 10) \(unit)"
  }

  /// `Current stack trace:`, and then lines as `18   bioarc   0x000055c3...`.
  private static func isOfBacktrace(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 3)
    return line.hasPrefix("Current stack trace")
      || words.count > 2 && words[0].allSatisfy(\.isNumber) && words[2].hasPrefix("0x")
  }

  private static func end(of text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count > Self.bytes else { return text }
    // Not from within a character.
    let kept = bytes.suffix(Self.bytes).drop { $0 & 0xC0 == 0x80 }
    return "… " + String(decoding: kept, as: UTF8.self)
  }
}
