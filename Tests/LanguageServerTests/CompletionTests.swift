import Foundation
import JSON
import LanguageServer
import TestSupport
import Testing

/// The words that are offered where a cursor stands, in whole texts and in such as are being written.
@Suite struct CompletionTests {
  /// The words offered after `mark` once it stands in the place of `old`, and what is written of the first.
  private static func words(_ old: String, _ mark: String) throws -> (labels: [String], list: [JSON]) {
    var editor = Editor()
    let range = try #require(Editor.pipeline.range(of: old))
    var text = Editor.pipeline
    text.replaceSubrange(range, with: mark)
    editor.open(Editor.pipeline)
    editor.change([.object([("text", .string(text))])])
    let place = editor.place(text, text.utf8.index(range.lowerBound, offsetBy: mark.utf8.count))
    let params = JSON.object(Editor.file.members! + [("position", place)])
    let list = editor.request("textDocument/completion", params)?["result"]?["items"]?.array ?? []
    return (list.compactMap { $0["label"]?.string }, list)
  }

  @Test(arguments: [
    ("params:", "pa", ["params"], ["stages", "genome", "stage"]),
    ("    stage: tokenize", "    st", ["stage", "resources"], ["with", "in"]),
    ("stage: tokenize", "stage: ", ["tokenize", "pretrain", "fine-tune"], ["genome"]),
    ("with: { scheme: kmer, k: $k }", "with: { scheme: kmer, ", ["k", "vocabulary"], ["scheme", "tokens"]),
    ("with: { scheme: kmer, k: $k }", "with: { scheme: ", ["kmer", "bpe", "$params.rate"], ["$k.", "false"]),
    ("k: $k", "k: $", ["$k", "$params.rate"], ["$tokens.tokens"]),
    ("[$promoters, $genome]", "[$promoters, $", ["$genome", "$promoters"], ["$tokens.tokens", "$scores.metrics"]),
    ("weights: $supernet.weights", "weights: ", ["$supernet.weights"], ["$tokens.tokens", "$genome"]),
    ("      weights: $supernet.weights", "      we", ["weights"], ["tokenizer", "task"]),
    ("architecture: $architecture", "architecture: $ar", ["$architecture"], ["$promoters"]),
    ("over: { candidate: [k, architecture] }", "over: { candidate: [", ["k", "architecture"], ["candidate"]),
    ("over: { candidate: [k, architecture] }", "over: { ", ["candidate", "task"], ["k"]),
    ("kind: sequences", "kind: ", ["sequences", "labelled-sequences"], ["fasta"]),
    ("format: fasta", "format: ", ["fasta"], ["gue"]),
    ("path: genome.fa, ", "", ["path", "url", "options"], ["kind", "format"]),
    (
      "for: { architecture: $space.architectures }", "for: { architecture: $", ["$space.architectures"],
      ["$space.space"]
    ),
  ])
  func `words fit the place`(_ old: String, _ mark: String, _ some: [String], _ none: [String]) throws {
    let mark = mark.isEmpty ? "genome: { " : mark
    let old = mark == "genome: { " ? "genome: { path: genome.fa, " : old
    let labels = try Self.words(old, mark).labels
    #expect(Set(some).subtracting(labels).sorted() == [], "\(mark): \(labels)")
    #expect(Set(none).intersection(labels).sorted() == [], "\(mark)")
  }

  @Test func `a word that has been begun is replaced whole, and a key gets its colon`() throws {
    let (_, list) = try Self.words("with: { scheme: kmer, k: $k }", "with: { scheme: kmer, k")
    let first = try #require(list.first { $0["label"]?.string == "k" })
    #expect(first["textEdit"]?["newText"]?.string == "k: ")
    #expect(
      first["textEdit"]?["range"]?.line == #"{"start":{"line":13,"character":26},"end":{"line":13,"character":27}}"#)
    var editor = Editor()
    editor.open()
    let items = editor.request("textDocument/completion", try editor.at("{ ep"))?["result"]?["items"]?.array ?? []
    let epochs = try #require(items.first { $0["label"]?.string == "epochs" })
    #expect(epochs["textEdit"]?["newText"]?.string == "epochs")
    #expect(epochs["textEdit"]?["range"]?["end"]?["character"]?.int == 18)
    let resolved = editor.request("completionItem/resolve", epochs)?["result"]
    #expect(resolved?["documentation"]?.string?.isEmpty == false && epochs["documentation"] == nil)
  }

  @Test func `nothing is offered in comments`() throws {
    #expect(try Self.words("name: small", "name: small # st").labels == [])
    #expect(try Self.words("name: small", "# st").labels == [])
  }

  @Test func `hovers say what a thing is and what it comes to`() throws {
    var editor = Editor(
      FixedSurroundings(standing: .init(stages: ["scores": .init(title: "3 of 6 cached", why: "")])))
    editor.open()
    editor.rest()
    for (mark, words) in [
      ("{ epochs: 1, l", ["a parameter of fine-tune", "value: 0.001", "set on line 4"]),
      ("length: 3", ["a parameter of pretrain", "value: 32 "]),
      ("  score", ["a stage", "architecture (?)", "3 of 6 cached"]),
      ("k: $", ["an axis", "2 items: 2, 3"]), ("  genom", ["an input", "/lab/pipelines/genome.fa"]),
      ("lr: $par", ["a param", "value: 0.001", "used 1 time"]), ("stage: fine-t", ["fine-tune", "Parameters (with)"]),
      ("weights: $supernet.we", ["an output of the kind weights"]), ("format: fas", ["fasta"]),
      ("      weigh", ["a port that reads weights"]), ("\nsta", ["The stages to run"]),
    ] {
      let hover = editor.request("textDocument/hover", try editor.at(mark))?["result"]
      let text = hover?["contents"]?["value"]?.string ?? ""
      for word in words { #expect(text.contains(word), "\(mark): \(text)") }
    }
  }

  @Test func `symbols and folds follow the text`() throws {
    let nested = [
      (
        "textDocument",
        JSON.object([
          ("documentSymbol", .object([("hierarchicalDocumentSymbolSupport", .bool(true))]))
        ])
      )
    ]
    var editor = Editor(offers: nested)
    editor.open()
    let symbols = editor.request("textDocument/documentSymbol", Editor.file)?["result"]?.array ?? []
    #expect(symbols.map { $0["name"]?.string ?? "" } == ["params", "inputs", "stages"])
    #expect(symbols.last?["children"]?.array?.count == 6)
    #expect(symbols.last?["children"]?.array?[1]["detail"]?.string == "tokenize")
    var plain = Editor()
    plain.open()
    #expect(plain.request("textDocument/documentSymbol", Editor.file)?["result"]?.array?.count == 8)
    let folds = editor.request("textDocument/foldingRange", Editor.file)?["result"]?.array ?? []
    #expect(folds.contains { $0.line == #"{"startLine":10,"endLine":14}"# }, "\(folds.map(\.line))")
  }
}
