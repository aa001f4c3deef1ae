extension Outline {
  /// The place at which another entry of a map is written behind its last one, and the text that writes it: in brackets
  /// or on a line of its own, as the map is. nil: the entry has a value that is no map.
  package func insertion(of text: String, into map: Int, _ bytes: [UInt8]) -> (offset: Int, text: String)? {
    let parent = entries[map]
    guard parent.value == nil, parent.key != nil else { return nil }
    var start = parent.keyRange.upperBound
    while start < parent.end, bytes[start] == UInt8(ascii: ":") || Self.isBlank(bytes[start]) { start += 1 }
    if start < parent.end, bytes[start] == UInt8(ascii: "{") {
      guard bytes[parent.end - 1] == UInt8(ascii: "}") else { return nil }
      var end = parent.end - 1
      while Self.isBlank(bytes[end - 1]) { end -= 1 }
      switch bytes[end - 1] {
      case UInt8(ascii: "{"): return (end, " \(text)" + (end == parent.end - 1 ? " " : ""))
      case UInt8(ascii: ","): return (end, " \(text)")
      default: return (end, ", \(text)")
      }
    }
    let children = parent.children.map { entries[$0] }
    guard children.allSatisfy({ $0.key != nil }) else { return nil }
    let isOnLines = start >= parent.end || bytes[parent.keyRange.upperBound..<start].contains(10)
    guard isOnLines || children.isEmpty else { return nil }
    let end = children.map { max($0.end, $0.keyRange.upperBound) }.max() ?? parent.keyRange.upperBound
    let indent = children.first.map { column($0, bytes) } ?? column(parent, bytes) + 2
    var offset = min(end, bytes.count)
    while offset < bytes.count, bytes[offset] != 10, bytes[offset] != 13 { offset += 1 }
    let lineEnd = bytes.contains(13) ? "\r\n" : "\n"
    return (offset, lineEnd + String(repeating: " ", count: indent) + text)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 9...13 ~= byte }

  /// Bytes between the beginning of the line and a key.
  private func column(_ entry: Entry, _ bytes: [UInt8]) -> Int {
    bytes[..<entry.keyRange.lowerBound].reversed().prefix { $0 != 10 && $0 != 13 }.count
  }
}
