/// Writes FASTA in its canonical form: `>name`, LF, the whole sequence on one line, LF.
package struct FASTAWriter {
  private var buffer: [UInt8] = []

  package init() {}

  /// Bytes that are ready to be written.
  package var pending: Int { buffer.count }

  /// Adds a record.
  package mutating func add(name: String, _ sequence: some Collection<UInt8>) {
    buffer.append(UInt8(ascii: ">"))
    buffer += name.utf8
    buffer.append(UInt8(ascii: "\n"))
    buffer += sequence
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Gives the bytes that are ready to `write` and forgets them.
  package mutating func drain(_ write: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try buffer.withUnsafeBytes { if !$0.isEmpty { try write($0) } }
    buffer.removeAll(keepingCapacity: true)
  }
}
