import Foundation
import TestSupport
import Testing

/// Failures that are results: recorded, shown, ranked last, and not repeated unless somebody asks for it.
@Suite(.serialized) struct FailureTests {
  /// A kernel that reads both sides is odd: with weights of masked modelling, which the run alone knows, 4 cannot be.
  static let pipeline = Lab.pipeline.replacingOccurrences(
    of: "for: { architecture: [c16-c16, t16] }",
    with: "for: { architecture: { c16-c16: c16-c16, even: c16(kernel=4) } }")

  @Test func `failures are results and are not repeated`() throws {
    let lab = try Lab(Self.pipeline)
    let first = try lab.run()
    let doomed = ["scores[k=2,architecture=even]", "scores[k=3,architecture=even]"]
    #expect(first.failed == doomed)
    let again = try lab.run()
    #expect(again.started == [], "a failure is not repeated")
    let said = try lab.bioarc("run")
    #expect(said.status == 0, "all failures were accepted by rank")
    #expect(said.errors.contains("2 failed and ranked last"), "\(said.errors)")
    #expect(said.output.contains("failed"), "\(said.output)")
    let why = try lab.bioarc("why", doomed[0])
    #expect(why.output.contains("failed before and would again"), "\(why.output)")
    let forced = try lab.run(["--retry-failed"])
    #expect(forced.started == doomed, "only what failed is tried again")
    #expect(forced.failed == doomed)
    #expect(try lab.run().started == [])
    let plan = try lab.bioarc("plan", "--retry-failed", "-o", "again")
    #expect(plan.output.contains("2 steps will run"), "\(plan.output)\(plan.errors)")
    let events = Events(try lab.workspace.bioarc("run", "again", "--json").output)
    #expect(events.started == doomed && events.failed == doomed)
  }
}
