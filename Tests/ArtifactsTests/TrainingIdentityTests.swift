import Artifacts
import Testing

@Suite struct TrainingIdentityTests {
  private static let declaration = StageDeclaration(
    name: "train", version: 1, summary: "",
    parameters: [
      Parameter("lr", .float(0...1), default: .float(0.1), neutral: .float(0.1), help: ""),
      Parameter("steps", .int(1...100_000), default: .int(1), neutral: .int(1), role: .horizon, help: ""),
      Parameter(
        "schedule", .string, default: .string("constant"), neutral: .string("constant"), onset: "from", help: ""),
      Parameter("from", .int(0...100_000), default: .int(0), neutral: .int(0), onset: "from", help: ""),
      Parameter("fall", .int(0...100_000), default: .int(0), neutral: .int(0), onset: "from", help: ""),
      Parameter("every", .int(0...100), default: .int(0), neutral: nil, role: .resource, help: ""),
    ], inputs: [], outputs: [], example: "")

  private static func training(_ values: [String: Value]) -> TrainingIdentity {
    declaration.training(declaration.identity(parameters: values, ports: [:]))
  }

  private static let constant = training(["steps": .int(5000)])

  private static func decaying(_ from: Int, _ fall: Int = 100, lr: Double = 0.1) -> TrainingIdentity {
    training([
      "steps": .int(from + fall), "schedule": .string("wsd"), "from": .int(from), "fall": .int(fall),
      "lr": .float(lr),
    ])
  }

  /// Up to which step two trainings share their states; nil: to the end.
  private func check(_ a: TrainingIdentity, _ b: TrainingIdentity, shareUpTo end: Int?) {
    #expect(a.key == b.key)
    for step in [0, 1, 500, 999, 1000, 1001, 1500, 2000, 2001, 9000] {
      #expect((a.segmentKey(step: step) == b.segmentKey(step: step)) == (end.map { step <= $0 } ?? true), "at \(step)")
    }
  }

  @Test func `trainings share states up to their first difference`() {
    check(Self.constant, Self.training(["steps": .int(9), "every": .int(7)]), shareUpTo: nil)
    check(Self.constant, Self.decaying(1000), shareUpTo: 1000)
    check(Self.decaying(2000), Self.decaying(1000), shareUpTo: 1000)
    check(Self.decaying(1000, 50), Self.decaying(1000, 70), shareUpTo: 1000)
    check(Self.decaying(0, 50), Self.decaying(0, 70), shareUpTo: 0)
    #expect(Self.decaying(1000).key != Self.decaying(1000, lr: 0.2).key)
    #expect(Self.decaying(1000).segmentKey(step: 1) != Self.decaying(1000, lr: 0.2).segmentKey(step: 1))
    #expect(Self.constant.segmentKey(step: 1) != Self.constant.segmentKey(step: 2))
  }

  /// A fall after 10 epochs of 7 steps shares 70 steps.
  @Test func `an onset is counted in units of the length`() {
    let falling = Self.decaying(10)
    for step in [1, 10, 11, 69, 70, 71, 1000] {
      let keys = [Self.constant, falling].map { $0.segmentKey(step: step, unit: 7) }
      #expect((keys[0] == keys[1]) == (step <= 70), "at \(step)")
    }
    #expect(falling.segmentKey(step: 5) == falling.segmentKey(step: 5, unit: 1))
    #expect(Self.decaying(100_000).segmentKey(step: 9, unit: .max) == Self.constant.segmentKey(step: 9))
  }

  @Test func `the key of the step tells all trainings apart`() {
    let all = [Self.constant, Self.decaying(1000), Self.decaying(2000), Self.decaying(1000, 50)]
    #expect(Set(all.map(\.step.key)).count == all.count)
  }
}
