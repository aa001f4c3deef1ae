import Testing

@testable import Artifacts
@testable import Plans
@testable import Syntax
@testable import YAML

/// Findings of a stage's rules stand at the values of the file: errors in all combinations, warnings once.
@Suite struct RuleTests {
  private static let stage = StageDeclaration(
    name: "train", version: 1, summary: "",
    parameters: [
      Parameter("steps", .int(1...1000), default: .int(10), neutral: .int(10), help: ""),
      Parameter("rate", .float(0...10), default: .float(1), neutral: .float(1), help: ""),
      Parameter("names", .list(.string), default: .list([]), neutral: .list([]), help: ""),
      Parameter("mode", .choice(["slow", "fast"]), default: .string("slow"), neutral: .string("slow"), help: ""),
    ],
    inputs: [InputPort("model", [.architecture, .sequences], required: false, acceptsText: true, help: "")],
    outputs: [OutputPort("model", .metrics, .file, help: "")],
    rules: [
      StageRule(reads: ["rate", "steps"]) { settings in
        guard let rate = settings.float("rate"), let steps = settings.int("steps"), rate * Double(steps) > 50 else {
          return []
        }
        return [.warning("\(steps) steps at \(rate)", at: "rate", help: "fewer")]
      },
      StageRule(reads: ["names"]) { settings in
        (settings.list("names") ?? []).enumerated().filter { $0.element == .string("bad") }.map {
          .error("bad-name", "a bad name", at: "names", item: $0.offset, suggestion: "good", help: "or none")
        }
      },
      StageRule(reads: ["model", "mode"]) { settings in
        guard settings.string("mode") == "fast" else { return [] }
        if let text = settings.string("model"), text.hasPrefix("x") {
          return [.error("bad-model", "'\(text)' is not fast", at: "model", "mode")]
        }
        return settings.options["model"]?["alphabet"] == nil ? [] : [.error("bad-model", "letters", at: "mode")]
      },
      StageRule(reads: ["mode", "rate"], isOfAll: true) { settings in
        settings.string("mode") == "slow" && settings.float("rate") == 3 ? [.warning("unread", at: "rate")] : []
      },
    ], example: "")

  private static let format = InputFormat(
    name: "raw", kind: .sequences, options: [InputOption("alphabet", help: "")], help: ""
  ) { _, _ in [] }

  private func findings(_ text: String, params: String = "", set: [String] = []) -> [String] {
    let planned = Planner.plan(
      text: Array("bioarc: 1\nname: x\n\(params)\nstages:\n  a: { stage: train, \(text) }\n".utf8),
      file: "x.yaml", overrides: set.map { Override($0) }, declarations: [Self.stage], formats: [Self.format])
    return planned.findings.map { finding in
      let position = finding.position
      let place = (position.file == "x.yaml" ? "" : position.file + ":") + "\(position.line):\(position.column)"
      return "\(finding.severity) \(place) \(finding.message)"
        + [finding.suggestion, finding.help].compactMap { $0 }.map { ": " + $0 }.joined()
        + finding.notes.map { " (\($0.message) \($0.position.line):\($0.position.column))" }.joined()
    }
  }

  @Test func `warnings stand at their place`() {
    #expect(findings("with: { rate: 4, steps: 10 }") == [])
    #expect(findings("with: { steps: 6, rate: 9 }") == ["warning 5:46 6 steps at 9.0: fewer"])
    let fast = findings("with: { rate: $params.fast }", params: "params: { fast: 9 }")
    #expect(fast == ["warning 3:17 10 steps at 9.0: fewer (used here 5:36)"])
    #expect(findings("with: { steps: 60 }") == ["warning 5:3 60 steps at 1.0: fewer"])
  }

  /// The first unwise step of an array stands for the others; values of axes count in the parameter's type.
  @Test func `warnings over axes are given once`() {
    let array = "for: { rate: [1, 7, 8], steps: [2, 9] }, with: { rate: $rate, steps: $steps }"
    #expect(findings(array) == ["warning 5:39 9 steps at 7.0: fewer (used here 5:77)"])
    #expect(findings("for: { rate: [1, 2], steps: [2, 9] }, with: { rate: $rate, steps: $steps }") == [])
  }

  @Test func `errors stand at the item of a list`() {
    #expect(findings("with: { names: [good, bad] }") == ["error 5:44 a bad name: good"])
    let param = findings("with: { names: [$params.n] }", params: "params: { n: bad }")
    #expect(param == ["error 3:14 a bad name: good (used here 5:38)"])
    #expect(findings("with: {}", set: ["a.names=[bad]"]) == ["error --set:1:10 a bad name: good"])
    let axis = "for: { n: { one: [good], two: [good, bad] } }, with: { names: $n }"
    #expect(findings(axis) == ["error 5:52 a bad name: good (used here 5:84)"])
  }

  @Test func `texts at ports are checked`() {
    #expect(findings("with: { mode: fast }, in: { model: x9 }") == ["error 5:57 'x9' is not fast"])
    #expect(findings("in: { model: x9 }") == [])
    let axis = "for: { m: [y1, x9, x8] }, with: { mode: fast }, in: { model: $m }"
    #expect(
      findings(axis) == [
        "error 5:37 'x9' is not fast (used here 5:83)", "error 5:41 'x8' is not fast (used here 5:83)",
      ])
    let options = findings(
      "with: { mode: fast }, in: { model: $g }",
      params: "inputs: { g: { path: g, kind: sequences, format: raw, options: { alphabet: z } } }")
    #expect(options == ["error 5:36 letters"])
  }

  /// A parameter that one step of an array reads is read.
  @Test func `values that no step reads are warned of`() {
    #expect(findings("with: { rate: 3 }") == ["warning 5:36 unread"])
    #expect(findings("for: { m: [slow, fast] }, with: { mode: $m, rate: 3 }") == [])
  }
}
