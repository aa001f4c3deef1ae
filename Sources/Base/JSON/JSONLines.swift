/// Documents as lines of JSON, out of and into pipes and logs.
package enum JSONLines {
  /// A message as a line, its end included. Its numbers must be finite.
  package static func encode(_ message: some Encodable) -> [UInt8] {
    guard let line = try? JSON.encode(message, .line) else { preconditionFailure("\(message) has no JSON form") }
    return line + [UInt8(ascii: "\n")]
  }

  /// Nil for a line that is no such message.
  package static func decode<T: Decodable>(_ type: T.Type, _ line: some Collection<UInt8>) -> T? {
    try? JSON.decode(type, line)
  }

  /// Takes the whole lines off the front of `buffer`.
  package static func take(from buffer: inout [UInt8]) -> [[UInt8]] {
    guard let end = buffer.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    let lines = buffer[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map(Array.init)
    buffer.removeSubrange(...end)
    return lines
  }
}
