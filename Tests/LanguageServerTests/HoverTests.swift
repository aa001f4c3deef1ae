import Foundation
import JSON
import LanguageServer
import Syntax
import TestSupport
import Testing
import Texts

/// Hovers in the file of an own stage.
@Suite struct HoverTests {
  static let uri = "file:///lab/stages/count.yaml"
  static let stage = """
    name: count
    version: 1
    summary: Counts the rows of a task.
    parameters:
      factor: { type: int, minimum: 0, default: 1, neutral: 1, unit: rows, role: semantic, help: Times this number. }
    inputs:
      task: { kinds: [labelled-sequences], as: table, help: The task. }
    outputs:
      count: { kind: row-count, layout: file, help: The number. }
    command: [sh, "{code}/count.sh", "{inputs}/task", "{with.factor}"]
    code: [count.sh]

    """

  private static func hover(_ mark: String, in text: String = stage) throws -> String? {
    var editor = Editor()
    editor.open(text, uri: uri)
    let place = editor.place(text, try #require(text.range(of: mark), "\(mark)").upperBound)
    let params = JSON.object([("textDocument", .object([("uri", .string(uri))])), ("position", place)])
    return editor.request("textDocument/hover", params)?["result"]?["contents"]?["value"]?.string
  }

  @Test(arguments: [
    ("versi", ["version", "raise it when results change"]),
    ("  fact", ["factor, a parameter", "Times this number.", "an integer of at least 0, in rows", "default 1"]),
    ("mini", ["minimum", "The smallest value."]),
    ("role: seman", ["semantic", "It is in the key."]),
    ("type: in", ["int", "A whole number."]),
    ("  tas", ["task, a port that reads labelled-sequences", "The task."]),
    ("[labelled-seq", ["a kind of artifact", "written by", "synthesize", "read by", "fine-tune"]),
    ("as: tab", ["table", "train.tsv"]),
    ("  coun", ["count, an output of the kind row-count", "The number."]),
    ("layout: fi", ["file", "One file."]),
    ("\"{cod", ["{code}", "The folder with the files of `code`."]),
    ("{with.fac", ["factor, a parameter", "Times this number."]),
    ("comman", ["command", "no shell is between"]),
  ])
  func `hovers say what stands in the file of a stage`(_ mark: String, _ expected: [String]) throws {
    let text = try #require(try Self.hover(mark), "\(mark)")
    for words in expected { #expect(text.contains(words), "\(mark): \(text)") }
  }

  @Test func `keys are known in a file with errors, and names are not`() throws {
    let text = Self.stage.replacing("layout: file", with: "layout: fiel")
    #expect(try Self.hover("versi", in: text)?.contains("raise it") == true)
    #expect(try Self.hover("  fact", in: text) == nil)
    #expect(try Self.hover("name: cou") == nil)
  }

  @Test func `each key of the file of a stage is explained`() throws {
    for path in [[], ["parameters", "x"], ["inputs", "x"], ["outputs", "x"]] as [[String]] {
      let keys = StageFile.keys(at: path)
      #expect(!keys.isEmpty)
      for key in keys {
        let text = path.isEmpty ? "\(key): 1\ncommand: [x]\n" : "command: [x]\n\(path[0]):\n  x:\n    \(key): 1\n"
        let own = path.isEmpty && key == "command" ? "command: [x]\n" : text
        #expect(try Self.hover(path.isEmpty ? key : "    " + key, in: own) != nil, "\(path) \(key)")
      }
    }
  }
}
