/// Takes the messages out of a stream of frames: a header that has `Content-Length`, an empty line, so many bytes.
///
/// A header that says no length is passed over: the next one that does counts. A body that is too long is passed over
/// too, and is never held.
package struct FrameReader {
  /// A piece of the stream.
  package enum Piece: Equatable {
    case message([UInt8])
    /// Bytes that are no message, and why.
    case fault(String)
  }

  /// Bytes of a body that are read, and of a header.
  package static let limit = 64 << 20
  static let headerLimit = 64 << 10

  private var buffer: [UInt8] = []
  private var begin = 0
  /// The length of the body whose header has been read.
  private var length: Int?
  /// Bytes of a body that is too long, which are still to come.
  private var skipped = 0

  package init() {}

  package mutating func append(_ bytes: some Collection<UInt8>) {
    let taken = min(skipped, bytes.count)
    skipped -= taken
    buffer.removeFirst(begin)
    begin = 0
    buffer += bytes.dropFirst(taken)
  }

  /// The next piece; nil: more bytes are needed.
  package mutating func next() -> Piece? {
    if let length {
      guard buffer.count - begin >= length else { return nil }
      defer { (begin, self.length) = (begin + length, nil) }
      return .message(Array(buffer[begin..<begin + length]))
    }
    guard let end = headerEnd() else {
      guard buffer.count - begin > Self.headerLimit else { return nil }
      begin = buffer.count - 3
      return .fault("no header in \(Self.headerLimit) bytes")
    }
    let found = Self.length(buffer[begin..<end])
    begin = end + 4
    guard let found else { return .fault("a header without a length") }
    guard found <= Self.limit else {
      let there = min(found, buffer.count - begin)
      (begin, skipped) = (begin + there, found - there)
      return .fault("a message of \(found) bytes; the most is \(Self.limit)")
    }
    length = found
    return next()
  }

  /// The place of the empty line's beginning.
  private func headerEnd() -> Int? {
    guard buffer.count - begin > 3 else { return nil }
    return (begin...buffer.count - 4).first { buffer[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }
  }

  /// The length that a header says, in any case of letters; garbage before its name is no harm.
  private static func length(_ header: ArraySlice<UInt8>) -> Int? {
    let name = "content-length:"
    for line in header.split(whereSeparator: { $0 == 13 || $0 == 10 }).reversed() {
      let text = String(decoding: line, as: UTF8.self).lowercased()
      guard let place = text.ranges(of: name).last else { continue }
      let digits = text[place.upperBound...].filter { $0 != " " && $0 != "\t" }
      guard !digits.isEmpty, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else { continue }
      return Int(digits)
    }
    return nil
  }

  /// A message as a frame.
  package static func frame(_ body: [UInt8]) -> [UInt8] {
    Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
  }
}
