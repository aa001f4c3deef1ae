import Foundation
import JSON
import LanguageServer
import Plans
import Syntax
import TestSupport
import Testing

/// Surroundings out of values.
struct FixedSurroundings: Surroundings {
  var stages: [StageFile] = []
  var standing = PipelineStanding()

  func stageFiles(for pipeline: String) -> [StageFile] { stages }
  func makeStandings() -> (Plan) -> PipelineStanding { { _ in standing } }
}

/// An editor in the same process: it sends messages to a server and keeps what comes back.
struct Editor {
  var server: Server
  private let standings: (Plan) -> PipelineStanding
  private(set) var received: [JSON] = []
  private var number = 0
  let capabilities: JSON

  static let uri = "file:///lab/pipelines/small.yaml"

  /// A pipeline with a param, inputs, axes, references in brackets and gathers.
  static let pipeline = """
    bioarc: 1
    name: small
    params:
      rate: 0.001
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
    stages:
      promoters:
        stage: synthesize
        with: { train: 120, dev: 40, test: 40, seed: 3 }
      tokens:
        stage: tokenize
        for: { k: [2, 3] }
        with: { scheme: kmer, k: $k }
        in: { sequences: [$promoters, $genome] }
      space:
        stage: sample-space
        with:
          architectures: [c16-c16, t16, c16-t32]
      supernet:
        stage: pretrain
        with: { steps: 6, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      scores:
        stage: fine-tune
        for: { architecture: $space.architectures }
        with: { epochs: 1, lr: $params.rate }
        in:
          weights: $supernet.weights
          tokenizer: $tokens.tokenizer
          architecture: $architecture
          task: $promoters
      ranking:
        stage: rank
        in: { scores: { from: $scores.metrics, over: { candidate: [k, architecture] } } }

    """

  /// An editor whose server has been initialized. `offers` are members of its capabilities.
  init(_ surroundings: FixedSurroundings = .init(), encodings: [String] = ["utf-8"], offers: [(String, JSON)] = []) {
    server = Server(surroundings)
    standings = surroundings.makeStandings()
    capabilities = .object(
      [("general", .object([("positionEncodings", .array(encodings.map(JSON.string)))]))] + offers)
    _ = request("initialize", .object([("processId", .null), ("capabilities", capabilities)]))
    notify("initialized", .object([]))
  }

  mutating func send(_ message: JSON) { received += server.handle(message) }

  mutating func notify(_ method: String, _ params: JSON) {
    send(.object([("jsonrpc", .string("2.0")), ("method", .string(method)), ("params", params)]))
  }

  /// Sends a request and carries out errands; returns the whole answer, nil where there is none yet.
  @discardableResult
  mutating func request(_ method: String, _ params: JSON) -> JSON? {
    let id = post(method, params)
    if answer(id) == nil { rest() }
    return answer(id)
  }

  /// Sends a request; returns its number.
  mutating func post(_ method: String, _ params: JSON) -> Int {
    number += 1
    send(
      .object([
        ("jsonrpc", .string("2.0")), ("id", .int(number)), ("method", .string(method)), ("params", params),
      ]))
    return number
  }

  func answer(_ id: Int) -> JSON? { received.last { $0["id"]?.int == id && $0["method"] == nil } }

  /// Nothing comes for a while, and errands are carried out.
  mutating func rest() {
    for reading in server.settle() { received += server.take(reading.analysis(), of: reading) }
    while let errand = server.nextErrand() { received += server.take(standings(errand.plan), of: errand) }
  }

  mutating func open(_ text: String = Editor.pipeline, uri: String = Editor.uri) {
    let item = JSON.object([
      ("uri", .string(uri)), ("languageId", .string("yaml")), ("version", .int(1)), ("text", .string(text)),
    ])
    notify("textDocument/didOpen", .object([("textDocument", item)]))
  }

  /// Replaces the first occurrence of a text of one line by another; columns are those of UTF-8.
  mutating func replace(_ old: String, _ new: String, in text: inout String, uri: String = Editor.uri) throws {
    let range = try #require(text.range(of: old))
    let change = JSON.object([
      ("range", .object([("start", place(text, range.lowerBound)), ("end", place(text, range.upperBound))])),
      ("text", .string(new)),
    ])
    text.replaceSubrange(range, with: new)
    self.change([change], uri: uri)
  }

  mutating func change(_ changes: [JSON], uri: String = Editor.uri) {
    notify(
      "textDocument/didChange",
      .object([("textDocument", .object([("uri", .string(uri))])), ("contentChanges", .array(changes))]))
  }

  /// The position of a place of a text in UTF-8.
  func place(_ text: String, _ index: String.Index) -> JSON {
    let before = text[..<index].utf8
    let line = before.count { $0 == 10 }
    let column = before.reversed().prefix { $0 != 10 }.count
    return .object([("line", .int(line)), ("character", .int(column))])
  }

  /// Parameters of a request about the place where `mark` ends in the text.
  func at(_ mark: String, in text: String = Editor.pipeline, _ more: [(String, JSON)] = []) throws -> JSON {
    let range = try #require(text.range(of: mark), "\(mark)")
    return .object(
      [("textDocument", .object([("uri", .string(Editor.uri))])), ("position", place(text, range.upperBound))] + more)
  }

  static var file: JSON { .object([("textDocument", .object([("uri", .string(uri))]))]) }

  /// The findings that were published last for a file.
  func published(_ uri: String = Editor.uri) -> JSON? {
    received.last { $0["method"]?.string == "textDocument/publishDiagnostics" && $0["params"]?["uri"]?.string == uri }?[
      "params"]
  }

  func messages(_ uri: String = Editor.uri) -> [String] {
    published(uri)?["diagnostics"]?.array?.compactMap { $0["message"]?.string } ?? []
  }
}
