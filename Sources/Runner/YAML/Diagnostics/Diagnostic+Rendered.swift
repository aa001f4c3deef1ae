extension Diagnostic {
  /// The finding for a person: `file:line:column: error: message`, the line, and a caret under the marked text.
  ///
  /// `sources` holds the texts by file name; a file that is missing there is shown without its line.
  package func rendered(sources: [String: String], color: Bool) -> String {
    [self].rendered(sources: sources, color: color)
  }
}

extension [Diagnostic] {
  /// All findings for a person, one after the other; ends without a line break. The place of several in a row, as of
  /// those of a data file, is shown once.
  package func rendered(sources: [String: String], color: Bool) -> String {
    let renderer = Renderer(lines: sources.mapValues(SourceText.lines), color: color)
    var texts: [String] = []
    for (index, finding) in enumerated() {
      let continues =
        index > 0 && self[index - 1].isAlone && finding.isAlone && finding.shares(placeOf: self[index - 1])
      texts.append(continues ? renderer.line(finding) : renderer.render(finding))
    }
    return texts.joined(separator: "\n")
  }
}

extension Diagnostic {
  /// Whether the finding has a message and nothing else.
  fileprivate var isAlone: Bool { suggestion == nil && help == nil && notes.isEmpty }

  fileprivate func shares(placeOf other: Diagnostic) -> Bool {
    position == other.position && length == other.length && severity == other.severity
  }
}

/// Draws findings above their source lines.
private struct Renderer {
  let lines: [String: [Substring.UTF8View]]
  let color: Bool

  /// Columns of a source line that are shown.
  static let width = 110

  func render(_ finding: Diagnostic) -> String {
    let severity = paint(finding.severity.rawValue + ":", finding.severity == .error ? "1;31" : "1;35")
    var message = printable(finding.message)
    if let suggestion = finding.suggestion { message += "; did you mean '\(printable(suggestion))'?" }
    var text = paint("\(finding.position):", "1") + " \(severity) " + paint(message, "1")
    text += excerpt(finding.position, finding.length)
    if let help = finding.help { text += "\n  " + paint("help:", "1;36") + " " + printable(help) }
    for note in finding.notes {
      text += "\n" + paint("\(note.position):", "1") + " " + paint("note:", "1;36") + " " + printable(note.message)
      text += excerpt(note.position, note.length)
    }
    return text
  }

  /// A further finding at a place that has been shown.
  func line(_ finding: Diagnostic) -> String { "  " + paint(printable(finding.message), "1") }

  private func paint(_ text: String, _ code: String) -> String { color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  /// `text` without characters that could steer a terminal.
  private func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The source line and the caret line below it, or nothing when the text is not at hand.
  private func excerpt(_ position: Position, _ length: Int) -> String {
    guard let lines = lines[position.file], lines.indices.contains(position.line - 1) else { return "" }
    guard !lines[position.line - 1].allSatisfy({ $0 == 0x20 }) else { return "" }
    // Only the surroundings of a place in a very long line are laid out.
    let line = String(Substring(lines[position.line - 1])).unicodeScalars
    let skipped = max(0, min(position.column - 1, line.count) - 4 * Self.width)
    let scalars = Array(line.dropFirst(skipped).prefix(8 * Self.width))
    let first = min(max(position.column - 1 - skipped, 0), scalars.count)
    let (cells, starts) = layout(scalars)
    let left = starts[first]
    let right = max(left + 1, starts[min(first + max(length, 1), scalars.count)])
    let low = left < Self.width - 20 ? 0 : max(0, left - Self.width / 2)
    let high = min(cells.count, low + Self.width)
    let shown = cells[min(low, high)..<high].joined()
    let (before, after) = (low > 0 ? "…" : "", high < cells.count ? "…" : "")
    let carets = "^" + String(repeating: "~", count: max(0, min(right, low + Self.width) - left - 1))
    let indent = String(repeating: " ", count: left - low + before.count)
    return "\n  " + before + trimmed(shown) + after + "\n  " + indent + paint(carets, "1;32")
  }

  private func trimmed(_ text: String) -> Substring {
    var end = text.endIndex
    while end > text.startIndex, text[text.index(before: end)] == " " { end = text.index(before: end) }
    return text[..<end]
  }

  /// The character in each terminal column, and the column at which each character starts. Tabs go to multiples of 8.
  private func layout(_ scalars: [Unicode.Scalar]) -> (cells: [String], starts: [Int]) {
    var cells: [String] = []
    var starts: [Int] = []
    for scalar in scalars {
      starts.append(cells.count)
      switch scalar.properties.generalCategory {
      case .control where scalar == "\t": repeat { cells.append(" ") } while cells.count % 8 != 0
      case .control, .format, .lineSeparator, .paragraphSeparator: cells.append("\u{FFFD}")
      case .nonspacingMark where !cells.isEmpty, .enclosingMark where !cells.isEmpty:
        cells[cells.count - 1].unicodeScalars.append(scalar)
        starts[starts.count - 1] = cells.count - 1
      default:
        cells.append(String(scalar))
        if isWide(scalar) { cells.append("") }
      }
    }
    starts.append(cells.count)
    return (cells, starts)
  }

  /// Whether a terminal gives the character two columns: East Asian wide blocks and emoji.
  private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
