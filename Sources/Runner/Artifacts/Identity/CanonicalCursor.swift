/// Reads a canonical encoding from its front to its end without making values of it: for what is read by the hundred
/// thousand. Its user knows what comes next; anything else is an error.
package struct CanonicalCursor {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Whether nothing is left to read.
  package var isAtEnd: Bool { offset == bytes.count }

  /// Reads a truth; throws for any other value.
  package mutating func bool() throws(CanonicalError) -> Bool {
    let tag = try byte()
    guard tag == 1 || tag == 2 else { throw fail("not a truth value") }
    return tag == 2
  }

  /// Reads an integer; throws for any other value.
  package mutating func int() throws(CanonicalError) -> Int {
    try expect(3)
    return Int(Int64(bitPattern: try word()))
  }

  /// Reads a number; throws for any other value, and for one that the encoding does not write.
  package mutating func float() throws(CanonicalError) -> Double {
    try expect(4)
    let value = Double(bitPattern: try word())
    guard value.isFinite, value != 0 || value.sign == .plus else { throw fail("not a canonical number") }
    return value
  }

  /// Reads a string; throws for any other value, and for bytes that are not UTF-8.
  package mutating func string() throws(CanonicalError) -> String {
    try expect(5)
    guard let text = String(validating: try run(), as: UTF8.self) else { throw fail("not UTF-8") }
    return text
  }

  /// Reads a string that must be `text`.
  package mutating func string(_ text: StaticString) throws(CanonicalError) {
    try expect(5)
    let run = try run()
    guard text.withUTF8Buffer({ run.elementsEqual($0) }) else { throw fail("another string") }
  }

  /// Reads a digest, from its 32 bytes; throws for any other value.
  package mutating func digest() throws(CanonicalError) -> Digest {
    try expect(6)
    let run = try run()
    guard run.count == 32 else { throw fail("not a digest") }
    return Digest(raw: run)
  }

  /// The number of values of a list, which follow.
  package mutating func list() throws(CanonicalError) -> Int {
    try expect(7)
    let count = try word()
    guard count <= UInt64(bytes.count - offset) else { throw fail("a count of \(count) is past the end") }
    return Int(count)
  }

  private mutating func expect(_ tag: UInt8) throws(CanonicalError) {
    guard try byte() == tag else { throw fail("another kind of value") }
  }

  private mutating func byte() throws(CanonicalError) -> UInt8 {
    guard offset < bytes.count else { throw fail("ends early") }
    defer { offset += 1 }
    return bytes[offset]
  }

  private mutating func word() throws(CanonicalError) -> UInt64 {
    guard bytes.count - offset >= 8 else { throw fail("ends early") }
    defer { offset += 8 }
    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private mutating func run() throws(CanonicalError) -> UnsafeRawBufferPointer {
    let count = try word()
    guard count <= UInt64(bytes.count - offset) else { throw fail("a count of \(count) is past the end") }
    defer { offset += Int(count) }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
  }

  private func fail(_ reason: String) -> CanonicalError { CanonicalError(offset: offset, reason: reason) }
}
