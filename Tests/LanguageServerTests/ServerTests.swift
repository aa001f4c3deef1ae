import Foundation
import JSON
import LanguageServer
import Syntax
import TestSupport
import Testing

/// The life of a server, and the findings that it tells.
@Suite struct ServerTests {
  private static func request(_ id: Int, _ method: String) -> JSON {
    .object([("jsonrpc", .string("2.0")), ("id", .int(id)), ("method", .string(method)), ("params", .object([]))])
  }

  private static func code(_ replies: [JSON]) -> Int? { replies.first?["error"]?["code"]?.int }

  @Test func `requests come between the beginning and the end`() {
    var server = Server(FixedSurroundings())
    #expect(Self.code(server.handle(Self.request(1, "textDocument/hover"))) == -32002)
    #expect(server.codeAtEnd == 1)
    let capabilities = server.handle(Self.request(2, "initialize")).first?["result"]?["capabilities"]
    #expect(capabilities?["positionEncoding"]?.string == "utf-16")
    #expect(Self.code(server.handle(Self.request(3, "initialize"))) == -32600)
    #expect(Self.code(server.handle(Self.request(4, "textDocument/nothing"))) == -32601)
    #expect(Self.code(server.handle(Self.request(5, "textDocument/hover"))) == -32602)
    #expect(server.handle(Self.request(6, "shutdown")).first?["result"]?.isNull == true)
    #expect(Self.code(server.handle(Self.request(7, "textDocument/hover"))) == -32600)
    #expect(server.codeAtEnd == 0 && server.exitCode == nil)
    #expect(server.handle(.object([("method", .string("exit"))])).isEmpty)
    #expect(server.exitCode == 0)
    var other = Server(FixedSurroundings())
    _ = other.handle(.object([("method", .string("exit"))]))
    #expect(other.exitCode == 1)
  }

  @Test(arguments: [
    ([], "utf-16"), (["utf-16"], "utf-16"), (["utf-16", "utf-32"], "utf-32"), (["utf-32", "utf-8"], "utf-8"),
  ])
  func `the units of columns are chosen from those that are offered`(_ offered: [String], _ chosen: String) {
    let editor = Editor(encodings: offered)
    #expect(editor.answer(1)?["result"]?["capabilities"]?["positionEncoding"]?.string == chosen)
  }

  @Test func `findings are published with the version, when a file is opened and when typing rests`() throws {
    var editor = Editor(offers: [
      (
        "textDocument",
        .object([
          ("publishDiagnostics", .object([("relatedInformation", .bool(true))]))
        ])
      )
    ])
    var text = Editor.pipeline
    editor.open()
    #expect(editor.messages() == [] && editor.published()?["version"]?.int == 1)
    try editor.replace("scheme: kmer", "schema: kmer", in: &text)
    try editor.replace("  ranking:", "  rate:", in: &text)
    #expect(editor.messages() == [])
    editor.rest()
    let found = try #require(editor.published()?["diagnostics"]?.array)
    #expect(editor.published()?["version"]?.int == 3)
    #expect(found.count == 2, "\(editor.messages())")
    let finding = try #require(found.first { $0["message"]?.string?.contains("'schema'") ?? false })
    #expect(finding["message"]?.string == "tokenize has no parameter 'schema'; did you mean 'scheme'?")
    #expect(finding["range"]?.line == #"{"start":{"line":13,"character":12},"end":{"line":13,"character":18}}"#)
    let clash = try #require(found.first { $0["message"]?.string?.contains("already the name") ?? false })
    #expect(clash["relatedInformation"]?.array?.first?["message"]?.string == "first defined here")
    let range = try #require(finding["range"])
    let actions = editor.request(
      "textDocument/codeAction", .object(Editor.file.members! + [("range", range), ("context", .object([]))]))
    let edit = actions?["result"]?.array?.first?["edit"]?["changes"]?[Editor.uri]?.array?.first
    #expect(edit?["newText"]?.string == "scheme")
    #expect(edit?["range"]?.line == finding["range"]?.line)
    editor.notify("textDocument/didClose", Editor.file)
    #expect(editor.messages() == [])
  }

  @Test func `an editor that asks for findings gets them, and once`() {
    var editor = Editor(offers: [("textDocument", .object([("diagnostic", .object([]))]))])
    editor.open("bioarc: 1\nname: x\n")
    #expect(editor.published() == nil)
    let first = editor.request("textDocument/diagnostic", Editor.file)?["result"]
    #expect(first?["kind"]?.string == "full" && first?["items"]?.array?.count == 1)
    let known = [("previousResultId", first?["resultId"] ?? .null)]
    let second = editor.request("textDocument/diagnostic", .object(Editor.file.members! + known))?["result"]
    #expect(second?["kind"]?.string == "unchanged")
  }

  @Test func `files of others have empty answers`() throws {
    for (uri, text) in [
      ("file:///x/other.yaml", "stages: { a: 1 }\n"), ("file:///x/stages/deploy.yaml", "deploy: [x]\n"),
      ("untitled:x", "bioarcs: 1\n"),
    ] {
      var editor = Editor()
      editor.open(text, uri: uri)
      #expect(editor.messages(uri) == [])
      let document = JSON.object([("uri", .string(uri))])
      let position = JSON.object([("line", .int(0)), ("character", .int(2))])
      for request in ["hover", "completion", "codeLens", "documentSymbol", "definition"] {
        let params = JSON.object([("textDocument", document), ("position", position)])
        #expect(editor.request("textDocument/" + request, params)?["result"]?.isNull == true, "\(request)")
      }
    }
  }

  @Test func `a stage's file is checked, and a pipeline that names it follows what is typed there`() throws {
    let stage = """
      name: count
      version: 1
      summary: Counts.
      parameters: {}
      inputs:
        task: { kinds: [labelled-sequences], help: Rows. }
      outputs:
        count: { kind: row-count, layout: file, help: The number. }
      command: [wc]

      """
    let path = "/lab/stages/count.yaml"
    var editor = Editor(FixedSurroundings(stages: [StageFile(path: path, text: bytes(stage))]))
    let pipeline = """
      bioarc: 1
      name: x
      stages:
        promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }
        rows: { stage: count, in: { task: $promoters } }

      """
    editor.open(pipeline)
    #expect(editor.messages() == [])
    let uri = "file:///lab/stages/count.yaml"
    editor.open(stage, uri: uri)
    #expect(editor.messages(uri) == [])
    var text = stage
    try editor.replace("  task:", "  tasks:", in: &text, uri: uri)
    editor.rest()
    #expect(editor.messages(uri) == [])
    #expect(editor.messages().first?.contains("did you mean 'tasks'?") == true)
    try editor.replace("layout: file", "layout: fiel", in: &text, uri: uri)
    editor.rest()
    #expect(editor.messages(uri).count == 1)
    let own = try #require(editor.published()?["diagnostics"]?.array?.first)
    #expect(own["range"]?.line == #"{"start":{"line":4,"character":17},"end":{"line":4,"character":22}}"#)
    let definition = editor.request("textDocument/definition", try editor.at("stage: cou", in: pipeline))?["result"]
    #expect(definition?.array?.first?["uri"]?.string == uri)
  }
}
