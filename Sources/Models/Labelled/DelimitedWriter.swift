/// Writes rows of CSV (RFC 4180) or TSV as `DelimitedReader` reads them: fields with delimiters, quotes or line ends
/// are quoted.
package struct DelimitedWriter {
  private var buffer: [UInt8] = []
  private let delimiter: UInt8

  package init(_ delimiter: TableOptions.Delimiter) {
    self.delimiter = delimiter == .comma ? UInt8(ascii: ",") : UInt8(ascii: "\t")
  }

  /// Bytes that are ready to be written.
  package var pending: Int { buffer.count }

  /// Adds a row, a field for each column, as bytes.
  package mutating func add(_ fields: [[UInt8]]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { buffer.append(delimiter) }
      let isPlain = !field.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
      if isPlain {
        buffer += field
        continue
      }
      buffer.append(UInt8(ascii: "\""))
      for byte in field { buffer += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
      buffer.append(UInt8(ascii: "\""))
    }
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Adds a row, a field for each column, as text.
  package mutating func add(_ fields: [String]) { add(fields.map { Array($0.utf8) }) }

  /// Gives the bytes that are ready to `write` and forgets them.
  package mutating func drain(_ write: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try buffer.withUnsafeBytes { if !$0.isEmpty { try write($0) } }
    buffer.removeAll(keepingCapacity: true)
  }
}
