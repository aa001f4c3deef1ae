import Artifacts
import Files
import Stores
import Testing

@testable import Timelines

@Suite struct DependenciesTests {
  fileprivate static func artifact(_ name: String) -> ArtifactReference {
    ArtifactReference(
      kind: ArtifactKind("text"), format: "", options: [:], layout: .file, digest: key(name), size: name.utf8.count)
  }

  /// A store in memory, with steps that were kept and published.
  private final class Scene {
    let store: Store
    private(set) var steps: [Timeline.Step] = []

    init() throws { store = try Store(root: "/store", fileSystem: MemoryFileSystem(), create: true) }

    /// A step that binds one artifact at a port, and items at another; returns its place.
    @discardableResult
    func add(
      _ address: String, binds one: String, gathers items: [String?] = [], writes outputs: [String]?,
      isKept: Bool = true
    ) throws -> Int {
      var ports: [String: PortIdentity] = ["in": .one(DependenciesTests.artifact(one))]
      if !items.isEmpty {
        ports["all"] = .gathered(
          items.enumerated().map {
            GatheredIdentity(ids: ["item": ["\($0)"]], artifact: $1.map(DependenciesTests.artifact))
          })
      }
      let identity = StepIdentity(
        stage: "s", version: 1, parameters: ["address": .string(address)], horizon: [:], ports: ports)
      if isKept { try store.keep(identity: identity, sources: [:]) }
      if let outputs {
        let pairs = outputs.map { name in
          (name, ResultRecord.Output(artifact: DependenciesTests.artifact(name), manifest: nil, inline: [:]))
        }
        let record = ResultRecord(
          outcome: .outputs(Dictionary(uniqueKeysWithValues: pairs)), environment: [:], finished: 1, duration: 1,
          peakMemory: 1)
        _ = try store.publish(record, identity.key)
      }
      steps.append(Timeline.Step(address: address, key: identity.key))
      return steps.count - 1
    }

    var found: Dependencies { get throws { try Dependencies(steps, in: store) } }
  }

  @Test func `steps depend on those whose outputs they bind`() throws {
    let scene = try Scene()
    try scene.add("late", binds: "b1", gathers: ["c", nil, "a"], writes: ["d"])
    try scene.add("a", binds: "input", writes: ["a", "aside"])
    try scene.add("b[x=1]", binds: "a", writes: ["b1"])
    try scene.add("c", binds: "b1", writes: ["c"])
    let found = try scene.found
    #expect(found.sources == [[1, 2, 3], [], [1], [2]])
    #expect(found.withoutIdentity.isEmpty && found.withoutOutputs.isEmpty)
  }

  @Test func `steps without a pre-image or a record are told`() throws {
    let scene = try Scene()
    try scene.add("a", binds: "input", writes: ["a"])
    try scene.add("b", binds: "a", writes: ["b"], isKept: false)
    try scene.add("c", binds: "b", writes: nil)
    try scene.add("d", binds: "c", writes: ["d"])
    let found = try scene.found
    #expect(found.sources == [[], [], [1], []])
    #expect(found.withoutIdentity == [1] && found.withoutOutputs == [2])
    let unknown = try Dependencies([Timeline.Step(address: "e", key: nil)], in: scene.store)
    #expect(unknown.sources == [[]] && unknown.withoutIdentity == [0])
  }

  /// Steps of one node may write equal bytes: the one of the same item is meant, and all where none is.
  @Test func `of steps that wrote equal bytes those on the same items are meant`() throws {
    let scene = try Scene()
    try scene.add("a[x=1]", binds: "input", writes: ["same"])
    try scene.add("a[x=2]", binds: "input", writes: ["same"])
    try scene.add("b[x=2,y=7]", binds: "same", writes: ["b"])
    try scene.add("b[x=3,y=7]", binds: "same", writes: ["c"])
    try scene.add("all", binds: "input", gathers: ["same", "same"], writes: ["d"])
    #expect(try scene.found.sources == [[], [], [1], [0, 1], [0, 1]])
  }

  /// A stage that gives back what it was given is no source of itself, nor of others of its node.
  @Test func `no step depends on its own node`() throws {
    let scene = try Scene()
    try scene.add("a[x=1]", binds: "same", writes: ["same"])
    try scene.add("a[x=2]", binds: "same", writes: ["other"])
    #expect(try scene.found.sources == [[], []])
  }

  /// A chain of 2,000 steps, every second of which one more gathers. The time is printed.
  @Test func `dependencies of many steps are found`() throws {
    let (scene, count) = (try Scene(), 1_000)
    for step in 0..<count {
      try scene.add("a[x=\(step)]", binds: "b\(step - 1)", writes: ["a\(step)"])
      try scene.add("b[x=\(step)]", binds: "a\(step)", writes: ["b\(step)"])
    }
    try scene.add("all", binds: "input", gathers: (0..<count).map { "b\($0)" }, writes: ["end"])
    var sources: [[Int]] = []
    let time = try ContinuousClock().measure { sources = try scene.found.sources }
    print("dependencies of \(sources.count) steps: \(time)")
    #expect(sources[0] == [] && sources[2 * count] == (0..<count).map { 2 * $0 + 1 })
    #expect((1..<2 * count).allSatisfy { sources[$0] == [$0 - 1] })
  }
}
