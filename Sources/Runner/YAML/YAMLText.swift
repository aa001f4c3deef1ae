/// Checks of a text before libyaml reads it, and words for the faults that libyaml finds.
enum YAMLText {
  /// Whether `bytes` may be given to libyaml; else a finding says why not.
  static func check(_ bytes: [UInt8], source: SourceText, findings: Findings) -> Bool {
    func fail(_ message: String, _ offset: Int, help: String? = nil) -> Bool {
      let character = bytes[..<offset].count { $0 & 0xC0 != 0x80 }
      findings.error(message, at: Span(source.position(at: character), length: 1), help: help)
      return false
    }
    guard bytes.count <= YAMLReader.Budget.bytes else {
      return fail("the file has \(bytes.count) bytes; a pipeline has at most \(YAMLReader.Budget.bytes)", 0)
    }
    if let offset = invalidUTF8(bytes) { return fail("not UTF-8 text", offset) }
    if let offset = bytes.firstIndex(of: 0) { return fail("a NUL character", offset) }
    var isIndent = true
    var tab: Int?
    for (offset, byte) in bytes.enumerated() {
      switch byte {
      case 0x0A, 0x0D: (isIndent, tab) = (true, nil)
      case 0x20 where isIndent: break
      case 0x09 where isIndent: tab = tab ?? offset
      case UInt8(ascii: "%") where isIndent && (offset == 0 || bytes[offset - 1] == 0x0A || bytes[offset - 1] == 0x0D):
        return fail("a line that starts with '%' is a YAML directive, which is not used here", offset)
      case UInt8(ascii: "#") where isIndent: (isIndent, tab) = (false, nil)
      default:
        if let tab { return fail("a tab in the indentation", tab, help: "indent with spaces") }
        isIndent = false
      }
    }
    return true
  }

  /// The offset of the first byte that is no part of valid UTF-8.
  private static func invalidUTF8(_ bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var (valid, bad) = (0, bytes.count)
    // The longest valid prefix ends within three bytes of the first bad one.
    while valid < bad {
      let middle = (valid + bad + 1) / 2
      let slack = (0...3).contains {
        middle - $0 >= valid && String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil
      }
      if slack { valid = middle } else { bad = middle - 1 }
    }
    return (0...3).map { max(valid - $0, 0) }.first { String(validating: bytes[..<$0], as: UTF8.self) != nil } ?? 0
  }

  /// Makes a finding of a syntax error, in words of this project where libyaml's are for those who know its source.
  static func report(_ error: YAMLSyntaxError, source: SourceText, bytes: [UInt8], findings: Findings) {
    let (message, help) = words(error)
    var notes: [Diagnostic.Note] = []
    var offset = error.offset
    if let context = error.context, context.offset != error.offset {
      if error.problem == "found unexpected end of stream" {
        offset = context.offset
      } else if let text = contexts[context.text] {
        notes.append(.init(text, at: Span(source.position(at: context.offset), length: 1)))
      }
    }
    let span = Span(source.position(at: offset), length: 1)
    notes += MissingSpace.notes(before: span.position, in: bytes)
    findings.error(message, at: span, help: help, notes: notes)
  }

  private static let contexts = [
    "while parsing a flow mapping": "the map starts here", "while parsing a block mapping": "the map starts here",
    "while parsing a flow sequence": "the list starts here", "while parsing a block collection": "the list starts here",
    "while scanning a simple key": "the key starts here", "while parsing a node": "the value starts here",
    "while scanning a quoted scalar": "the text starts here",
    "while parsing a double-quoted scalar": "the text starts here",
  ]

  private static func words(_ error: YAMLSyntaxError) -> (message: String, help: String?) {
    switch error.problem {
    case "mapping values are not allowed in this context":
      ("a ':' that cannot start a value here", "quote text that holds ': ', and check the indentation of this line")
    case "could not find expected ':'": ("a ':' is missing after this key", nil)
    case "did not find expected ',' or '}'": ("a ',' or the closing '}' is missing before this", nil)
    case "did not find expected ',' or ']'": ("a ',' or the closing ']' is missing before this", nil)
    case "did not find expected key", "did not find expected '-' indicator":
      ("this line does not belong to what is above it", "check its indentation, and quotes and brackets before it")
    case "found character that cannot start any token": ("a value cannot start with this character", "quote it")
    case "found unexpected end of stream": ("the text that is quoted here does not end", nil)
    case "found unknown escape character": ("an unknown escape in a double-quoted text", "use single quotes, or '\\\\'")
    case "did not find expected alphabetic or numeric character": ("'*' or '&' without a name", "quote the text")
    case "control characters are not allowed": ("a control character", nil)
    default: (error.problem, nil)
    }
  }
}
