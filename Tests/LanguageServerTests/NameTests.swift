import Foundation
import JSON
import LanguageServer
import TestSupport
import Testing
import Texts

/// Names are found where they are defined and used, and renamed at all places.
@Suite struct NameTests {
  /// The text after the edits of an answer, whose columns are those of UTF-8.
  private static func applied(_ edits: [JSON], _ text: String) -> String {
    var document = TextDocument(uri: "", version: 0, text: text, encoding: .utf8)
    document.apply(
      edits.reversed().map { .object([("range", $0["range"] ?? .null), ("text", $0["newText"] ?? .null)]) }, version: 1)
    return document.text(0..<document.bytes.count)
  }

  private static func rename(_ mark: String, _ name: String, in text: String = Editor.pipeline) throws -> JSON? {
    var editor = Editor(
      offers: [
        (
          "workspace",
          .object([
            (
              "workspaceEdit",
              .object([("documentChanges", .bool(true)), ("changeAnnotationSupport", .object([]))])
            )
          ])
        )
      ])
    editor.open(text)
    return editor.request("textDocument/rename", try editor.at(mark, in: text, [("newName", .string(name))]))
  }

  @Test(arguments: [
    ("  supernet", ["  supernet:": "  shared:", "$supernet.": "$shared."]),
    ("over: { candidate: [k", ["{ k: [2": "{ size: [2", "$k }": "$size }", "[k, arch": "[size, arch"]),
    ("$params.ra", ["  rate:": "  speed:", "params.rate": "params.speed"]),
    ("  geno", ["  genome:": "  human:", "$genome": "$human"]),
    (
      "candidate: [k, archi",
      ["{ architecture: $space": "{ path: $space", "$architecture": "$path", "k, architecture]": "k, path]"]
    ),
  ])
  func `a thing is renamed at all places, and nothing reruns`(_ mark: String, _ changes: [String: String]) throws {
    let name = try #require(
      changes.values.first.map { _ in ["shared", "size", "speed", "human", "path"] }?.first { name in
        changes.values.contains { $0.contains(name) }
      })
    let result = try #require(try Self.rename(mark, name)?["result"])
    let change = try #require(result["documentChanges"]?.array?.first)
    #expect(change["textDocument"]?["version"]?.int == 1)
    let expected = changes.reduce(Editor.pipeline) { $0.replacing($1.key, with: $1.value) }
    #expect(Self.applied(change["edits"]?.array ?? [], Editor.pipeline) == expected)
    #expect(result["changeAnnotations"]?["rename"]?["description"]?.string?.contains("nothing reruns") == true)
  }

  @Test(arguments: [
    ("  supernet", "tokens", "'tokens' is already the name of a stage"),
    ("  supernet", "params", "'params' is not a name"),
    ("  supernet", "a b", "'a b' is not a name"), ("with: { steps", "x", "no name of a stage"),
  ])
  func `a renaming that would break the file is refused`(_ mark: String, _ name: String, _ words: String) throws {
    let error = try Self.rename(mark, name)?["error"]
    #expect(
      error?["code"]?.int == -32803 && error?["message"]?.string?.hasPrefix(words) == true, "\(error?.line ?? "")")
  }

  @Test func `a text with errors is not renamed in`() throws {
    let text = Editor.pipeline.replacing("steps: 6", with: "steps: 6.5")
    let error = try Self.rename("  supernet", "shared", in: text)?["error"]
    #expect(error?["message"]?.string?.contains("the first on line 22") == true, "\(error?.line ?? "")")
  }

  @Test func `definition, references and highlights find a name from everywhere`() throws {
    var editor = Editor()
    editor.open()
    for mark in ["  tok", "tokens: $to", "tokenizer: $tok"] {
      let found = editor.request("textDocument/definition", try editor.at(mark))?["result"]?.array
      #expect(found?.map { $0["range"]?["start"]?.line ?? "" } == [#"{"line":10,"character":2}"#], "\(mark)")
      let all = editor.request("textDocument/references", try editor.at(mark))?["result"]?.array
      #expect(all?.count == 4)
      let others = editor.request(
        "textDocument/references",
        try editor.at(mark, [("context", .object([("includeDeclaration", .bool(false))]))]))?["result"]?.array
      #expect(others?.count == 3)
      let marked = editor.request("textDocument/documentHighlight", try editor.at(mark))?["result"]?.array
      #expect(marked?.map { $0["kind"]?.int ?? 0 } == [3, 2, 2, 2])
    }
    let prepared = editor.request("textDocument/prepareRename", try editor.at("$params.ra"))?["result"]
    #expect(prepared?["placeholder"]?.string == "rate")
    #expect(editor.request("textDocument/definition", try editor.at("stage: tok"))?["result"]?.isNull == true)
  }
}
