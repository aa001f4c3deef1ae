import Testing

@testable import Plans
@testable import Syntax
@testable import YAML

@Suite struct PipelineGoldenTests {
  /// Each bad pipeline gives exactly the messages in the file beside it. Its first line may be `# --set name=value`.
  @Test(arguments: Golden.names(in: "bad")) func `a bad pipeline gives the messages beside it`(name: String) throws {
    let planned = try plan("bad", name)
    #expect(planned.plan == nil)
    #expect(planned.findings.contains { $0.severity == .error })
    try Golden.check(planned.messages, "bad/\(name).txt")
  }

  /// Each good pipeline gives exactly the plan in the file beside it, after its warnings.
  @Test(arguments: Golden.names(in: "good")) func `a good pipeline gives the plan beside it`(name: String) throws {
    let planned = try plan("good", name)
    let plan = try #require(planned.plan, "\(planned.messages)")
    try Golden.check(planned.messages + plan.description, "good/\(name).txt")
  }

  @Test func `there are enough bad pipelines`() {
    #expect(Golden.names(in: "bad").count >= 45)
  }

  private func plan(_ folder: String, _ name: String) throws -> Planned {
    let text = try Golden.bytes("\(folder)/\(name).yaml")
    let overrides = String(decoding: text, as: UTF8.self).split(separator: "\n").prefix { $0.hasPrefix("# --set ") }
    return Planner.plan(
      text: text, file: "pipelines/\(name).yaml",
      overrides: overrides.map { Override(String($0.dropFirst(8))) }, declarations: FakeStages.all,
      formats: FakeStages.formats)
  }
}
