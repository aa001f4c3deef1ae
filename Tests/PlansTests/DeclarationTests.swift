import Testing

@testable import Artifacts
@testable import Manual
@testable import Plans
@testable import Syntax
@testable import YAML

@Suite struct DeclarationTests {
  @Test(arguments: FakeStages.all.map(\.name)) func `stage files and help are the golden ones`(name: String) throws {
    let stage = try #require(FakeStages.all.first { $0.name == name })
    try Golden.check(stage.yaml(), "declarations/\(name).yaml")
    try Golden.check(stage.help(color: false), "declarations/\(name).txt")
    let findings = Findings()
    let node = try #require(YAMLReader.read(Array(stage.yaml().utf8), file: name, findings: findings))
    let fields = try #require(
      PipelineDecoder(findings: findings).fields(
        of: node, "a stage", ["name", "version", "summary", "parameters", "inputs", "outputs"]))
    #expect(findings.list.isEmpty)
    #expect(
      PipelineDecoder(findings: findings).pairs(fields["parameters"], "").map(\.key) == stage.parameters.map(\.name))
  }

  @Test func `the schema is the golden one in any order of stages`() throws {
    let text = PipelineSchema.json(declarations: FakeStages.all, formats: FakeStages.formats)
    #expect(text == PipelineSchema.json(declarations: FakeStages.all.reversed(), formats: FakeStages.formats))
    try Golden.check(text, "schema.json")
  }

  /// The reader reads the text of every value as that value.
  @Test(arguments: [
    Value.string(""), .string("no"), .string("3"), .string("1e-3"), .string("a: b"), .string("a #b"), .string("- a"),
    .string("a,b"), .string("[a]"), .string("\"q\""), .string("it's"), .string(" a "), .string("tab\tnl\n\u{1}"),
    .string("$x"), .string("$$x"), .string("é基"), .string("*"), .string("null"), .string("~"), .string("a:"),
    .string("c64(kernel=5)-t128"), .string("\\"), .string("<<"), .string("="), .string(".5"), .string("%a"),
    .string("a\u{85}b\u{7F}"),
    .int(-3), .float(0.001), .float(1e22), .float(1e-5), .bool(true), .list([.string("a, b"), .list([.int(1)])]),
  ])
  func `a written value is read as the same`(value: Value) throws {
    let findings = Findings()
    let text = "[{ a: " + YAMLWriter.value(value) + " }]\n"
    let node = try #require(YAMLReader.read(Array(text.utf8), file: "f", findings: findings), "\(text)")
    guard case .sequence(let items) = node.content, case .mapping(let pairs) = items[0].content else {
      Issue.record("another shape")
      return
    }
    let read = Term(pairs[0].value, what: "it", findings: findings).value
    #expect(read?.canonical.encoded() == value.canonical.encoded(), "\(text)")
  }
}
