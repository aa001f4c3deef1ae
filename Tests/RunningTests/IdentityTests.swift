import Artifacts
import Inputs
import Plans
import Resolving
import Testing

@testable import ModelStages
@testable import TaskStages

/// Keys are digests of bytes that are put together from parts: they must be those of the identities.
@Suite struct IdentityTests {
  static let bench = StageDeclaration(
    name: "bench", version: 2, summary: "Has everything that a key can hold.",
    parameters: [
      Parameter("a", .int(0...1000), default: .int(3), neutral: .int(3), help: ""),
      Parameter("b", .float(0...1), default: .float(0.5), neutral: .float(0.5), help: ""),
      Parameter("c", .choice(["x", "y"]), default: .string("x"), neutral: nil, help: ""),
      Parameter("steps", .int(1...1000), default: .int(10), neutral: .int(10), role: .horizon, help: ""),
      Parameter("threads", .int(1...64), default: .int(1), neutral: nil, role: .resource, help: ""),
    ],
    inputs: [
      InputPort("input", Scene.kinds, required: false, acceptsText: true, acceptsSeveral: true, help: ""),
      InputPort("other", Scene.kinds, required: false, acceptsText: true, help: ""),
    ],
    outputs: [
      OutputPort("output", .metrics, .file, help: ""), OutputPort("tree", .weights, .tree, help: ""),
    ], example: "")

  static let rank = StageDeclaration(
    name: "rank", version: 1, summary: "Gathers by roles.", parameters: [],
    inputs: [InputPort("items", Scene.kinds, roles: ["task", "candidate", "seed"], acceptsFailures: true, help: "")],
    outputs: [OutputPort("output", .metrics, .file, help: "")], example: "")

  static func text(_ scene: Scene) -> String {
    """
    bioarc: 1
    name: all
    inputs:
      one: { path: \(scene.path("input")), kind: metrics, format: raw }
      many:
        axis: file
        items:
          p: { path: \(scene.path("input")), kind: metrics, format: raw }
          q: { path: \(scene.path("second")), kind: metrics, format: raw }
    stages:
      plain: { stage: bench }
      texts: { stage: bench, for: { word: [aa, bb, "10", "9"] }, with: { a: 7 }, in: { input: $word, other: fixed } }
      grid:
        stage: bench
        for: { n: [3, 1, 20], s: [10, 5] }
        with: { a: $n, steps: $s, c: y, threads: 3 }
        in: { input: $many, other: $plain.tree }
      several: { stage: bench, in: { input: [$one, $plain.tree, $many, $many.q, $grid.output, text] } }
      axis: { stage: collect, with: { count: 4 } }
      members: { stage: bench, for: { m: $axis.members }, in: { input: $m, other: $grid.output } }
      all:
        stage: rank
        in: { items: { from: $members.output, over: { task: [file], candidate: [n, m], seed: [s] } } }
      some:
        stage: rank
        in: { items: { from: $members.tree, over: { candidate: [s, m], task: [], seed: [] } } }
      files:
        stage: rank
        in: { items: { from: $many, over: { seed: [file], task: [], candidate: [] } } }
    """
  }

  @Test func `keys are digests of identities`() throws {
    let scene = try Scene([Self.bench, Self.rank])
    try scene.write("second", "GT")
    let resolution = try scene.resolve(Self.text(scene))
    try scene.finish(resolution)
    var steps = 0
    for node in resolution.plan.nodes.indices {
      for item in 0..<(try #require(resolution.grid(of: node)).count) {
        let step = StepIndex(node: node, item: item)
        let key = try #require(resolution.key(of: step))
        let identity = try resolution.identity(of: step).identity
        #expect(identity.key == key, "\(resolution.address(step))")
        #expect(try StepIdentity(decoding: identity.encoded()) == identity)
        steps += 1
      }
    }
    #expect(steps == 1 + 4 + 12 + 12 + 1 + 48 + 1 + 6 + 1)
  }

  /// A list of one is what it holds, and of more the order counts.
  @Test func `a list of one is its item, and the order of more counts`() throws {
    let scene = try Scene([Self.bench])
    try scene.write("second", "GT")
    let key = { (input: String) in
      let resolution = try scene.resolve(
        """
        bioarc: 1
        name: p
        inputs:
          a: { path: \(scene.path("input")), kind: metrics, format: raw }
          b: { path: \(scene.path("second")), kind: metrics, format: raw }
        stages: { s: { stage: bench, in: { input: \(input) } } }
        """)
      return resolution.key(of: resolution.step("s"))
    }
    #expect(try key("[$a]") == key("$a"))
    #expect(try key("[$a, $b]") != key("[$b, $a]"))
    #expect(try key("[$a, $b]") != key("$a"))
  }

  /// A value of an axis is a value of the type that uses it.
  @Test func `values of an axis are converted where they are used`() throws {
    let scene = try Scene()
    let resolution = try scene.resolve(
      """
      bioarc: 1
      name: p
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        s:
          stage: follow
          for: { n: [1, 20], m: { low: 0, high: 0.5 } }
          with: { steps: $n, weight: $m }
          in: { input: $data }
      """)
    let step = resolution.step("s[n=20,m=low]")
    #expect(resolution.parameters(of: step) == ["steps": .int(20), "weight": .float(0), "threads": .int(1)])
    #expect(resolution.parameters(of: step, .horizon) == ["steps": .int(20)])
    #expect(resolution.plan.nodes[0].axes.map { resolution.plan.axes[$0].ids } == [["1", "20"], ["high", "low"]])
  }
}
