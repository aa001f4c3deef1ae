import Artifacts
import Plans
import Testing

/// What a stage advises against is warned of at its place, once by each rule.
@Suite struct AdviceTests {
  private static let stage = StageDeclaration(
    name: "train", version: 1, summary: "",
    parameters: [
      Parameter("steps", .int(1...1000), default: .int(10), neutral: .int(10), help: ""),
      Parameter("rate", .float(0...10), default: .float(1), neutral: .float(1), help: ""),
    ], inputs: [], outputs: [OutputPort("model", .metrics, .file, help: "")],
    advice: [
      Advice(at: "rate", reads: ["rate", "steps"]) { values in
        guard case .float(let rate)? = values["rate"], case .int(let steps)? = values["steps"],
          rate * Double(steps) > 50
        else { return nil }
        return ("\(steps) steps at \(rate)", "fewer")
      }
    ], example: "")

  private func warnings(_ text: String, params: String = "") -> [String] {
    let planned = Planner.plan(
      text: Array("bioarc: 1\nname: x\n\(params)\nstages:\n  a: { stage: train, \(text) }\n".utf8),
      file: "x.yaml", overrides: [], declarations: [Self.stage], formats: [])
    #expect(planned.plan != nil)
    return planned.findings.map {
      "\($0.severity) \($0.position.line):\($0.position.column) \($0.message): \($0.help ?? "")"
    }
  }

  @Test func warnedOfAtItsPlace() {
    #expect(warnings("with: { rate: 4, steps: 10 }, in: {}") == [])
    #expect(warnings("with: { steps: 6, rate: 9 }, in: {}") == ["warning 5:46 6 steps at 9.0: fewer"])
    let fast = warnings("with: { rate: $params.fast }, in: {}", params: "params: { fast: 9 }")
    #expect(fast == ["warning 5:36 10 steps at 9.0: fewer"])
    #expect(warnings("with: { steps: 60 }, in: {}") == ["warning 5:3 60 steps at 1.0: fewer"])
  }

  /// Of the steps of an array the first that is unwise is named; values of axes count in the parameter's type.
  @Test func overAxes() {
    let array = "for: { rate: [1, 7, 8], steps: [2, 9] }, with: { rate: $rate, steps: $steps }, in: {}"
    #expect(warnings(array) == ["warning 5:77 9 steps at 7.0: fewer"])
    #expect(warnings("for: { rate: [1, 2], steps: [2, 9] }, with: { rate: $rate, steps: $steps }, in: {}") == [])
  }
}
