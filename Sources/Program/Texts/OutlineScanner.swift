/// Reads an outline in one pass. Nothing is an error: a bracket that stays open ends where a line is indented no deeper
/// than its key, a quote at the end of its line.
package struct OutlineScanner {
  private let bytes: [UInt8]
  private let end: Int
  private var at = 0
  private var outline: Outline
  private var cursor: Outline.Cursor?
  /// The entries that are open by indentation. Items are marked, for a list may stand at its key's column.
  private var open: [(indent: Int, entry: Int, isItem: Bool)] = [(-1, 0, false)]

  /// Whether the text ends within a comment between brackets.
  private var isInComment = false
  /// The end of what has been read last.
  private var lastEnd = 0

  /// Levels that are followed.
  private static let depth = 64

  private init(_ bytes: [UInt8], end: Int) {
    (self.bytes, self.end) = (bytes, end)
    outline = Outline(entries: [.init(key: nil, keyRange: 0..<0, parent: 0, end: end)])
  }

  /// The outline of a text.
  package static func outline(_ bytes: [UInt8]) -> Outline { cursor(bytes, at: bytes.count).outline }

  /// The outline of the text before an offset, and where that is in it; no place within a comment or a block of text.
  package static func cursor(_ bytes: [UInt8], at offset: Int) -> (outline: Outline, cursor: Outline.Cursor?) {
    var scanner = OutlineScanner(bytes, end: offset)
    scanner.scan()
    return (scanner.outline, scanner.cursor)
  }

  // MARK: Bytes

  private func byte(_ place: Int) -> UInt8 { place < end ? bytes[place] : 0 }
  private var next: UInt8 { byte(at) }
  private var isBracket: Bool { next == UInt8(ascii: "{") || next == UInt8(ascii: "[") }
  private func isBreak(_ place: Int) -> Bool { place >= end || bytes[place] == 10 || bytes[place] == 13 }
  /// Whether a word ends here: a space, or the end of the line.
  private func isBlank(_ place: Int) -> Bool { isBreak(place) || bytes[place] == 0x20 || bytes[place] == 9 }

  private mutating func skipSpaces() { while at < end, next == 0x20 || next == 9 { at += 1 } }
  private mutating func skipLine() { while !isBreak(at) { at += 1 } }
  private mutating func skipBreak() { at = min(end, at + (next == 13 && byte(at + 1) == 10 ? 2 : 1)) }

  // MARK: Lines

  private mutating func scan() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]), end >= 3 { at = 3 }
    while at < end {
      line()
      if at < end, isBreak(at) { skipBreak() }
    }
    // After the last line break.
    if end == 0 || isBreak(end - 1) { place(key: 0, at: end) }
    for (_, entry, _) in open.dropFirst() { outline.entries[entry].end = max(outline.entries[entry].end, lastEnd) }
  }

  private mutating func line() {
    let start = at
    skipSpaces()
    if at == end { return place(key: at - start, at: at) }
    if isBreak(at) { return }
    if next == UInt8(ascii: "#") { return skipLine() }
    var column = at - start
    while next == UInt8(ascii: "-"), isBlank(at + 1), open.count < Self.depth {
      close(column, beforeItem: true)
      let item = add(nil, at..<at, to: open.last!.entry)
      open.append((column, item, true))
      at += 1
      skipSpaces()
      column = at - start
      if at == end { return value(item, at) }
      if isBreak(at) { return }
    }
    close(column, beforeItem: false)
    if open.count < Self.depth { node(column) }
    skipLine()
  }

  /// Closes what a line at a column does not belong to.
  private mutating func close(_ column: Int, beforeItem: Bool) {
    while let last = open.last, last.entry != 0,
      last.indent > column || last.indent == column && (!beforeItem || last.isItem)
    {
      outline.entries[last.entry].end = max(outline.entries[last.entry].end, lastEnd)
      open.removeLast()
    }
  }

  private mutating func add(_ key: String?, _ range: Range<Int>, to parent: Int) -> Int {
    outline.entries.append(.init(key: key, keyRange: range, parent: parent, end: range.upperBound))
    outline.entries[parent].children.append(outline.entries.count - 1)
    lastEnd = max(lastEnd, range.upperBound)
    return outline.entries.count - 1
  }

  /// A key with its value, brackets, or a text alone.
  private mutating func node(_ column: Int) {
    skipMarks()
    let (start, container) = (at, open.last!.entry)
    if isBracket { return brackets(container, open.last!.indent, 0) }
    let text = word(isInBrackets: false)
    let range = start..<trimmed(start, at)
    skipSpaces()
    guard next == UInt8(ascii: ":"), isBlank(at + 1) else {
      // A key that is being written, or the text of an item.
      if at == end {
        let isItem = open.last!.isItem && outline.entries[container].children.isEmpty
        return isItem ? value(container, start) : place(in: container, at: start)
      }
      if open.last!.isItem, outline.entries[container].value == nil { set(container, range, text) }
      return
    }
    let entry = add(text, range, to: container)
    open.append((column, entry, false))
    at += 1
    blockValue(entry, column)
  }

  private mutating func blockValue(_ entry: Int, _ column: Int) {
    skipSpaces()
    skipMarks()
    if at == end { return value(entry, at) }
    switch next {
    case 10, 13, UInt8(ascii: "#"): return
    case _ where isBracket: return brackets(entry, column, 0)
    case UInt8(ascii: "|"), UInt8(ascii: ">"): return block(column)
    default: break
    }
    let start = at
    let text = word(isInBrackets: false)
    if at == end { return value(entry, start) }
    set(entry, start..<trimmed(start, at), text)
  }

  /// Passes over the lines of a text that are deeper than its key.
  private mutating func block(_ column: Int) {
    skipLine()
    while at < end {
      let line = at
      skipBreak()
      let start = at
      while next == 0x20 { at += 1 }
      if at < end, !isBreak(at), at - start <= column {
        at = line
        return
      }
      skipLine()
      lastEnd = at
    }
  }

  // MARK: Words

  /// Passes over anchors and tags.
  private mutating func skipMarks() {
    while next == UInt8(ascii: "&") || next == UInt8(ascii: "!") {
      while !isBlank(at) { at += 1 }
      skipSpaces()
    }
  }

  private func trimmed(_ start: Int, _ stop: Int) -> Int {
    var stop = stop
    while stop > start, bytes[stop - 1] == 0x20 || bytes[stop - 1] == 9 { stop -= 1 }
    return stop
  }

  /// A text from here on: in quotes, or up to a colon, a comment, the end of the line and, in brackets, a comma.
  private mutating func word(isInBrackets: Bool) -> String {
    let start = at
    if next == 0x22 || next == 0x27, let text = quoted() { return text }
    while !isBreak(at) {
      let byte = next
      if byte == UInt8(ascii: ":"), isBlank(at + 1) || isInBrackets && ",[]{}".utf8.contains(self.byte(at + 1)) {
        break
      }
      if byte == UInt8(ascii: "#"), at > start, isBlank(at - 1) { break }
      if isInBrackets, ",[]{}".utf8.contains(byte) { break }
      at += 1
    }
    return String(decoding: bytes[start..<trimmed(start, at)], as: UTF8.self)
  }

  /// A text in quotes that end on their line; nil, and nothing is taken, where they do not.
  private mutating func quoted() -> String? {
    let quote = next
    var place = at + 1
    var text: [UInt8] = []
    while !isBreak(place) {
      if bytes[place] == quote {
        if quote == 0x27, byte(place + 1) == quote {
          place += 1
        } else {
          at = place + 1
          return String(decoding: text, as: UTF8.self)
        }
      } else if quote == 0x22, bytes[place] == 0x5C, !isBreak(place + 1) {
        place += 1
      }
      text.append(bytes[place])
      place += 1
    }
    return nil
  }

  private mutating func set(_ entry: Int, _ range: Range<Int>, _ text: String) {
    outline.entries[entry].value = range
    outline.entries[entry].text = text
    outline.entries[entry].end = max(outline.entries[entry].end, range.upperBound)
    lastEnd = max(lastEnd, range.upperBound)
  }

  // MARK: Brackets

  /// The entries of a map or list in brackets, whose key stands at a column.
  private mutating func brackets(_ owner: Int, _ column: Int, _ depth: Int) {
    let isMap = next == UInt8(ascii: "{")
    at += 1
    while at < end {
      guard skipToWord(column) else { return }
      if at == end { break }
      switch next {
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        at += 1
        outline.entries[owner].end = max(outline.entries[owner].end, at)
        lastEnd = max(lastEnd, at)
        return
      case UInt8(ascii: ","): at += 1
      default: part(of: owner, isMap: isMap, column, depth)
      }
    }
    if at == end, !isInComment { if isMap { place(in: owner, at: end) } else { value(owner, end) } }
  }

  /// Passes over spaces, comments and line ends; false, at the start of a line, where the brackets stay open.
  private mutating func skipToWord(_ column: Int) -> Bool {
    while at < end {
      skipSpaces()
      if at == end { return true }
      if next == UInt8(ascii: "#"), isBlank(at - 1) {
        skipLine()
        isInComment = at == end
      }
      guard at < end, isBreak(at) else { return true }
      skipBreak()
      let start = at
      skipSpaces()
      if at < end, !isBreak(at), at - start <= column, !"}],#".utf8.contains(next) {
        at = start - 1
        return false
      }
    }
    return true
  }

  /// `key: value`, or a value alone: in a list an item, which may be such a pair.
  private mutating func part(of owner: Int, isMap: Bool, _ column: Int, _ depth: Int) {
    skipMarks()
    let start = at
    if isBracket { return nested(isMap ? owner : add(nil, at..<at, to: owner), column, depth) }
    let text = word(isInBrackets: true)
    let range = start..<trimmed(start, at)
    if at == end { return isMap ? place(in: owner, at: start) : value(owner, start) }
    skipSpaces()
    let item = isMap ? owner : add(nil, start..<start, to: owner)
    guard next == UInt8(ascii: ":") else {
      if at == start { at += 1 } else if !isMap { set(item, range, text) }
      return
    }
    let pair = add(text, range, to: item)
    at += 1
    bracketValue(pair, column, depth)
  }

  private mutating func bracketValue(_ entry: Int, _ column: Int, _ depth: Int) {
    skipSpaces()
    skipMarks()
    if at == end { return value(entry, at) }
    if isBreak(at) { guard skipToWord(column), at < end else { return } }
    if isBracket { return nested(entry, column, depth) }
    let start = at
    let text = word(isInBrackets: true)
    if at == end { return value(entry, start) }
    if at > start { set(entry, start..<trimmed(start, at), text) }
    if next == UInt8(ascii: ":") { at += 1 }
  }

  private mutating func nested(_ owner: Int, _ column: Int, _ depth: Int) {
    if depth < Self.depth { return brackets(owner, column, depth + 1) }
    at += 1
  }

  // MARK: The cursor

  /// A key at a column of a new line.
  private mutating func place(key column: Int, at start: Int) {
    close(column, beforeItem: false)
    place(in: open.last!.entry, at: start)
  }

  private mutating func place(in container: Int, at start: Int) {
    cursor = cursor ?? .init(container: container, valueOf: nil, start: start)
  }

  private mutating func value(_ entry: Int, _ start: Int) {
    cursor = cursor ?? .init(container: outline.entries[entry].parent, valueOf: entry, start: start)
  }
}
