import Artifacts
import Events
import Inputs
import Plans
import Testing

@testable import ModelStages
@testable import Resolving
@testable import TaskStages

/// Failures that everything downstream accepts.
@Suite struct AcceptanceTests {
  /// As `rank`: reads what others failed to write, and ranks it last.
  static let rank = StageDeclaration(
    name: "last", version: 1, summary: "Gathers, failures too.", parameters: [],
    inputs: [InputPort("items", Scene.kinds, roles: ["item"], acceptsFailures: true, help: "")],
    outputs: [OutputPort("output", .metrics, .file, help: "")], example: "")

  /// A chain whose stages read the one before at two ports has 2^n ways to its end.
  @Test(arguments: [true, false]) func `accepted failures are found along a long chain`(_ isAccepted: Bool) throws {
    let scene = try Scene([Self.rank])
    var lines = [
      "bioarc: 1", "name: chain", "stages:",
      "  s0: { stage: follow, for: { x: [a, b] }, in: { input: $data, other: $x } }",
    ]
    lines.insert("inputs: { data: { path: \(scene.path("input")), kind: sequences, format: raw } }", at: 2)
    for stage in 1..<60 {
      lines.append("  s\(stage): { stage: follow, in: { input: $s\(stage - 1).output, other: $s\(stage - 1).output } }")
    }
    lines.append("  end: { stage: last, in: { items: { from: $s59.output, over: { item: [x] } } } }")
    if !isAccepted { lines.append("  too: { stage: follow, in: { input: $s30.output } }") }
    let resolution = try scene.resolve(lines.joined(separator: "\n"))
    let failure = ResultRecord(
      outcome: .failure(code: "nan", message: "diverged"), environment: [:], finished: 1, duration: 1, peakMemory: 1)
    try resolution.finish(resolution.step("s0[x=a]"), .success(failure), isReused: false)
    let summary = resolution.tally { _ in }
    // `too` accepts nothing, so that neither the failure nor what is skipped for it on the way there is accepted.
    #expect(summary.accepted == (isAccepted ? 1 : 0) && summary.failed == (isAccepted ? 0 : 1))
    #expect(summary.skipped == (isAccepted ? 0 : 31), "\(summary)")
  }
}
