import Artifacts
import Catalogs
import Events
import Explaining
import Files
import Foundation
import Inputs
import Plans
import Resolving
import Stores
import Syntax

@testable import ModelStages
@testable import Stages
@testable import TaskStages
@testable import YAML

/// A pipeline whose steps are not run: their results are made up, in a store in memory. The decisions about them
/// are the program's own.
final class Scene {
  let store: Store
  let folder: URL
  var declarations: [StageDeclaration]
  /// The content that a step writes, from its key. Steps that should come out equal are given equal words.
  var content: (StepIdentity) -> String = { "\($0.key)" }
  /// The content of choices, by port.
  var choices: [String: String] = [:]
  var seconds: (StepIdentity) -> Double = { _ in 1 }
  /// Steps whose result is a failure.
  var fails: (StepIdentity) -> Bool = { _ in false }

  static let kinds = Array(BuiltIn.stages.map { $0.declaration }.kinds)

  /// Reads anything, and writes metrics.
  static let follow = StageDeclaration(
    name: "follow", version: 1, summary: "Reads.",
    parameters: [
      Parameter("weight", .float(0...1), default: .float(1), neutral: .float(1), help: ""),
      Parameter("steps", .int(1...1000), default: .int(10), neutral: .int(10), role: .horizon, help: ""),
      Parameter("threads", .int(1...64), default: .int(1), neutral: nil, role: .resource, help: ""),
    ],
    inputs: [
      InputPort("input", kinds, help: "Anything."),
      InputPort("other", kinds, required: false, acceptsText: true, help: "Anything."),
    ], outputs: [OutputPort("output", .metrics, .file, help: "")], example: "")

  /// Reads many.
  static let gather = StageDeclaration(
    name: "gather", version: 1, summary: "Gathers.", parameters: [],
    inputs: [InputPort("items", kinds, roles: ["item"], help: "")],
    outputs: [OutputPort("output", .metrics, .file, help: "")], example: "")

  /// Writes a collection of `count` members.
  static let collect = StageDeclaration(
    name: "collect", version: 1, summary: "Makes an axis.",
    parameters: [Parameter("count", .int(1...1_000_000), default: .int(3), neutral: .int(3), help: "")], inputs: [],
    outputs: [OutputPort("members", .architectures, .tree, member: .architecture, help: "")], example: "")

  init(_ declarations: [StageDeclaration] = [], files: any FileSystem = MemoryFileSystem()) throws {
    self.declarations = declarations + [Self.follow, Self.gather, Self.collect]
    store = try Store(root: "/store", fileSystem: files, create: true)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("bioarc-scene-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("input", "AC")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(name))
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  var registry: StageRegistry { StageRegistry(stages: [], formats: []) }

  func planned(_ text: String, file: String = "p.yaml", _ overrides: [Override] = []) -> Planned {
    Planner.plan(
      text: Array(text.utf8), file: file, overrides: overrides, declarations: declarations,
      formats: formats)
  }

  var formats: [InputFormat] {
    Self.kinds.map { kind in InputFormat(name: "raw", kind: kind, options: [], help: "") { _, _ in [] } }
  }

  func resolve(
    _ text: String, file: String = "p.yaml", _ overrides: [Override] = [], only: [String] = [],
    from: [String] = [], force: [String] = [], retryFailed: Bool = false,
    keep: Set<String> = []
  ) throws -> Resolution {
    let planned = planned(text, file: file, overrides)
    guard let plan = planned.plan else {
      throw Bad(words: planned.findings.rendered(sources: planned.sources, color: false))
    }
    let patterns = { (texts: [String]) in texts.compactMap { AddressPattern.parse($0, plan: plan).pattern } }
    let selection = Selection(
      plan: plan, only: patterns(only), from: patterns(from), force: patterns(force), retriesFailed: retryFailed,
      keeps: keep)
    let catalog = InputCatalog(plan: plan, store: store, registry: registry)
    if let finding = catalog.resolve(selection).first { throw Bad(words: finding.message) }
    return try Resolution(plan: plan, store: store, catalog: catalog, selection: selection)
  }

  struct Bad: Error { let words: String }

  /// Runs all that must run, at most `limit` steps; then the run is as good as killed: its log has no end.
  @discardableResult
  func run(_ text: String, file: String = "p.yaml", only: [String] = [], limit: Int = .max) throws -> Int {
    let resolution = try resolve(text, file: file, only: only)
    let log = try store.newRun()
    let emit = { (event: Event) in try? log.append(event) }
    let history = History(store: store)
    emit(try history.beginning(of: resolution, Array(text.utf8), settings: [], cores: 1))
    try history.log(resolution) { emit($0) }
    let count = try finish(resolution, limit: limit) { step, key in
      emit(.stepStarted(step: step, key: key, reason: "", threads: 1, attempt: 1, waited: nil))
    }
    // The ids of runs sort by milliseconds.
    usleep(2000)
    guard count < limit else { return count }
    try history.log(resolution) { emit($0) }
    emit(.runFinished(resolution.tally { _ in }))
    return count
  }

  /// Makes up the results of all steps that can run, and of those that can then.
  @discardableResult
  func finish(
    _ resolution: Resolution, limit: Int = .max, started: (String, Digest) -> Void = { _, _ in }
  ) throws -> Int {
    var count = 0
    while true {
      let ready = resolution.takeReady()
      if ready.isEmpty { return count }
      for step in ready {
        let gone = try resolution.stepsToRedo(for: step, isThorough: false)
        for upstream in gone { try resolution.redo(upstream, for: step) }
        if !gone.isEmpty { continue }
        let (identity, sources) = try resolution.identity(of: step)
        try store.keep(identity: identity, sources: sources)
        started(resolution.address(step), identity.key)
        if count == limit { return count }
        resolution.begin(step)
        let declaration = resolution.plan.nodes[step.node].declaration
        let record = try record(identity, declaration, keeping: resolution.keptOutputs(of: step).sorted())
        _ = try store.publish(record, identity.key)
        try resolution.finish(step, .success(record), isReused: false)
        count += 1
      }
    }
  }

  /// Makes up the result of one step, as a worker would that is told its key.
  func work(_ key: Digest) throws {
    guard let (identity, _) = try store.identity(key),
      let declaration = declarations.first(where: { $0.name == identity.stage })
    else { throw Bad(words: "no pre-image of \(key)") }
    _ = try store.publish(try record(identity, declaration), key)
  }

  private func record(
    _ identity: StepIdentity, _ declaration: StageDeclaration, keeping kept: [String] = []
  ) throws -> ResultRecord {
    var outputs: [String: ResultRecord.Output] = [:]
    for port in declaration.outputs {
      let text = choices[port.name] ?? content(identity)
      let bytes = Array((port.kind == .choice ? text : "\(port.name) \(text)").utf8)
      var manifest: TreeManifest?
      if port.layout == .tree {
        var members = ["file"]
        if port.member != nil, case .int(let count)? = identity.parameters["count"] ?? .int(3) {
          members = (0..<count).map { "m\($0)" }
        }
        manifest = TreeManifest(members.map { .init(name: $0, digest: .of(bytes), size: bytes.count) })
      }
      let whole = manifest?.encoded() ?? bytes
      outputs[port.name] = ResultRecord.Output(
        artifact: ArtifactReference(
          kind: port.kind, format: "", options: [:], layout: port.layout, digest: .of(whole), size: whole.count),
        manifest: manifest, inline: port.isOnDemand ? [:] : [.of(bytes): bytes])
      if port.isOnDemand { try leave(bytes, isKept: kept.contains(port.name)) }
    }
    return ResultRecord(
      outcome: fails(identity) ? .failure(code: "bad", message: "it is bad") : .outputs(outputs), environment: [:],
      finished: 1, duration: seconds(identity), peakMemory: 1)
  }

  /// Leaves the bytes of an output on demand in the store, or a note that they are missing on purpose.
  private func leave(_ bytes: [UInt8], isKept: Bool) throws {
    if isKept {
      let writer = try store.writer()
      try writer.write(bytes)
      _ = try writer.commit()
    } else if try store.lastNote(on: .of(bytes)) % 2 == 0, try !store.contains(.of(bytes)) {
      try store.addNote(store.lastNote(on: .of(bytes)) + 1, on: .of(bytes))
    }
  }

  // MARK: Questions

  func why(_ resolution: Resolution) throws -> Explainer {
    Explainer(resolution, past: try Past(plan: resolution.plan, store: store))
  }

  func forecast(_ resolution: Resolution, cores: Int = 1) throws -> Forecast {
    try Forecaster(resolution, past: Past(plan: resolution.plan, store: store), cores: cores).forecast()
  }
}

extension Resolution {
  /// The step of that address.
  func step(_ address: String) -> StepIndex {
    for node in plan.nodes.indices {
      for item in 0..<(grid(of: node)?.count ?? 0) {
        let step = StepIndex(node: node, item: item)
        if self.address(step) == address { return step }
      }
    }
    preconditionFailure("there is no step \(address)")
  }

  /// The addresses of the steps that run now.
  var running: [String] {
    plan.nodes.indices.flatMap { node in
      (0..<(grid(of: node)?.count ?? 0)).compactMap { item in
        let step = StepIndex(node: node, item: item)
        if case .ready = state(step) { return address(step) }
        return nil
      }
    }
  }
}
