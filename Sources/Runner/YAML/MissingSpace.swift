import Artifacts

/// A key and its value without a space between them, as `train:40`, which YAML reads as one text.
package enum MissingSpace {
  /// The text to write instead of such a one, or nil for another.
  package static func help(_ text: String) -> String? {
    split(text).map { "write '\($0.key): \($0.value)', with a space after the colon" }
  }

  /// The text to write instead of such a one, or nil for another node.
  package static func help(_ node: YAMLNode) -> String? {
    if case .scalar(let scalar) = node.content { help(scalar.text) } else { nil }
  }

  /// Notes at the lines above a place that cannot be read, as far as each is such a text.
  static func notes(before position: Position, in bytes: [UInt8]) -> [Diagnostic.Note] {
    let lines = SourceText.lines(String(decoding: bytes, as: UTF8.self))
    var notes: [Diagnostic.Note] = []
    var number = position.line - 1
    while number >= 1, lines.indices.contains(number - 1) {
      let line = String(Substring(lines[number - 1]))
      var text = line.drop { $0 == " " }
      let isSkipped = text.isEmpty || text.hasPrefix("#")
      if text.hasPrefix("- ") { text = text.dropFirst(2).drop { $0 == " " } }
      if !isSkipped {
        while text.last == " " { text.removeLast() }
        let words = String(text)
        guard split(words) != nil, notes.count < 3 else { break }
        let column = line.unicodeScalars.count - text.unicodeScalars.count + 1
        let place = Position(file: position.file, line: number, column: column)
        notes.insert(
          .init("a space is missing after the colon", at: Span(place, length: words.unicodeScalars.count)), at: 0)
      }
      number -= 1
    }
    return notes
  }

  /// The key and the value of `train:40`; nil where more than a name is before the colon, or an address follows.
  private static func split(_ text: String) -> (key: String, value: String)? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, NameRules.isName(parts[0]), let first = parts[1].first, first != " ", first != "/",
      !parts[1].contains(": ")
    else { return nil }
    return (parts[0], parts[1])
  }
}
