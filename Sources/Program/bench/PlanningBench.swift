import ArgumentParser
import Artifacts
import Catalogs
import Files
import Plans
import Remotes
import Resolving
import Sharing
import Stores
import System

/// Planning against results of one's own, and against as many of another lab that were brought from a remote.
struct PlanningBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "planning", abstract: "A plan of N steps that all have results: one's own, and another lab's.",
    discussion: """
      A round opens the store as a program does that begins, looks at the remote, and resolves the plan; rounds are in
      turns, and medians are shown. With --only a case is repeated alone, for a profiler.

      EXAMPLES
        bench planning
        bench planning --steps 10000 --rounds 21
        perf record -g .build/release/bench planning --only theirs
      """, helpNames: .long)

  @Option(help: "Steps: half of them read the other half.") var steps = 100_000
  @Option(help: "Measured rounds of each case.") var rounds = 7
  @Option(help: "One case alone: ours, or theirs.") var only: String?

  private static let kind = ArtifactKind("figures")
  private static let stage = StageDeclaration(
    name: "bench", version: 1, summary: "Nothing.",
    parameters: [Parameter("number", .int(0...1_000_000_000), default: .int(0), neutral: nil, help: "")],
    inputs: [InputPort("input", [kind], required: false, help: "")],
    outputs: [OutputPort("output", kind, .file, help: "")], example: "")
  private static let registry = StageRegistry(stages: [], formats: [])

  func run() throws {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let plan = try plan()
    let (ours, theirs) = ("\(scratch.path)/ours", "\(scratch.path)/theirs")
    let remote = FolderRemote.open("\(scratch.path)/remote")
    let keys = try plant(plan, Store(root: ours, create: true))
    try share(keys, from: Store(root: ours, create: false), with: Store(root: theirs, create: true), remote)
    var seconds: [String: [Double]] = [:]
    for _ in 0..<max(1, rounds) {
      if only != "theirs" { seconds["ours", default: []].append(try timed(plan, ours, [])) }
      if only != "ours" {
        seconds["theirs", default: []].append(try timed(plan, theirs, [Sharing.Peer("bench", remote)]))
      }
    }
    let medians = seconds.mapValues(Alternation.median)
    for (name, median) in medians.sorted(by: { $0.key < $1.key }) {
      print("\(keys.count) results, \(name): \(median.text(3)) s of \(rounds) rounds")
    }
    if let own = medians["ours"], let others = medians["theirs"] { print("ratio: \((others / own).text(2))") }
  }

  private func plan() throws -> Plan {
    let items = (1...max(1, steps / 2)).map(String.init).joined(separator: ", ")
    let text = """
      bioarc: 1
      name: bench
      stages:
        first: { stage: bench, for: { item: [\(items)] }, with: { number: $item } }
        second: { stage: bench, with: { number: 7 }, in: { input: $first.output } }
      """
    let planned = Planner.plan(
      text: Array(text.utf8), file: "bench.yaml", overrides: [], declarations: [Self.stage], formats: [])
    guard let plan = planned.plan else { throw ValidationError("the plan has faults: \(planned.findings)") }
    return plan
  }

  private func resolve(_ plan: Plan, _ store: Store, _ others: Peers?) throws -> Resolution {
    let selection = Selection(plan: plan, only: [], from: [], force: [])
    let catalog = InputCatalog(plan: plan, store: store, registry: Self.registry)
    precondition(catalog.resolve(selection).isEmpty, "a plan without inputs has faults")
    return try Resolution(plan: plan, store: store, catalog: catalog, selection: selection, others: others)
  }

  /// Makes up the results of all steps.
  private func plant(_ plan: Plan, _ store: Store) throws -> [Digest] {
    let resolution = try resolve(plan, store, nil)
    var keys: [Digest] = []
    while true {
      let ready = resolution.takeReady()
      if ready.isEmpty { break }
      for step in ready {
        let (identity, sources) = try resolution.identity(of: step)
        let bytes = Array("{\"number\":\(keys.count)}\n".utf8)
        let artifact = ArtifactReference(
          kind: Self.kind, format: "", options: [:], layout: .file, digest: .of(bytes), size: bytes.count)
        let record = ResultRecord(
          outcome: .outputs(["output": .init(artifact: artifact, manifest: nil, inline: [artifact.digest: bytes])]),
          environment: ["kernel": "bench"], finished: 1_790_000_000, duration: 0.01, peakMemory: 1 << 20)
        try store.keep(identity: identity, sources: sources)
        _ = try store.publish(record, identity.key)
        resolution.begin(step)
        try resolution.finish(step, .success(record), isReused: false)
        keys.append(identity.key)
      }
    }
    try store.merge()
    try store.close()
    return keys
  }

  /// Brings all results from one store to the other by a remote, on a person's word.
  private func share(_ keys: [Digest], from ours: Store, with theirs: Store, _ remote: any Remote) throws {
    _ = try Pusher(ours, to: remote, lab: "bench").push(
      keys, objectsOf: [], now: Clock.wall(), sign: { _ in nil }, progress: { _ in })
    for tag in try remote.tags() { try PushShelf(theirs).accept(Push.read(tag, from: remote)) }
    let count = try peers(theirs, [Sharing.Peer("bench", remote)]).bring(
      keys.map { ClaimedStep(key: $0, stage: Self.stage.name) })
    precondition(count == keys.count, "\(count) of \(keys.count) results came")
    try theirs.merge()
    try theirs.close()
  }

  private func peers(_ store: Store, _ remotes: [Sharing.Peer]) -> Peers {
    Peers(store, remotes, trust: Trust(signers: "/nowhere")) { print("warning: \($0)") }
  }

  private func timed(_ plan: Plan, _ root: String, _ remotes: [Sharing.Peer]) throws -> Double {
    let began = Clock.monotonic()
    let store = try Store(root: root, create: false)
    let peers = peers(store, remotes)
    try peers.synchronize()
    let resolution = try resolve(plan, store, peers)
    let seconds = Clock.monotonic() - began
    precondition(resolution.ready.isEmpty, "\(resolution.ready.count) steps have no result")
    return seconds
  }
}
