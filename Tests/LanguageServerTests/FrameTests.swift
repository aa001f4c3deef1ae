import Foundation
import JSON
import LanguageServer
import TestSupport
import Testing
import Texts

/// Frames come in pieces, and wrong ones do no harm to those after them.
@Suite struct FrameTests {
  private static func pieces(_ bytes: [UInt8], cuts: [Int] = []) -> [FrameReader.Piece] {
    var reader = FrameReader()
    var found: [FrameReader.Piece] = []
    for (start, end) in zip([0] + cuts, cuts + [bytes.count]) {
      reader.append(bytes[start..<end])
      while let piece = reader.next() { found.append(piece) }
    }
    return found
  }

  private static let two = FrameReader.frame(bytes("{\"a\":1}")) + FrameReader.frame(bytes("é"))

  @Test func `messages are found wherever the stream is cut`() {
    let expected: [FrameReader.Piece] = [.message(bytes("{\"a\":1}")), .message(bytes("é"))]
    for first in 0...Self.two.count {
      for second in first...Self.two.count { #expect(Self.pieces(Self.two, cuts: [first, second]) == expected) }
    }
  }

  @Test(arguments: [
    "content-length:3\r\n\r\nabc", "Content-Type: x\r\nContent-Length: 3\r\n\r\nabc",
    "garbageContent-Length: 3 \r\n\r\nabc",
  ])
  func `headers are read in every form`(_ text: String) {
    #expect(Self.pieces(bytes(text)) == [.message(bytes("abc"))])
  }

  @Test func `after a wrong header the next message is found`() {
    let good = FrameReader.frame(bytes("{}"))
    for wrong in ["Content-Length: -3\r\n\r\n", "Content-Length: x\r\n\r\n", "\r\n\r\n", "Content-Length: \r\n\r\n"] {
      let found = Self.pieces(bytes(wrong) + good)
      #expect(found == [.fault("a header without a length"), .message(bytes("{}"))], "\(wrong)")
    }
    let huge = [UInt8](repeating: 32, count: FrameReader.limit + 1)
    let found = Self.pieces(FrameReader.frame(huge) + good, cuts: [9, 70_000, 5_000_000])
    #expect(found.count == 2 && found.last == .message(bytes("{}")))
    let endless = [UInt8](repeating: 65, count: 200_000) + bytes("\r\n\r\n") + good
    #expect(Self.pieces(endless, cuts: [100_000]).last == .message(bytes("{}")))
    #expect(Self.pieces(bytes("Content-Length: 99999999999999999999999\r\n\r\n") + good).last == .message(bytes("{}")))
  }

  private static let methods = [
    "initialize", "initialized", "shutdown", "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose",
    "textDocument/completion", "textDocument/hover", "textDocument/rename", "textDocument/codeLens", "codeLens/resolve",
    "textDocument/definition", "textDocument/references", "textDocument/documentSymbol", "textDocument/codeAction",
    "textDocument/foldingRange", "textDocument/diagnostic", "completionItem/resolve", "workspace/executeCommand",
    "textDocument/prepareRename", "textDocument/documentHighlight", "textDocument/didSave", "$/cancelRequest",
    "nothing",
  ]

  /// A value that may be what is asked for, or anything else.
  private static func value(_ random: inout RandomNumbers, _ depth: Int = 0) -> JSON {
    switch Int.random(in: 0..<(depth > 3 ? 6 : 9), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .int([0, 1, 3, 12, -1, .max, .min].randomElement(using: &random)!)
    case 3: return .double(1.5)
    case 4: return .string(["", Editor.uri, "bioarc.why", "tokens", "a😀\r\n", "$k"].randomElement(using: &random)!)
    case 5: return .string(Editor.pipeline)
    case 6: return .array((0..<2).map { _ in value(&random, depth + 1) })
    default:
      let keys = [
        "textDocument", "uri", "text", "version", "position", "line", "character", "range", "start", "end", "newName",
        "contentChanges", "context", "data", "stage", "command", "arguments", "id", "only", "capabilities",
      ]
      let members = Set((0..<4).map { _ in keys.randomElement(using: &random)! }).sorted()
      return .object(members.map { ($0, value(&random, depth + 1)) })
    }
  }

  /// The parameters that most requests have, with random places.
  private static func likely(_ random: inout RandomNumbers) -> [(String, JSON)] {
    func place() -> JSON {
      .object([
        ("line", .int(Int.random(in: 0...45, using: &random))),
        ("character", .int(Int.random(in: 0...90, using: &random))),
      ])
    }
    let document = JSON.object([
      ("uri", .string(Editor.uri)), ("version", .int(2)), ("text", .string(Editor.pipeline)),
    ])
    let change = JSON.object([
      ("range", .object([("start", place()), ("end", place())])),
      ("text", .string(["x", "", "\n", "{", "😀", "- - -"].randomElement(using: &random)!)),
    ])
    return [
      ("textDocument", document), ("position", place()), ("range", .object([("start", place()), ("end", place())])),
      ("contentChanges", .array([change])), ("newName", .string("other")),
    ]
  }

  @Test func `no message ends the server`() {
    var random = RandomNumbers(seed: seed)
    var editor = Editor()
    editor.open()
    for number in 0..<(Trials.isStress ? 1_000_000 : 15_000) {
      let method = Self.methods.randomElement(using: &random)!
      // A server that has been shut down answers nothing any more.
      if method == "shutdown", number % 50 > 0 { continue }
      var params = Self.likely(&random)
      if Bool.random(using: &random) {
        params[Int.random(in: 0..<params.count, using: &random)].1 = Self.value(&random)
      }
      let isOdd = Int.random(in: 0..<20, using: &random) == 0
      var members: [(String, JSON)] = [("method", isOdd ? Self.value(&random) : .string(method))]
      members.append(("params", isOdd ? Self.value(&random) : .object(params)))
      if !method.contains("did") { members.append(("id", isOdd ? Self.value(&random) : .int(number))) }
      editor.send(.object(members))
      if number % 7 == 0 { editor.rest() }
      if number % 500 == 499 {
        editor = Editor(encodings: [["utf-8"], ["utf-16"], ["utf-32"]].randomElement(using: &random)!)
        editor.open()
      }
    }
    // It works all the same.
    var last = Editor()
    last.open()
    #expect(last.published()?["diagnostics"]?.array?.isEmpty == true, "seed \(seed)")
  }
}
