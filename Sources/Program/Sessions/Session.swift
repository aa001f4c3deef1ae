import ArgumentParser
package import Artifacts
package import Catalogs
import Console
import Files
import Glibc
package import Plans
package import Resolving
import Running
package import Sharing
import Stages
package import Stores
import Syntax
import System
import Wording

/// A pipeline that was read and planned, with its store.
package struct Session {
  package let plan: Plan
  /// The text of the pipeline, for carets.
  package let sources: [String: String]
  package let request: PipelineRequest
  package let store: Store
  package let registry: StageRegistry
  package let catalog: InputCatalog
  /// Results of other labs.
  package let peers: Peers
  /// The folder in which results are uncompressed to be looked at.
  package let scratch = ViewScratch()

  /// Reads and plans; prints every finding and ends the program when there is an error.
  ///
  /// With `isReading`, a store that is not there yet is not made: an empty one in memory stands for it.
  /// With `keepsNothing` nothing is written, not even digests, which else need not be made again. `other` is a session
  /// of the same pipeline whose warnings were told and whose store is used.
  package init(
    _ request: PipelineRequest, isReading: Bool = false, keepsNothing: Bool = false, besides other: Session? = nil
  ) throws {
    registry = .builtIn
    self.request = request
    let planned = try Self.planned(request)
    if other == nil || planned.plan == nil { Terminal.complain(planned.findings, planned.sources) }
    guard let plan = planned.plan else { throw ExitCode(2) }
    (self.plan, sources) = (plan, planned.sources)
    let project = try Project(pipeline: request.pipeline)
    let isUsed = try !request.remotes.isOffline && !project.remotes(request.remotes).isEmpty
    store = try other?.store ?? Self.open(request, isReading: isReading && !isUsed)
    peers = try other?.peers ?? project.peers(of: store, request.remotes)
    catalog = InputCatalog(
      plan: plan, store: store, registry: registry, others: peers,
      stated: try project.study?.artifacts(of: plan) ?? [:],
      then: request.inputs, keepsNothing: keepsNothing, besides: other?.catalog)
    // Every verb knows what there is, and all but runs and plans ask a remote only once in its life.
    if try peers.hasNewRemotes() { try synchronize() }
  }

  package static func planned(_ request: PipelineRequest) throws -> Planned {
    Planner.plan(
      text: request.text, file: request.pipeline, overrides: request.overrides,
      declarations: StageRegistry.builtIn.declarations,
      stageFiles: try StageOptions.files(request.stages, pipeline: request.pipeline),
      formats: StageRegistry.builtIn.formats)
  }

  package static func open(_ request: PipelineRequest, isReading: Bool = false) throws -> Store {
    let root = Places.store(request.store, pipeline: request.pipeline)
    do {
      guard isReading, try isUnused(root) else { return try Store(root: root, create: !isReading) }
      return try Store(root: "/store", fileSystem: MemoryFileSystem(), create: true)
    } catch { throw Complaint(text: "error: \(error)", code: 2) }
  }

  /// Whether nothing is there, or a folder that is to become a store.
  private static func isUnused(_ root: String) throws -> Bool {
    let disk = DiskFileSystem()
    guard try disk.contains(root) else { return true }
    return try disk.names(root).allSatisfy { $0.hasPrefix(".git") || $0 == "README.md" }
  }

  /// The plan against the store. Bad inputs are printed with their position, and end the program.
  /// With outputs that are stored only where something asks for them, and here is asked for.
  package func resolve(_ selection: SelectionOptions, keep: [String] = []) throws -> Resolution {
    let known = Set(plan.nodes.flatMap { $0.declaration.outputs.filter(\.isOnDemand).map(\.name) })
    if let stranger = keep.first(where: { !known.contains($0) }) {
      throw Complaint.usage(
        "no stage of the pipeline has an output '\(stranger)' that is stored only where something asks for it"
          + (known.isEmpty ? "" : "; --keep takes \(known.sorted().joined(separator: ", "))"))
    }
    return try resolve(
      only: selection.only, from: selection.from, force: selection.force, retryFailed: selection.retryFailed,
      keep: Set(keep))
  }

  /// The resolution of the steps that these words name.
  package func resolve(
    only: [String] = [], from: [String] = [], force: [String] = [], retryFailed: Bool = false,
    keep: Set<String> = []
  ) throws -> Resolution {
    let selection = Selection(
      plan: plan, only: try patterns(only), from: try patterns(from), force: try patterns(force),
      retriesFailed: retryFailed, keeps: keep)
    try refuse(catalog.resolve(selection))
    let resolution: Resolution
    do {
      resolution = try Resolution(
        plan: plan, store: store, catalog: catalog, selection: selection, others: peers)
    } catch let finding as InputFinding {
      try refuse([finding])
      throw finding
    }
    try refuseUnknownItems(only + from + force, in: resolution)
    return resolution
  }

  /// Patterns that name an item which an axis of a run does not have: planning could not know. An axis that is still
  /// unknown may have it.
  package func refuseUnknownItems(_ texts: [String], in resolution: Resolution) throws {
    for (text, pattern) in zip(texts, try patterns(texts)) {
      var missing: (axis: String, ids: [String])?
      var isFound = false
      for (index, node) in plan.nodes.enumerated()
      where pattern.matches(node: node.name, axes: node.axes.map { plan.axes[$0].name }) {
        guard let grid = resolution.grid(of: index) else {
          isFound = true
          continue
        }
        let unmatched = grid.axes.indices.first { position in
          let axis = plan.axes[grid.axes[position]].name
          return !grid.ids[position].contains { pattern.matches(axis: axis, id: $0) }
        }
        if let unmatched {
          missing = (plan.axes[grid.axes[unmatched]].name, grid.ids[unmatched])
        } else {
          isFound = true
        }
      }
      guard !isFound, let missing else { continue }
      let wanted = StepAddress(text)?.items.first { $0.axis == missing.axis }?.id ?? ""
      let near = nearest(to: wanted, in: missing.ids).map { "; did you mean '\($0)'?" }
      let list = missing.ids.prefix(12).joined(separator: ", ") + (missing.ids.count > 12 ? ", ..." : "")
      throw Complaint.usage(
        "'\(text)' names no step: the axis '\(missing.axis)' has no such item\(near ?? "; its items: \(list)")")
    }
  }

  /// Lets inputs be fetched from the web, unless the network is not to be used.
  package func fetchesInputs() throws {
    if !request.remotes.isOffline { catalog.web = try .telling() }
  }

  /// Looks at all remotes for results that are new.
  package func synchronize() throws {
    for (lab, count) in try peers.synchronize().strangers.sorted(by: { $0.key < $1.key }) {
      Terminal.complain(
        "note: \(count == 1 ? "1 push" : "\(count) pushes") of '\(lab)' not used, for no key is trusted for it that "
          + "has signed; 'bioarc trust add \(lab) KEY.pub' trusts one")
    }
  }

  /// Brings the bytes of an output here that others have and the store lacks.
  package func fetch(_ output: ResultRecord.Output) throws {
    let missing = try store.missing(output)
    if !missing.isEmpty, missing.allSatisfy({ peers.offers($0.digest) }) { try peers.fetch(missing) }
  }

  /// An artifact of the store, for as long as this session lasts.
  package func artifact(_ reference: ArtifactReference, _ sources: [Digest: Digest]) throws -> any InputArtifact {
    try store.artifact(reference, sources: sources, scratch: scratch.path(in: store))
  }

  package func refuse(_ findings: [InputFinding]) throws {
    guard !findings.isEmpty else { return }
    Terminal.complain(findings.map(\.diagnostic), sources)
    throw ExitCode(2)
  }

  package func patterns(_ texts: [String]) throws -> [AddressPattern] {
    try texts.map { text in
      let (pattern, findings) = AddressPattern.parse(text, plan: plan)
      guard let pattern else {
        Terminal.complain(findings, [AddressPattern.file: text])
        throw ExitCode(2)
      }
      return pattern
    }
  }

  /// The steps that texts name, or a pin does; without both, all of the pipeline.
  package func steps(named texts: [String], orPinned pin: String?, in resolution: Resolution) throws -> [StepIndex] {
    guard let pin else { return try texts.isEmpty ? resolution.steps : texts.flatMap { try steps($0, in: resolution) } }
    guard let found = try store.pin(pin) else {
      throw Complaint.usage("there is no pin '\(pin)'; 'bioarc pins' lists them")
    }
    let keys = Set(found.keys)
    let pinned = resolution.steps.filter { resolution.key(of: $0).map(keys.contains) ?? false }
    let lost = keys.subtracting(pinned.compactMap(resolution.key(of:))).count
    guard lost == 0 else {
      throw Complaint.failure(
        "\(Words.count(lost, "result")) of the pin '\(pin)' \(lost == 1 ? "is" : "are") of no step of the pipeline as "
          + "it is now: name the pipeline with the text that it had when '\(pin)' was set, or set another pin")
    }
    return pinned
  }

  /// The steps that `text` names and that are known, in the order of the plan. None is an error.
  package func steps(_ text: String, in resolution: Resolution) throws -> [StepIndex] {
    let all = try stepsAndNodes(text, in: resolution)
    let steps = all.filter { resolution.grid(of: $0.node) != nil }
    if steps.isEmpty {
      throw Complaint.failure(
        "the steps of '\(plan.nodes[all[0].node].name)' are not known before what it reads has run; see "
          + "'bioarc why \(plan.file) \(plan.nodes[all[0].node].name)'")
    }
    return steps
  }

  /// The steps that `text` names, in the order of the plan; item 0 of a node whose steps are not known yet stands for
  /// them. None is an error.
  package func stepsAndNodes(_ text: String, in resolution: Resolution) throws -> [StepIndex] {
    let pattern = try patterns([text])[0]
    var steps: [StepIndex] = []
    for node in plan.nodes.indices
    where pattern.matches(node: plan.nodes[node].name, axes: plan.nodes[node].axes.map { plan.axes[$0].name }) {
      guard let grid = resolution.grid(of: node) else {
        steps.append(StepIndex(node: node, item: 0))
        continue
      }
      for item in StepOrder(grid).items {
        let matches = grid.axes.indices.allSatisfy {
          pattern.matches(axis: plan.axes[grid.axes[$0]].name, id: grid.ids[$0][grid.index(of: item, at: $0)])
        }
        if matches { steps.append(StepIndex(node: node, item: item)) }
      }
    }
    if steps.isEmpty { throw Complaint.usage("no step is named '\(text)'; see 'bioarc status \(plan.file)'") }
    return steps
  }
}
