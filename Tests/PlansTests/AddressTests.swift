import Testing

@testable import Plans
@testable import Syntax
@testable import YAML

@Suite struct AddressTests {
  private static let address = "scores[k=6,architecture=h32-t64,task=tata,seed=1]"

  @Test(arguments: [address, "scores", "a[x=1.5e-05]", "a[x=c64~0a1b2c3d,y=E.coli+]"])
  func `an address is written as it was read`(text: String) throws {
    #expect(try #require(StepAddress(text)).description == text)
  }

  @Test(arguments: [
    "", "a[", "a]", "a[]", "a[x]", "a[x=]", "a[=1]", "a[x=1", "a[x=1]b", "a[x=1,x=2]", "a[x=1,]", "1a", "a[x=[1]]",
  ])
  func `a text that is no address is refused`(text: String) {
    #expect(StepAddress(text) == nil)
  }

  @Test(arguments: [
    ("scores", true), ("sc*", true), ("*", true), ("s?ores", true), ("w?ndows", false), ("scores[k=6]", true),
    ("scores[k=6,task=ta*]", true), ("scores[k=3]", false), ("scores[task=*300]", false), ("*[seed=?]", true),
    ("*[architecture=h32*]", true), ("*[architecture=*t64]", true), ("*[architecture=h*6*4]", true),
    ("tokens", false), ("s*[k=6,seed=1,task=tata]", true),
  ])
  func `a pattern matches the addresses that it means`(text: String, expected: Bool) throws {
    let (pattern, findings) = AddressPattern.parse(text, plan: try promoters())
    #expect(findings.isEmpty)
    #expect(try #require(pattern).matches(try #require(StepAddress(Self.address))) == expected)
  }

  @Test func `a pattern names only nodes that have its axes`() throws {
    let plan = try promoters()
    let pattern = try #require(AddressPattern.parse("*[k=6]", plan: plan).pattern)
    let nodes = plan.nodes.filter { pattern.matches(node: $0.name, axes: $0.axes.map { plan.axes[$0].name }) }
    #expect(nodes.map(\.name) == ["tokens", "supernet", "scores"])
    #expect(pattern.matches(axis: "k", id: "6") && !pattern.matches(axis: "k", id: "3"))
    #expect(pattern.matches(axis: "seed", id: "2"))
  }

  @Test func `bad patterns give their messages`() throws {
    let plan = try promoters()
    let texts = [
      "", "scores[", "score", "nothing*", "scores[h32*]", "scores[6]", "scores[tata]", "scores[kk=6]", "scores[fold=1]",
      "windows[k=6]", "scores[k=5]", "scores[task=tat]", "scores[k=9*,seed=7]", "scores[k=1,k=3]", "windows[6]",
    ]
    let messages = texts.map { text in
      AddressPattern.parse(text, plan: plan).findings
        .rendered(sources: [AddressPattern.file: text], color: false)
    }
    try Golden.check(messages.joined(separator: "\n") + "\n", "addresses.txt")
  }

  private func promoters() throws -> Plan {
    let text = String(decoding: try Golden.bytes("good/promoters.yaml"), as: UTF8.self)
    return try #require(plan(text).plan)
  }
}
