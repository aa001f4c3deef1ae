import Testing

@testable import Artifacts
@testable import Plans
@testable import Syntax
@testable import YAML

/// Sets of values under one name.
@Suite struct PresetTests {
  private static let stage = StageDeclaration(
    name: "train", version: 1, summary: "",
    parameters: [
      Parameter("steps", .int(1...1000), default: .int(10), neutral: .int(10), help: ""),
      Parameter("rate", .float(0...10), default: .float(1), neutral: .float(1), help: ""),
    ],
    inputs: [], outputs: [OutputPort("model", .metrics, .file, help: "")],
    presets: [
      Preset("quick", help: "") { _ in ["steps": .int(2)] },
      Preset("long", help: "") { stated in
        // The rate follows from the steps, where these are stated.
        stated["steps"] == .some(.int(7)) ? ["rate": .float(7)] : ["steps": .int(500), "rate": .float(0.5)]
      },
    ], example: "")

  private func plan(_ body: String, params: String = "params: { p: long }") -> Planned {
    Planner.plan(
      text: Array("bioarc: 1\nname: p\n\(params)\nstages:\n  a: { stage: train, \(body) }\n".utf8), file: "p.yaml",
      overrides: [], declarations: [Self.stage], formats: [])
  }

  private func values(_ planned: Planned) throws -> [String: Plan.ParameterBinding.Source] {
    try #require(planned.plan?.nodes.first, "\(planned.findings)").parameters.mapValues(\.source)
  }

  private func constant(_ planned: Planned, _ name: String) throws -> Value? {
    if case .value(let value)? = try values(planned)[name] { value } else { nil }
  }

  @Test func `a preset sets what the file does not`() throws {
    let long = plan("with: { preset: long }")
    #expect(try constant(long, "steps") == .int(500) && constant(long, "rate") == .float(0.5))
    let quick = plan("with: { preset: quick, rate: 3 }")
    #expect(try constant(quick, "steps") == .int(2) && constant(quick, "rate") == .float(3))
    let own = plan("with: { steps: 7, preset: $params.p }")
    #expect(try constant(own, "steps") == .int(7) && constant(own, "rate") == .float(7))
    #expect(try values(own)["preset"] == nil, "keys know no preset")
  }

  @Test func `over an axis each item has its preset and defaults`() throws {
    let planned = plan("for: { p: [quick, long] }, with: { preset: $p }", params: "")
    let ids = planned.plan?.axes.first?.ids
    guard case .axis(_, let steps)? = try values(planned)["steps"],
      case .axis(_, let rates)? = try values(planned)["rate"], let ids
    else {
      Issue.record("no axis")
      return
    }
    #expect(ids.sorted() == ["long", "quick"])
    for (id, (steps, rate)) in zip(ids, zip(steps, rates)) {
      #expect(id == "quick" ? steps == .int(2) && rate == .float(1) : steps == .int(500) && rate == .float(0.5))
    }
  }

  @Test func `an unknown preset is told with the nearest`() {
    let planned = plan("with: { preset: quik }")
    #expect(planned.plan == nil)
    #expect(planned.findings.contains { $0.message.contains("'preset' must be") && "\($0)".contains("quick") })
    #expect(plan("with: { presets: long }").plan == nil)
  }
}
