import JSON
import Testing

@testable import JSON
@testable import Plans
@testable import Wording
@testable import YAML

@Suite struct DiagnosticTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("stridee", "stride", 1), ("kitten", "sitting", 3),
    ("ab", "", 2),
    ("ca", "abc", 3),
  ])
  func `the distance of names counts their edits`(a: String, b: String, expected: Int) {
    #expect(editDistance(Array(a.utf8), Array(b.utf8)) == expected)
    #expect(editDistance(Array(b.utf8), Array(a.utf8)) == expected)
  }

  @Test(arguments: [
    ("strid", "stride"), ("Stride", "stride"), ("sride", "stride"), ("widths", "width"), ("frob", nil), ("", nil),
    ("k", nil), ("lenght", "length"),
  ])
  func `the nearest name is suggested if it is near`(name: String, expected: String?) {
    #expect(nearest(to: name, in: ["stride", "length", "width", "x"]) == expected)
  }

  @Test func `tabs, wide characters and escapes keep the caret in place`() {
    let lines = ["\tkey:\tv", "基因 x", "e\u{301} x", "\u{1B}[31m x"]
    let expected = [
      "        key:    v\n                  ^", "基因 x\n       ^", "e\u{301} x\n    ^", "\u{FFFD}[31m x\n        ^",
    ]
    for (line, drawing) in zip(lines, expected) {
      let place = Span(Position(file: "f", line: 1, column: line.unicodeScalars.count), length: 1)
      let text = Diagnostic(.error, "m", at: place).rendered(sources: ["f": line], color: false)
      let body = text.split(separator: "\n").dropFirst().map { String($0.dropFirst(2)) }
      #expect(body.joined(separator: "\n") == drawing.replacing("\n  ", with: "\n"))
    }
  }

  @Test func `a caret beyond the line and an unknown file are harmless`() {
    let far = Span(Position(file: "f", line: 9, column: 900), length: 50)
    #expect(Diagnostic(.error, "m", at: far).rendered(sources: ["f": "a"], color: false) == "f:9:900: error: m")
    let beyond = Span(Position(file: "f", line: 1, column: 900), length: 50)
    #expect(
      Diagnostic(.error, "m", at: beyond).rendered(sources: ["f": "a"], color: false) == "f:1:900: error: m\n  a\n   ^")
    #expect(Diagnostic(.warning, "m", at: beyond).rendered(sources: [:], color: false) == "f:1:900: warning: m")
  }

  @Test func `findings at one place share its line`() {
    let place = Span(Position(file: "f", line: 1, column: 1), length: 1)
    let other = Span(Position(file: "f", line: 1, column: 2), length: 1)
    let findings = [
      Diagnostic(.error, "a", at: place), Diagnostic(.error, "b", at: place), Diagnostic(.error, "c", at: place),
      Diagnostic(.error, "d", at: place, help: "h"), Diagnostic(.warning, "e", at: place),
      Diagnostic(.warning, "f", at: other),
    ]
    let expected = [
      "f:1:1: error: a\n  xy\n  ^", "  b", "  c", "f:1:1: error: d\n  xy\n  ^\n  help: h",
      "f:1:1: warning: e\n  xy\n  ^", "f:1:2: warning: f\n  xy\n   ^",
    ]
    #expect(findings.rendered(sources: ["f": "xy"], color: false) == expected.joined(separator: "\n"))
  }

  @Test func `messages of findings cannot steer a terminal`() {
    let place = Span(Position(file: "f", line: 1, column: 1), length: 1)
    let text = Diagnostic(.error, "a\u{1B}[2Jb\n", at: place).rendered(sources: [:], color: false)
    #expect(text == "f:1:1: error: a\\u{1b}[2Jb\\u{a}")
    #expect(Diagnostic(.error, "m", at: place).rendered(sources: [:], color: true).contains("\u{1B}[1;31m"))
  }

  @Test func `findings of a hopeless file are limited`() {
    let stages = (0..<5000).map { "  s\($0): { stage: nothing\($0) }\n" }.joined()
    let planned = plan("bioarc: 1\nname: p\nstages:\n" + stages)
    #expect(planned.findings.count == Findings.limit)
    #expect(planned.plan == nil)
  }

  /// A search for alike names that is quadratic in them would take hours.
  @Test func `unknown names in a large file are found quickly`() {
    let stages = (0..<20_000).map { "  s\($0): { stage: windows, in: { sequences: $t\($0) } }\n" }.joined()
    #expect(plan("bioarc: 1\nname: p\nstages:\n" + stages).findings.count == Findings.limit)
  }

  /// Axes multiply: what no machine could hold is one finding, at the stage that has too many steps, before anything
  /// is made of them.
  @Test func `too many steps of a stage are one finding`() {
    let items = { (count: Int) in "[" + (0..<count).map { "i\($0)" }.joined(separator: ", ") + "]" }
    let text = { (counts: [Int]) in
      let axes = counts.enumerated().map { "a\($0): \(items($1))" }.joined(separator: ", ")
      return """
        bioarc: 1
        name: p
        inputs: { genome: { path: g.fa, kind: sequences, format: fasta } }
        stages:
          cut: { stage: windows, for: { \(axes) }, in: { sequences: $genome } }
          ids: { stage: tokenize, in: { sequences: $cut } }
        """
    }
    for counts in [[8192, 8192, 8192, 8192, 8192], [2000, 2000, 2000], [3163, 3163]] {
      let planned = plan(text(counts))
      let errors = planned.findings.filter { $0.severity == .error }
      let factors = counts.enumerated().map { "a\($0) (\($1))" }.joined(separator: " x ")
      #expect(errors.map(\.message) == ["the stage 'cut' has more than 10000000 steps: \(factors)"])
      #expect(errors.first?.position.line == 5 && planned.plan == nil)
    }
    #expect(plan(text([3162, 3162])).plan != nil)
  }

  @Test func `a finding is written as JSON`() {
    let place = Span(Position(file: "f", line: 1, column: 2), length: 3)
    let finding = Diagnostic(.error, "a \"b\"", at: place, suggestion: "c", notes: [.init("n", at: place)])
    #expect(
      finding.json.text() == """
        {
          "severity": "error",
          "message": "a \\"b\\"",
          "file": "f",
          "line": 1,
          "column": 2,
          "length": 3,
          "suggestion": "c",
          "help": null,
          "notes": [
            {
              "message": "n",
              "file": "f",
              "line": 1,
              "column": 2,
              "length": 3
            }
          ],
          "count": 1
        }
        """)
  }
}
