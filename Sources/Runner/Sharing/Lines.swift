/// The lines of a text, one after the other: however many there are, they are not all in memory at once.
struct Lines {
  private var rest: ArraySlice<UInt8>
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The next line without its end; nil at the end of the text.
  mutating func next() -> String? {
    if rest.isEmpty { return nil }
    let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    defer { rest = end == rest.endIndex ? [] : rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
