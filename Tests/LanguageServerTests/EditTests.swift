import Foundation
import JSON
import LanguageServer
import TestSupport
import Testing
import Texts

/// A text that is edited by an editor is the one that the editor shows, in whatever units it counts.
@Suite struct EditTests {
  /// A text as units of an encoding: the plain model of the document.
  private struct Model {
    let encoding: PositionEncoding
    var text: [Unicode.Scalar]

    /// Lines without their ends, as ranges of characters.
    var lines: [Range<Int>] {
      var lines: [Range<Int>] = []
      var (start, at) = (0, 0)
      while at < text.count {
        let isPair = text[at] == "\r" && at + 1 < text.count && text[at + 1] == "\n"
        guard text[at] == "\n" || text[at] == "\r" else {
          at += 1
          continue
        }
        lines.append(start..<at)
        at += isPair ? 2 : 1
        start = at
      }
      return lines + [start..<text.count]
    }

    private func units(_ scalar: Unicode.Scalar) -> Int {
      switch encoding {
      case .utf8: String(scalar).utf8.count
      case .utf16: String(scalar).utf16.count
      case .utf32: 1
      }
    }

    func columns(_ line: Range<Int>) -> Int { text[line].reduce(0) { $0 + units($1) } }

    /// The character at a place; within one, or beyond the line, the nearest before.
    func index(_ line: Int, _ column: Int, _ lines: [Range<Int>]) -> Int {
      guard line < lines.count else { return text.count }
      var (at, used) = (lines[line].lowerBound, 0)
      while at < lines[line].upperBound, used + units(text[at]) <= column {
        used += units(text[at])
        at += 1
      }
      return at
    }
  }

  private static let pieces = [
    "a", "é", "e\u{301}", "😀", "👩‍🔬", "\r\n", "\n", "\r", "  ", ": ", "$tokens", "$k", "{", "}", "[", "]", ",",
    "'", "\"",
    "- ", "#", "bioarc: 1\n", "  x:\n", "\u{2028}", "\u{FEFF}", "", "", "",
  ]

  private static func position(_ line: Int, _ column: Int) -> JSON {
    .object([("line", .int(line)), ("character", .int(column))])
  }

  /// A change of a random range, which may reach beyond lines and the text, and the model after it.
  private static func change(_ model: inout Model, _ random: inout RandomNumbers) -> JSON {
    let lines = model.lines
    func place() -> (Int, Int) {
      let line = Int.random(in: 0...lines.count, using: &random)
      return (line, Int.random(in: 0...(line < lines.count ? model.columns(lines[line]) : 0) + 2, using: &random))
    }
    let new = (0..<Int.random(in: 0...3, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
    // The text keeps about its size.
    if Int.random(in: 0..<400, using: &random) == 0 {
      model.text = Array(Editor.pipeline.unicodeScalars)
      return .object([("text", .string(Editor.pipeline))])
    }
    var ends = [place(), place()].sorted { $0 < $1 }
    if Int.random(in: 0..<10, using: &random) > 0 {
      ends[1] = (ends[0].0, ends[0].1 + Int.random(in: 0...2, using: &random))
    }
    let range = model.index(ends[0].0, ends[0].1, lines)..<model.index(ends[1].0, ends[1].1, lines)
    model.text.replaceSubrange(range, with: Array(new.unicodeScalars))
    let json = JSON.object([("start", position(ends[0].0, ends[0].1)), ("end", position(ends[1].0, ends[1].1))])
    return .object([("range", json), ("text", .string(new))])
  }

  private static func string(_ scalars: [Unicode.Scalar]) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  @Test(arguments: PositionEncoding.allCases)
  func `after random edits the text is that of the editor`(_ encoding: PositionEncoding) {
    var random = RandomNumbers(seed: seed)
    var model = Model(encoding: encoding, text: Array(Editor.pipeline.unicodeScalars))
    var document = TextDocument(uri: Editor.uri, version: 0, text: Editor.pipeline, encoding: encoding)
    for edit in 1...10_000 {
      let changes = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.change(&model, &random) }
      document.apply(changes, version: edit)
      guard document.bytes == Array(Self.string(model.text).utf8) else {
        Issue.record("edit \(edit) of seed \(seed)")
        return
      }
    }
    #expect(document.version == 10_000)
  }

  /// Everything that a server says of a text, but for the version.
  private static func said(_ editor: inout Editor) -> String {
    editor.rest()
    let requests = ["documentSymbol", "foldingRange", "codeLens", "diagnostic"].map {
      editor.request("textDocument/" + $0, Editor.file)?["result"]?.line ?? "none"
    }
    let position = JSON.object([("line", .int(12)), ("character", .int(9))])
    let members = Editor.file.members! + [("position", position)]
    let asked = ["completion", "hover", "definition", "references"].map {
      editor.request("textDocument/" + $0, .object(members))?["result"]?.line ?? "none"
    }
    return (requests + asked + [editor.published()?["diagnostics"]?.line ?? "none"]).joined(separator: "\n")
  }

  @Test(arguments: PositionEncoding.allCases)
  func `after random edits all that is said is what a new server says`(_ encoding: PositionEncoding) {
    var random = RandomNumbers(seed: seed)
    var model = Model(encoding: encoding, text: Array(Editor.pipeline.unicodeScalars))
    var editor = Editor(encodings: [encoding.rawValue])
    editor.open()
    for edit in 1...(Trials.isStress ? 10_000 : 1_000) {
      editor.change([Self.change(&model, &random)])
      guard edit % 10 == 0 else { continue }
      var other = Editor(encodings: [encoding.rawValue])
      other.open(Self.string(model.text))
      let (mine, fresh) = (Self.said(&editor), Self.said(&other))
      // Lenses and hovers may tell of the last text without errors.
      let isGood = !mine.contains("\"severity\":1")
      let lines = { (text: String) in
        text.split(separator: "\n").enumerated().filter { isGood || ![2, 5].contains($0.0) }
      }
      guard lines(mine).map(\.1) == lines(fresh).map(\.1) else {
        Issue.record("edit \(edit) of seed \(seed):\n\(mine)\n\nand\n\n\(fresh)")
        return
      }
    }
  }

  @Test func `a place beyond a line is its end, and one within a character its beginning`() {
    let document = TextDocument(uri: "", version: 0, text: "a😀b\r\nc\rd\n", encoding: .utf16)
    let places = [(0, 1, 1), (0, 2, 1), (0, 3, 5), (0, 4, 6), (0, 9, 6), (1, 0, 8), (1, 5, 9), (2, 0, 10), (3, 0, 12)]
    for (line, column, offset) in places + [(9, 9, 12), (-1, 3, 0), (0, -3, 0)] {
      #expect(document.offset(of: .init(line: line, column: column)) == offset, "\(line):\(column)")
    }
    #expect(document.place(of: 5) == .init(line: 0, column: 3))
    #expect(document.place(of: 7) == .init(line: 0, column: 4))
  }
}
