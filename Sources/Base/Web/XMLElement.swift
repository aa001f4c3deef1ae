/// An element of an XML document as S3 writes them: elements and texts. Attributes are skipped; declarations of types,
/// further entities and deep nesting are errors, since the document is a stranger's.
package struct XMLElement: Hashable, Sendable {
  package let name: String
  /// The text in it, without that of its elements.
  package let text: String
  package let children: [XMLElement]

  /// The text of the first element of that name.
  package subscript(name: String) -> String? { children.first { $0.name == name }?.text }

  /// All elements of that name.
  package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// A text that is not read as XML, and its place.
  package struct Fault: Error, CustomStringConvertible {
    package let offset: Int
    package var description: String { "XML that cannot be read at byte \(offset)" }
  }

  private init(name: String, text: String, children: [XMLElement]) {
    (self.name, self.text, self.children) = (name, text, children)
  }

  /// Reads a document. Throws `Fault`.
  package init(parsing bytes: [UInt8]) throws(Fault) {
    var reader = Reader(bytes)
    try reader.skipProlog()
    self = try reader.element(depth: 0)
    try reader.skipSpace()
    guard reader.isAtEnd else { throw reader.fault }
  }

  private struct Reader {
    private static let deepest = 16
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes }

    var isAtEnd: Bool { offset == bytes.count }
    var fault: Fault { Fault(offset: offset) }

    private func sees(_ text: StaticString) -> Bool {
      bytes[offset...].starts(with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func skipSpace() throws(Fault) { while !isAtEnd, [9, 10, 13, 32].contains(bytes[offset]) { offset += 1 } }

    mutating func skipProlog() throws(Fault) {
      try skipSpace()
      if sees("<?xml") { _ = try upTo("?>") }
      try skipSpace()
    }

    /// The bytes before a mark, which is passed.
    private mutating func upTo(_ mark: StaticString) throws(Fault) -> ArraySlice<UInt8> {
      let start = offset
      while !sees(mark) {
        guard !isAtEnd else { throw fault }
        offset += 1
      }
      defer { offset += mark.utf8CodeUnitCount }
      return bytes[start..<offset]
    }

    private mutating func name() throws(Fault) -> String {
      let start = offset
      while !isAtEnd, ![9, 10, 13, 32, 47, 60, 62, 61].contains(bytes[offset]) { offset += 1 }
      guard (1...256).contains(offset - start) else { throw fault }
      return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    mutating func element(depth: Int) throws(Fault) -> XMLElement {
      guard depth < Self.deepest, sees("<"), !sees("<!"), !sees("<?") else { throw fault }
      offset += 1
      let name = try name()
      if try isEmpty() { return XMLElement(name: name, text: "", children: []) }
      var (text, children): ([UInt8], [XMLElement]) = ([], [])
      while true {
        guard !isAtEnd else { throw fault }
        if sees("</") {
          offset += 2
          guard try self.name() == name else { throw fault }
          try skipSpace()
          guard sees(">") else { throw fault }
          offset += 1
          guard let text = String(validating: text, as: UTF8.self) else { throw fault }
          return XMLElement(name: name, text: text, children: children)
        } else if sees("<") {
          children.append(try element(depth: depth + 1))
        } else {
          text += try piece()
        }
      }
    }

    /// Skips the attributes of an element; true for one that ends with them.
    private mutating func isEmpty() throws(Fault) -> Bool {
      while true {
        try skipSpace()
        guard !isAtEnd else { throw fault }
        if sees("/>") {
          offset += 2
          return true
        }
        if sees(">") {
          offset += 1
          return false
        }
        _ = try name()
        guard sees("=\"") || sees("='") else { throw fault }
        let isDouble = sees("=\"")
        offset += 2
        _ = isDouble ? try upTo("\"") : try upTo("'")
      }
    }

    /// A byte of a text, or what an entity stands for.
    private mutating func piece() throws(Fault) -> [UInt8] {
      guard sees("&") else {
        defer { offset += 1 }
        return [bytes[offset]]
      }
      let entity = String(decoding: try upTo(";").dropFirst().prefix(16), as: UTF8.self)
      switch entity {
      case "amp": return [UInt8(ascii: "&")]
      case "lt": return [UInt8(ascii: "<")]
      case "gt": return [UInt8(ascii: ">")]
      case "quot": return [UInt8(ascii: "\"")]
      case "apos": return [UInt8(ascii: "'")]
      default:
        let isHexadecimal = entity.hasPrefix("#x")
        guard entity.hasPrefix("#"),
          let number = UInt32(entity.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
          let scalar = Unicode.Scalar(number)
        else { throw fault }
        return Array(String(scalar).utf8)
      }
    }
  }
}
