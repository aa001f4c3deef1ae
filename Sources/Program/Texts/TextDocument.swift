package import JSON
package import YAML

/// A text that is open in an editor. Offsets are in bytes of UTF-8; a line ends at LF, CR LF or CR.
package struct TextDocument: Sendable {
  /// A line from 0, and a column from 0 in the units of the document's encoding.
  package struct Place: Hashable, Sendable {
    package let line: Int
    package let column: Int
    package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }
  }

  package let uri: String
  package let encoding: PositionEncoding
  package private(set) var version: Int
  package private(set) var bytes: [UInt8]
  private var lineStarts: [Int]

  package init(uri: String, version: Int, text: String, encoding: PositionEncoding) {
    (self.uri, self.version, self.encoding) = (uri, version, encoding)
    bytes = Array(text.utf8)
    lineStarts = Self.starts(bytes)
  }

  private static func starts(_ bytes: [UInt8]) -> [Int] {
    var starts = [0]
    bytes.withUnsafeBufferPointer { bytes in
      for place in bytes.indices where bytes[place] <= 13 {
        let isReturn = bytes[place] == 13 && !(place + 1 < bytes.count && bytes[place + 1] == 10)
        if bytes[place] == 10 || isReturn { starts.append(place + 1) }
      }
    }
    return starts
  }

  /// Carries out the changes of one notification in their order. A change without a range replaces the whole text;
  /// those of another form are passed over.
  package mutating func apply(_ changes: [JSON], version: Int) {
    self.version = version
    for change in changes {
      guard let text = change["text"]?.string else { continue }
      if let range = change["range"] {
        guard let range = self.range(range) else { continue }
        bytes.replaceSubrange(range, with: text.utf8)
      } else {
        bytes = Array(text.utf8)
      }
      lineStarts = Self.starts(bytes)
    }
  }

  /// Replaces some bytes, which must begin and end with characters.
  package mutating func replace(_ range: Range<Int>, by text: String) {
    bytes.replaceSubrange(range, with: text.utf8)
    lineStarts = Self.starts(bytes)
  }

  // MARK: Places

  /// The bytes of a line without its end; none after the last one.
  package func line(_ number: Int) -> Range<Int> {
    guard lineStarts.indices.contains(number) else { return bytes.count..<bytes.count }
    var end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
    if number + 1 < lineStarts.count {
      end -= 1
      if end > lineStarts[number], bytes[end] == 10, bytes[end - 1] == 13 { end -= 1 }
    }
    return lineStarts[number]..<end
  }

  /// The offset of a place. A column beyond the line is its end, a line beyond the text the end of that, and a place
  /// within a character its beginning.
  package func offset(of place: Place) -> Int {
    guard place.line >= 0 else { return 0 }
    return offset(in: line(place.line), column: place.column, encoding)
  }

  private func offset(in line: Range<Int>, column: Int, _ encoding: PositionEncoding) -> Int {
    var (offset, left) = (line.lowerBound, column)
    while offset < line.upperBound, left > 0 {
      let width = Self.width(bytes[offset])
      left -= encoding.units(width)
      guard left >= 0 else { break }
      offset += width
    }
    return offset
  }

  /// The place of an offset; within a line's end, that of the line's last column.
  package func place(of offset: Int) -> Place {
    var (low, high) = (0, lineStarts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    let line = line(low)
    var (at, column) = (line.lowerBound, 0)
    while at < min(offset, line.upperBound) {
      let width = Self.width(bytes[at])
      column += encoding.units(width)
      at += width
    }
    return Place(line: low, column: column)
  }

  /// The bytes of a run of characters as findings have it: line and column from 1, in characters. A mark of byte order
  /// at the text's beginning is no character of theirs.
  package func range(at position: Position, length: Int) -> Range<Int> {
    var line = line(position.line - 1)
    if position.line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line = min(3, line.upperBound)..<line.upperBound }
    let start = offset(in: line, column: position.column - 1, .utf32)
    return start..<offset(in: start..<max(start, line.upperBound), column: length, .utf32)
  }

  private static func width(_ lead: UInt8) -> Int {
    switch lead {
    case ..<0xC0: 1
    case ..<0xE0: 2
    case ..<0xF0: 3
    default: 4
    }
  }

  // MARK: As the protocol has it

  package func json(_ range: Range<Int>) -> JSON {
    let places = [range.lowerBound, range.upperBound].map { place(of: $0) }
    let json = places.map { ["line": .int($0.line), "character": .int($0.column)] as JSON }
    return ["start": json[0], "end": json[1]]
  }

  /// The offset of a position; nil for another value.
  package func offset(_ position: JSON?) -> Int? {
    guard let line = position?["line"]?.int, let column = position?["character"]?.int else { return nil }
    return offset(of: Place(line: line, column: column))
  }

  /// The bytes of a range; nil for another value. An end before the start is the start.
  package func range(_ range: JSON) -> Range<Int>? {
    guard let start = offset(range["start"]), let end = offset(range["end"]) else { return nil }
    return start..<max(start, end)
  }

  package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
