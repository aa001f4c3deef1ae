import Foundation
import JSON
import LanguageServer
import Syntax
import TestSupport
import Testing
import Texts

/// Corrections of a text that the server offers: applied, they leave no error behind.
@Suite struct FixTests {
  /// The corrections offered at a finding's place or, without one, where `mark` ends: their titles, and the texts after
  /// each.
  private static func fixes(
    _ text: String, at mark: String? = nil, uri: String = Editor.uri, _ surroundings: FixedSurroundings = .init()
  ) throws -> [(title: String, text: String)] {
    var editor = Editor(surroundings)
    editor.open(text, uri: uri)
    let range: JSON
    if let mark {
      let place = editor.place(text, try #require(text.range(of: mark)).upperBound)
      range = .object([("start", place), ("end", place)])
    } else {
      range = try #require(editor.published(uri)?["diagnostics"]?.array?.first?["range"])
    }
    let params = JSON.object([
      ("textDocument", .object([("uri", .string(uri))])), ("range", range),
      ("context", .object([("only", .array([.string("quickfix")]))])),
    ])
    let actions = editor.request("textDocument/codeAction", params)?["result"]?.array ?? []
    return try actions.map { action in
      let edits = try #require(action["edit"]?["changes"]?[uri]?.array)
      var document = TextDocument(uri: "", version: 0, text: text, encoding: .utf8)
      document.apply(
        edits.map { .object([("range", $0["range"] ?? .null), ("text", $0["newText"] ?? .null)]) }, version: 1)
      return (action["title"]?.string ?? "", document.text(0..<document.bytes.count))
    }
  }

  private static func messages(_ text: String, uri: String = Editor.uri) -> [String] {
    var editor = Editor()
    editor.open(text, uri: uri)
    return editor.messages(uri)
  }

  @Test(arguments: [
    ("stage: tokenize\n", "stage: tokenise\n"), ("epochs: 1", "epoch: 1"), ("scheme: kmer", "scheme: kmr"),
    ("$architecture\n", "$architectur\n"), ("k: $k", "k: $kk"), ("task: $promoters", "tsak: $promoters"),
    ("$tokens.tokens", "$tokens.token"), ("[k, architecture]", "[k, architectures]"),
    ("lr: $params.rate", "lr: $params.rat"), ("kind: sequences", "kind: sequence"), ("format: fasta", "format: fsata"),
  ])
  func `what is misspelt is written as it was probably meant`(_ right: String, _ wrong: String) throws {
    let text = Editor.pipeline.replacing(right, with: wrong)
    #expect(text != Editor.pipeline && !Self.messages(text).isEmpty)
    let fixes = try Self.fixes(text)
    #expect(fixes.first?.text == Editor.pipeline, "\(fixes.map(\.title)) \(Self.messages(text))")
  }

  @Test(arguments: [
    ("layout: file", "layout: fiel"), ("kinds:", "kind:"), ("{inputs}", "{input}"), ("type: int", "type: itn"),
    ("name: count", "name: counts"), ("[labelled-sequences]", "[labelled-sequence]"),
  ])
  func `what is misspelt in the file of a stage is corrected too`(_ right: String, _ wrong: String) throws {
    let text = HoverTests.stage.replacing(right, with: wrong)
    #expect(text != HoverTests.stage && !Self.messages(text, uri: HoverTests.uri).isEmpty)
    let fixes = try Self.fixes(text, uri: HoverTests.uri)
    #expect(fixes.first?.text == HoverTests.stage, "\(fixes.map(\.title)) \(Self.messages(text, uri: HoverTests.uri))")
  }

  /// A stage with its port gone, as it may be written, and the text after the only correction.
  @Test(arguments: [
    // No ports, on lines and in brackets.
    ("t:\n    stage: tokenize\n", "t:\n    stage: tokenize\n    in: { sequences: $p }\n"),
    ("t: { stage: tokenize }\n", "t: { stage: tokenize, in: { sequences: $p } }\n"),
    // A comment behind, entries of several lines before.
    (
      "t:\n    stage: tokenize\n    with:\n      k: 2 # two\n",
      "t:\n    stage: tokenize\n    with:\n      k: 2 # two\n    in: { sequences: $p }\n"
    ),
    // Empty maps of ports, with and without spaces, and a comma at the end.
    ("t: { stage: tokenize, in: {} }\n", "t: { stage: tokenize, in: { sequences: $p } }\n"),
    ("t: { stage: tokenize, in: { } }\n", "t: { stage: tokenize, in: { sequences: $p } }\n"),
    ("t: { stage: tokenize, }\n", "t: { stage: tokenize, in: { sequences: $p } }\n"),
    ("t:\n    stage: tokenize\n    in:\n", "t:\n    stage: tokenize\n    in:\n      sequences: $p\n"),
  ])
  func `a port that is missing is added`(_ stage: String, _ expected: String) throws {
    let head = "bioarc: 1\nname: x\nstages:\n  p: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }\n  "
    for (lineEnd, end) in [("\n", ""), ("\r\n", ""), ("\n", "  q: { stage: synthesize, with: { train: 20 } }\n")] {
      let text = (head + stage + end).replacing("\n", with: lineEnd)
      let fixes = try Self.fixes(text, at: "tokenize")
      #expect(fixes.first?.title == "add 'sequences: $p'", "\(fixes)")
      #expect(fixes.count == (end.isEmpty ? 1 : 2))
      let fixed = (head + expected + end).replacing("\n", with: lineEnd)
      #expect(fixes.first?.text.replacing(" }", with: "}") == fixed.replacing(" }", with: "}"))
      #expect(fixes.first.map { Self.messages($0.text) } == [], "\(fixes)")
    }
  }

  @Test func `of several missing ports each is added where the others are`() throws {
    let text = Editor.pipeline.replacing("      tokenizer: $tokens.tokenizer\n", with: "")
      .replacing("      task: $promoters\n", with: "")
    let titles = try Self.fixes(text, at: "stage: fine-tune").map(\.title)
    #expect(titles == ["add 'tokenizer: $tokens.tokenizer'", "add 'task: $promoters'"], "\(titles)")
    let fixed = try #require(try Self.fixes(text, at: "stage: fine-tune").last?.text)
    #expect(fixed.contains("      architecture: $architecture\n      task: $promoters\n  ranking:"), "\(fixed)")
    // A stage that lacks nothing has no correction.
    #expect(try Self.fixes(Editor.pipeline, at: "stage: fine-tune").isEmpty)
  }
}
