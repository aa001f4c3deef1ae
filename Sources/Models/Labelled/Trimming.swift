/// `text` without the spaces around it, those of spreadsheets that do not break included.
package func trimmed(_ text: String) -> String {
  guard let first = text.first, let last = text.last, isSpace(first) || isSpace(last) else { return text }
  let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
  let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? start
  return String(text[start..<end])
}

private func isSpace(_ character: Character) -> Bool { character.isWhitespace }
