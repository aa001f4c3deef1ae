/// Splits the output of a process into lines, in bounded memory.
///
/// A line feed ends a line, and so does a carriage return, after which a terminal writes over the line: of a burst of
/// these, as a progress bar makes, a line is told now and then, and its last. The middle of a long line is left out.
package struct LineSplitter {
  /// Bytes that are kept of either end of a line.
  package static let side = 4096
  /// Seconds between two lines of a burst.
  package static let pause = 5.0

  /// The beginning of the line that has not ended yet.
  private var head: [UInt8] = []
  /// The end, with `leftOut` bytes missing before it.
  private var tail: [UInt8] = []
  private var leftOut = 0
  /// A line that a carriage return has ended, and that was not told.
  private var waiting: [UInt8]?
  private var lastOfBurst = -Double.infinity

  package init() {}

  /// Takes bytes at a time of a monotonic clock; returns the lines that have ended.
  package mutating func take(_ bytes: some RandomAccessCollection<UInt8>, at now: Double) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      add(rest[..<end])
      let line = endLine()
      if rest[end] == UInt8(ascii: "\r") {
        waiting = line.isEmpty ? waiting : line
        lines += due(at: now)
      } else {
        // A line that is written over the waiting one stands for it.
        if let told = line.isEmpty ? waiting : line { lines.append(told) }
        waiting = nil
      }
      rest = rest[rest.index(after: end)...]
    }
    add(rest)
    return lines
  }

  /// The line of a burst that has waited long enough.
  package mutating func due(at now: Double) -> [[UInt8]] {
    guard let line = waiting, now - lastOfBurst >= Self.pause else { return [] }
    (waiting, lastOfBurst) = (nil, now)
    return [line]
  }

  /// The rest at the end, which no line end follows.
  package mutating func finish() -> [[UInt8]] {
    let line = endLine()
    defer { waiting = nil }
    return (line.isEmpty ? waiting : line).map { [$0] } ?? []
  }

  private mutating func add(_ bytes: some RandomAccessCollection<UInt8>) {
    let room = Self.side - head.count
    head += bytes.prefix(room)
    // No more of it than can be kept.
    let rest = bytes.dropFirst(room)
    let kept = rest.suffix(Self.side)
    leftOut += rest.count - kept.count
    tail += kept
    if tail.count > 4 * Self.side { trim() }
  }

  private mutating func trim() {
    leftOut += max(0, tail.count - Self.side)
    tail = Array(tail.suffix(Self.side))
  }

  private mutating func endLine() -> [UInt8] {
    trim()
    defer { (head, tail, leftOut) = ([], [], 0) }
    return head + (leftOut > 0 ? Array(" … \(leftOut) bytes left out … ".utf8) : []) + tail
  }
}
