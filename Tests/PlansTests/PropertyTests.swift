import Syntax
import Testing

@testable import Artifacts
@testable import Plans
@testable import YAML

/// The plan's parts that decide what is computed, without names and places. Steps by declaration order of the pipeline.
private func semantics(_ plan: Plan) -> [String] {
  plan.nodes.map { node in
    let parameters = node.parameters.sorted { $0.key < $1.key }.map { name, binding in
      switch binding.source {
      case .value(let value): "\(name)=\(value.canonical.encoded())"
      case .axis(let axis, _): "\(name)=axis \(node.axes.firstIndex(of: axis) ?? -1)"
      }
    }
    let ports = node.ports.sorted { $0.key < $1.key }.map { name, binding in
      switch binding.source {
      case .input(let index): "\(name)=input \(plan.inputs[index].kind) \(plan.inputs[index].format)"
      case .output(let source, let port):
        "\(name)=\(plan.nodes[source].declaration.name).\(port) "
          + "\(binding.over.mapValues(\.count).sorted { $0.key < $1.key })"
      case .chosen(let source, let port, let choosing):
        "\(name)=\(plan.nodes[source].declaration.name).\(port) of \(plan.nodes[choosing.node].declaration.name)"
      case .axis(let axis): "\(name)=axis \(node.axes.firstIndex(of: axis) ?? -1)"
      case .text(let text): "\(name)=text \(text)"
      }
    }
    let axes = node.axes.map { plan.axes[$0].ids?.joined(separator: ",") ?? "members" }
    return "\(node.declaration.name) \(axes) \(parameters) \(ports)"
  }.sorted()
}

@Suite struct PropertyTests {
  private func promoters() throws -> String { String(decoding: try Golden.bytes("good/promoters.yaml"), as: UTF8.self) }

  /// Edits that say the same thing in other words.
  @Test(arguments: [
    ("comment", "name: promoters", "# a comment\nname: promoters   # another"),
    ("key order", "scheme: kmer, k: $k, stride: $k", "stride: $k, k: $k, scheme: kmer"),
    ("quoting of a string", "scheme: kmer", "scheme: \"kmer\""),
    ("quoting of a reference", "k: $k", "k: '$k'"),
    ("another notation of a number", "held-out: 0.2", "held-out: 2e-1"),
    ("an integer where a number is asked", "count: 24", "count: 24, min-distance: 1.5"),
    ("a hexadecimal integer", "steps: 2000", "steps: 0x7D0"),
    ("a default written out", "objective: mm", "objective: mm, lr: 1e-3"),
    ("order of items", "k: [1, 3, 6]", "k: [6, 1, 3]"),
    ("items as a map", "k: [1, 3, 6]", "k: { 1: 1, 3: 3, 6: 6 }"),
    ("a name of the pipeline", "name: promoters", "name: other"),
    (
      "block style", "with: { objective: mm, steps: 2000, seed: 7 }",
      "with:\n      objective: mm\n      steps: 2000\n      seed: 7"
    ),
    ("an anchor", "seed: [1, 2, 3]", "seed: &seeds [1, 2, 3]"),
    ("line ends", "\n", "\r\n"),
    ("a renamed stage", "supernet", "model"),
    ("a renamed input", "genome", "coli"),
  ])
  func `edits that say the same mean the same`(name: String, old: String, new: String) throws {
    let text = try promoters()
    let edited = text.replacing(old, with: new)
    #expect(try semantics(#require(plan(text).plan)) == semantics(#require(plan(edited).plan, "\(name)")))
  }

  @Test func `a renamed axis and folder mean the same`() throws {
    let text = try promoters()
    let axis = text.replacing("k: [1, 3, 6]", with: "kmer: [1, 3, 6]").replacing("$k", with: "$kmer")
      .replacing("[k, architecture]", with: "[kmer, architecture]")
    let expected = try semantics(#require(plan(text).plan))
    #expect(try semantics(#require(plan(axis).plan)) == expected)
    #expect(try semantics(#require(plan(text, file: "/elsewhere/x.yaml").plan)) == expected)
  }

  @Test(arguments: [
    ("steps: 2000", "steps: 2001"), ("[1, 3, 6]", "[1, 3, 5]"), ("held-out: 0.2", "held-out: 0.3"),
    ("k: $k, stride: $k", "k: $k"), ("[k, architecture]", "[architecture]"), ("seed: $seed", "seed: 1"),
  ])
  func `edits that say something else mean something else`(old: String, new: String) throws {
    let text = try promoters()
    let edited = text.replacing(old, with: new)
    #expect(try semantics(#require(plan(text).plan)) != semantics(#require(plan(edited).plan)))
  }

  @Test func `paths start from where they are stated`() throws {
    func path(_ file: String, _ input: String, _ set: [String] = []) throws -> String {
      let text =
        "bioarc: 1\nname: p\nparams: { data: ../d, p: x.fa }\n"
        + "inputs:\n  a: { \(input), kind: sequences, format: fasta }\n"
        + "stages:\n  s: { stage: windows, in: { sequences: $a } }\n"
      return try #require(plan(text, file: file, set: set).plan).inputs[0].source.place
    }
    #expect(try path("p.yaml", "path: g.fa") == "g.fa")
    #expect(try path("x/p.yaml", "path: ../g.fa") == "x/../g.fa")
    #expect(try path("/p.yaml", "path: g.fa") == "/g.fa")
    #expect(try path("/x/p.yaml", "path: /y/g.fa") == "/y/g.fa")
    #expect(try path("x/p.yaml", "root: $params.data, path: g.fa") == "x/../d/g.fa")
    #expect(try path("x/p.yaml", "root: $params.data, path: g.fa", ["data=e"]) == "e/g.fa")
    #expect(try path("x/p.yaml", "root: $data, path: $p", ["data=/e/"]) == "/e/x.fa")
    #expect(try path("x/p.yaml", "path: $params.p", ["p=../y.fa"]) == "../y.fa")
    #expect(try path("x/p.yaml", "root: r, path: /g.fa", []) == "/g.fa")
  }

  /// Mutated pipelines give findings or a plan, never a crash, and every finding can be drawn.
  @Test(arguments: 0..<8) func `mutated pipelines never crash the planner`(worker: UInt64) throws {
    let seed = UInt64.random(in: 0..<1 << 32) << 3 | worker
    var generator = SplitMix(state: seed)
    let originals = try ["promoters", "reordered", "broadcast", "aliases"].map { try Golden.bytes("good/\($0).yaml") }
    let pieces = [
      "$", "$k", "{", "}", "[", "]", ": ", "- ", "\"", "'", "*a", "&a ", "!t ", "\n", "  ", "\t", "#", "|", ">", "~",
      "é", "\u{85}", "\0", "<<", "?", "%", "over", "for", "in", "with", "$params.", "...", "---", "0x", "1e9", ",",
    ].map { Array($0.utf8) }
    for round in 0..<60 {
      var text = originals[Int.random(in: 0..<originals.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0...text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: text.removeSubrange(start..<end)
        case 1: text.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: start)
        case 2: text.insert(contentsOf: text[start..<end], at: Int.random(in: 0...text.count, using: &generator))
        default: if start < text.count { text[start] = UInt8.random(in: 0...255, using: &generator) }
        }
      }
      let planned = Planner.plan(
        text: text, file: "d/p.yaml", overrides: [], declarations: FakeStages.all, formats: FakeStages.formats)
      let hasErrors = planned.findings.contains { $0.severity == .error }
      #expect((planned.plan == nil) == hasErrors, "seed \(seed), round \(round)")
      #expect(planned.messages.isEmpty == planned.findings.isEmpty, "seed \(seed), round \(round)")
      #expect(planned.plan?.description.isEmpty != true)
    }
  }

  /// Every finding about a stage cites its name.
  @Test func `a name of a megabyte is cited short`() {
    let name = String(repeating: "a", count: 1_000_000)
    let entries = (0..<50_000).map { "x\($0): 1" }.joined(separator: ", ")
    let planned = plan("bioarc: 1\nname: p\nstages:\n  ? \(name)\n  : { \(entries) }\n")
    #expect(planned.findings.count == 200)
    #expect(planned.findings.rendered(sources: planned.sources, color: false).utf8.count < 1_000_000)
  }

  @Test func `a large pipeline is planned in one pass`() throws {
    let stages = (1..<4000).map { "  s\($0): { stage: windows, in: { sequences: $s\($0 - 1) } }\n" }.reversed().joined()
    let text =
      "bioarc: 1\nname: p\ninputs:\n  g: { path: g, kind: sequences, format: fasta }\nstages:\n" + stages
      + "  s0: { stage: windows, in: { sequences: $g } }\n"
    let plan = try #require(plan(text).plan)
    #expect(plan.nodes.map(\.name) == (0..<4000).map { "s\($0)" })
  }
}

/// A small generator, so that a printed seed repeats a test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
