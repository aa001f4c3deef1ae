import Foundation
import TestSupport
import Testing

/// Failures that are results: recorded, shown, ranked last, and not repeated unless somebody asks for it.
@Suite(.serialized) struct FailureTests {
  static let pipeline = Lab.pipeline.replacingOccurrences(
    of: "for: { architecture: [c16-c16, t16] }\n    with: { epochs: 1, lr: 0.001 }",
    with: "for: { architecture: [c16-c16], rate: [0.001, 1000000] }\n    with: { epochs: 1, lr: $rate, clip: 0 }"
  ).replacingOccurrences(of: "candidate: [k, architecture]", with: "candidate: [k, architecture, rate]")

  @Test func failuresAreResults() throws {
    let lab = try Lab(Self.pipeline)
    let first = try lab.run()
    let doomed = ["scores[k=2,architecture=c16-c16,rate=1000000]", "scores[k=3,architecture=c16-c16,rate=1000000]"]
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
  }
}
