/// A text, and the starts of its lines: turns an offset in characters into a position.
///
/// A line ends at LF, CR LF or CR. libyaml also ends lines at NEL, LS and PS, so its line numbers are not used.
struct SourceText {
  let file: String
  /// Offsets in characters.
  private let lineStarts: [Int]

  init(file: String, bytes: [UInt8]) {
    self.file = file
    var starts = [0]
    var index = 0
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      index += 1
      let isReturn = byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A)
      if byte == 0x0A || isReturn { starts.append(index) }
    }
    lineStarts = starts
  }

  /// The lines of `text`, which end as in `init`.
  static func lines(_ text: String) -> [Substring.UTF8View] {
    var result: [Substring.UTF8View] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
      let byte = bytes[index]
      let next = bytes.index(after: index)
      if byte == 0x0A || byte == 0x0D {
        result.append(bytes[start..<index])
        start = byte == 0x0D && next < bytes.endIndex && bytes[next] == 0x0A ? bytes.index(after: next) : next
        index = start
      } else {
        index = next
      }
    }
    result.append(bytes[start...])
    return result
  }

  /// The position of the character at `index`.
  func position(at index: Int) -> Position {
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle - 1 }
    }
    return Position(file: file, line: low + 1, column: index - lineStarts[low] + 1)
  }

  /// The characters from `start` to `end`; one character where they lie on two lines.
  func span(from start: Int, to end: Int) -> Span {
    let first = position(at: start)
    return Span(first, length: position(at: end).line == first.line ? end - start : 1)
  }
}
