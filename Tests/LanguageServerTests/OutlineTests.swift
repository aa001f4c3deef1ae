import Foundation
import LanguageServer
import TestSupport
import Testing
import Texts
import YAML

/// The outline of a text agrees with YAML where that can be read, and is of use where it cannot.
@Suite struct OutlineTests {
  /// Keys and plain values with their bytes, by the path of keys and numbers.
  private static func facts(_ node: YAMLNode, _ document: TextDocument, _ path: String = "") -> [String: Range<Int>] {
    let range = { (span: Span) in document.range(at: span.position, length: span.length) }
    switch node.content {
    case .mapping(let pairs):
      var facts: [String: Range<Int>] = [:]
      for pair in pairs {
        facts["\(path)/\(pair.key)"] = range(pair.keySpan)
        facts.merge(Self.facts(pair.value, document, "\(path)/\(pair.key)")) { $1 }
      }
      return facts
    case .sequence(let items):
      return items.enumerated().reduce(into: [:]) { facts, item in
        facts.merge(Self.facts(item.element, document, "\(path)/\(item.offset)")) { $1 }
      }
    case .scalar:
      let bytes = range(node.span)
      let isBlock = ["|", ">"].contains(document.text(bytes))
      return isBlock || bytes.isEmpty ? [:] : ["\(path)=": bytes]
    }
  }

  private static func facts(_ outline: Outline, _ entry: Int = 0, _ path: String = "") -> [String: Range<Int>] {
    var facts: [String: Range<Int>] = [:]
    if let value = outline.entries[entry].value { facts["\(path)="] = value }
    for (number, child) in outline.entries[entry].children.enumerated() {
      let key = outline.entries[child].key
      if let key { facts["\(path)/\(key)"] = outline.entries[child].keyRange }
      facts.merge(Self.facts(outline, child, "\(path)/\(key ?? String(number))")) { $1 }
    }
    return facts
  }

  private static func check(_ text: String, _ name: String) throws {
    let document = TextDocument(uri: "", version: 0, text: text, encoding: .utf8)
    let root = try #require(YAMLReader.read(document.bytes, file: name, findings: Findings()), "\(name)")
    let (expected, found) = (facts(root, document), facts(OutlineScanner.outline(document.bytes)))
    // An alias repeats places of its anchor, which have one path in the outline, and is a value there.
    let paths = Dictionary(grouping: expected.keys.sorted()) { expected[$0]! }
    for (range, paths) in paths.sorted(by: { $0.value[0] < $1.value[0] }) {
      #expect(paths.contains { found[$0] == range }, "\(name): \(paths[0]) '\(document.text(range))'")
    }
    let more = found.filter { expected[$0.key] == nil && !document.text($0.value).hasPrefix("*") }
    #expect(more.keys.sorted() == [], "\(name)")
  }

  @Test(arguments: ["pipelines", "stages"])
  func `the outline of every file here is what YAML says`(_ folder: String) throws {
    let url = Repository.root.appendingPathComponent(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".yaml") }
    #expect(names.count > 15)
    for name in names.sorted() {
      try Self.check(String(contentsOf: url.appendingPathComponent(name), encoding: .utf8), name)
    }
  }

  @Test(arguments: [
    Editor.pipeline, Editor.pipeline.replacing("\n", with: "\r\n"), "a:\n- b: 1\n  c: [x, y: 2, {z: 3}]\n- d\n",
    "a: 'it''s'\n\"b c\": \"x # y\" # z\nd: e:f\n", "é😀: { e\u{301}: ö, f: [] }\n",
    "a: {\n  b: 1, # one\n  c: [2,\n    3]\n  }\nd: 4\n", "- - 1\n  - 2\n- a: b\n",
    "{ a: 1, b: [c] }",
    "\u{FEFF}a: 1\nb: 2\n",
  ])
  func `the outline of many forms is what YAML says`(_ text: String) throws { try Self.check(text, text) }

  @Test func `brackets that stay open end with their lines`() {
    let text = "a:\n  b: { c: 1, d: [2\n  e: 3\nf: \"x\ng: 4\n"
    let outline = OutlineScanner.outline(bytes(text))
    #expect(outline.entry("a", "b", "c") != nil && outline.entry("a", "e") != nil)
    #expect(outline.entry("g").flatMap { outline.entries[$0].text } == "4")
  }

  @Test func `deep texts and odd ones are read to their end`() {
    for text in [
      String(repeating: "- ", count: 100_000), String(repeating: "[", count: 100_000),
      String(repeating: "{a: ", count: 100_000), (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    ] {
      let outline = OutlineScanner.outline(bytes(text))
      #expect(outline.entries.count > 10)
      #expect(outline.all(below: 0).count == outline.entries.count)
    }
    var random = RandomNumbers(seed: seed)
    for _ in 0..<20_000 {
      let text = (0..<20).map { _ in "-:#{}[],'\"|> \n\r\ta&!é".randomElement(using: &random)! }
      let data = Array(String(text).utf8)
      let offset = Int.random(in: 0...data.count, using: &random)
      for entry in OutlineScanner.outline(data).entries {
        #expect(entry.keyRange.upperBound <= data.count && (entry.value?.upperBound ?? 0) <= data.count, "seed \(seed)")
      }
      if let cursor = OutlineScanner.cursor(data, at: offset).cursor {
        #expect(0...offset ~= cursor.start, "seed \(seed)")
      }
    }
  }
}
