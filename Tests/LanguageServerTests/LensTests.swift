import Foundation
import JSON
import LanguageServer
import TestSupport
import Testing
import YAML

/// Lenses have their texts from the store, for which nothing else waits.
@Suite struct LensTests {
  private static let standing = PipelineStanding(
    stages: [
      "tokens": .init(title: "2 of 2 cached, 3 s saved", why: "tokens is up to date"),
      "scores": .init(title: "4 of 4 will run: lr 0.001 -> 0.01 (about 9 min)", why: "scores will run, because"),
    ])

  private static func lenses(_ editor: inout Editor) -> [JSON] {
    editor.request("textDocument/codeLens", Editor.file)?["result"]?.array ?? []
  }

  private static func title(_ lens: JSON, _ editor: inout Editor) -> String? {
    editor.request("codeLens/resolve", lens)?["result"]?["command"]?["title"]?.string
  }

  @Test func `a lens is there at once, and its text when the store has been looked at`() throws {
    var editor = Editor(FixedSurroundings(standing: Self.standing))
    editor.open()
    let lenses = Self.lenses(&editor)
    #expect(
      lenses.map { $0["data"]?["stage"]?.string ?? "" }
        == ["promoters", "tokens", "space", "supernet", "scores", "ranking"])
    #expect(lenses.allSatisfy { $0["command"] == nil })
    #expect(lenses[1]["range"]?["start"]?.line == #"{"line":10,"character":2}"#)
    let id = editor.post("codeLens/resolve", lenses[4])
    #expect(editor.answer(id) == nil)
    // A completion does not wait.
    let other = editor.post("textDocument/completion", try editor.at("scheme: "))
    #expect(editor.answer(other)?["result"]?["items"]?.array?.isEmpty == false)
    editor.rest()
    let command = editor.answer(id)?["result"]?["command"]
    #expect(command?["title"]?.string == "4 of 4 will run: lr 0.001 -> 0.01 (about 9 min)")
    let asked = JSON.object([
      ("command", command?["command"] ?? .null), ("arguments", command?["arguments"] ?? .null),
    ])
    #expect(editor.request("workspace/executeCommand", asked)?["result"]?.string == "scores will run, because")
    #expect(editor.received.contains { $0["params"]?["message"]?.string == "scores will run, because" })
  }

  @Test func `while the text has errors lenses tell of the last good one, and say so`() throws {
    var editor = Editor(FixedSurroundings(standing: Self.standing))
    var text = Editor.pipeline
    editor.open()
    editor.rest()
    try editor.replace("bioarc: 1", "bioarc: 1\n\n", in: &text)
    try editor.replace("scheme: kmer", "scheme: [", in: &text)
    let lenses = Self.lenses(&editor)
    #expect(lenses[1]["range"]?["start"]?.line == #"{"line":12,"character":2}"#)
    #expect(Self.title(lenses[1], &editor) == "2 of 2 cached, 3 s saved (stale: the text has errors)")
    #expect(Self.title(lenses[0], &editor) == "not known: the text has errors")
  }

  @Test func `a pipeline that was never right has no lenses`() {
    var editor = Editor(FixedSurroundings(standing: Self.standing))
    editor.open("bioarc: 1\nstages:\n  a: { stage: x }\n")
    #expect(Self.lenses(&editor).isEmpty)
  }

  @Test func `a request that waits can be taken back`() {
    var editor = Editor(FixedSurroundings(standing: Self.standing))
    editor.open()
    let lenses = Self.lenses(&editor)
    let id = editor.post("codeLens/resolve", lenses[0])
    editor.notify("$/cancelRequest", .object([("id", .int(id))]))
    #expect(editor.answer(id)?["error"]?["code"]?.int == -32800)
    let other = editor.post("codeLens/resolve", lenses[0])
    editor.notify("textDocument/didClose", Editor.file)
    #expect(editor.answer(other)?["error"]?["code"]?.int == -32800)
  }

  @Test func `a text that changes while it is read is read again`() throws {
    var editor = Editor()
    var text = Editor.pipeline
    editor.open()
    try editor.replace("seed: 3", "seed: 3.5", in: &text)
    let readings = editor.server.settle()
    #expect(readings.count == 1 && editor.server.settle().isEmpty && !editor.server.isDue)
    try editor.replace("seed: 3.5", "seed: 4", in: &text)
    #expect(editor.server.isDue)
    #expect(editor.server.take(readings[0].analysis(), of: readings[0]).isEmpty)
    editor.rest()
    #expect(editor.messages() == [] && editor.published()?["version"]?.int == 3)
  }

  @Test func `faults of inputs are among the findings`() throws {
    let finding = #"there is no file or folder "genome.fa""#
    let standing = PipelineStanding(
      findings: [
        .init(.error, finding, at: .init(.init(file: "/lab/pipelines/small.yaml", line: 6, column: 3), length: 1))
      ],
      obstacle: finding)
    var editor = Editor(FixedSurroundings(standing: standing))
    var text = Editor.pipeline
    editor.open()
    #expect(editor.messages() == [])
    let lenses = Self.lenses(&editor)
    #expect(Self.title(lenses[0], &editor) == "not known: \(finding)")
    #expect(editor.messages() == [finding])
    try editor.replace("seed: 3", "seed: 3.5", in: &text)
    editor.rest()
    #expect(editor.messages().count == 1 && editor.messages() != [finding])
  }
}
