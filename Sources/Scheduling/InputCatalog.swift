package import Artifacts
package import Plans
package import Stores

/// What is wrong with an input of the pipeline, and where the pipeline names it.
package struct InputFinding: Error, Sendable {
  package let position: Position
  package let message: String
  /// A warning stops nothing, and comes with an error.
  package let isWarning: Bool
  /// How many places of the input it speaks of.
  package let count: Int

  package init(position: Position, message: String, isWarning: Bool = false, count: Int = 1) {
    self.position = position
    self.message = message
    self.isWarning = isWarning
    self.count = count
  }

  /// What a format says of an input.
  init(_ problem: InputProblem, of input: Plan.Input) {
    self.init(
      position: problem.option.flatMap { input.optionPositions[$0] } ?? input.position, message: problem.message,
      isWarning: problem.isWarning, count: problem.count)
  }

  package var diagnostic: Diagnostic {
    Diagnostic(isWarning ? .warning : .error, message, at: Span(position, length: 1), count: count)
  }
}

/// The inputs of a plan as artifacts: their digests, and their bytes in the store once a step needs them.
package final class InputCatalog {
  private let plan: Plan
  private let store: Store
  private let registry: StageRegistry
  private let stats: StatCache
  private var references: [Int: ArtifactReference] = [:]
  /// What the plan's own stages run.
  package let commands: CommandCatalog

  /// With `keepsNothing` what is digested is not kept for the next process; `other` is a catalog of the same store,
  /// whose digests of files are used.
  package init(
    plan: Plan, store: Store, registry: StageRegistry, keepsNothing: Bool = false, besides other: InputCatalog? = nil
  ) {
    self.plan = plan
    self.store = store
    self.registry = registry
    stats = other?.stats ?? StatCache(store, keepsNothing: keepsNothing)
    commands = CommandCatalog(plan: plan, store: store, stats: stats)
  }

  /// Digests the inputs and the code that wanted nodes read; returns everything that is wrong with them.
  package func resolve(_ selection: Selection) -> [InputFinding] {
    var findings = commands.resolve(selection)
    for index in Resolution.inputs(of: plan, selection).sorted() where references[index] == nil {
      do { references[index] = try digest(plan.inputs[index]) } catch let finding as InputFinding {
        findings.append(finding)
      } catch { findings.append(InputFinding(position: plan.inputs[index].position, message: "\(error)")) }
    }
    stats.save()
    return findings
  }

  /// The artifact of a resolved input.
  package func reference(_ index: Int) -> ArtifactReference {
    guard let reference = references[index] else { preconditionFailure("input \(index) is not resolved") }
    return reference
  }

  /// Brings the bytes of a resolved input into the store, and reads them once with its format. Returns what is wrong
  /// with them; `imported` is told of bytes that were copied.
  package func require(_ index: Int, imported: (String, Int) -> Void) throws -> [InputFinding] {
    for _ in 0..<8 {
      // They may be evicted between a look at them and their use, or are damaged, and then out of the way.
      do { return try bring(index, imported) } catch StoreError.missing, StoreError.corrupt {}
    }
    return try bring(index, imported)
  }

  private func bring(_ index: Int, _ imported: (String, Int) -> Void) throws -> [InputFinding] {
    let input = plan.inputs[index]
    let expected = reference(index)
    let check = StepIdentity(
      stage: "check-input", version: 1, parameters: [:], horizon: [:], ports: ["input": .one(expected)])
    if try !holds(expected) {
      let bytes = try copy(input, expecting: expected)
      imported(input.name, bytes)
    }
    if try store.result(check.key) != nil { return [] }
    guard let format = registry.format(input.format, of: input.kind) else { return [] }
    let artifact = try store.artifact(expected, sources: [:], scratch: store.root + "/tmp")
    let paths = Dictionary(format.files(input.options).map { ($0.name, input.path + "/" + $0.file) }) { first, _ in
      first
    }
    let problems = try format.findings(artifact) { paths[$0] ?? input.path }
    if problems.isEmpty {
      try store.keep(identity: check, sources: [:])
      let record = ResultRecord(outcome: .outputs([:]), environment: [:], finished: 0, duration: 0, peakMemory: 0)
      _ = try store.publish(record, check.key)
    }
    return problems.map { InputFinding($0, of: input) }
  }

  private func holds(_ reference: ArtifactReference) throws -> Bool {
    guard try store.claim(reference.digest) else { return false }
    guard reference.layout == .tree else { return true }
    do {
      let manifest = try TreeManifest(decoding: try store.bytes(reference.digest, size: reference.size))
      return try manifest.entries.allSatisfy { try store.claim($0.digest) }
    } catch StoreError.missing, StoreError.corrupt {
      // It was evicted just now, or was damaged and is out of the way.
      return false
    }
  }

  private func digest(_ input: Plan.Input) throws -> ArtifactReference {
    let files = registry.format(input.format, of: input.kind)?.files(input.options) ?? []
    guard FileKind(input.path) != .missing else {
      throw InputFinding(position: input.position, message: "there is no file or folder '\(input.path)'")
    }
    if files.isEmpty {
      guard FileKind(input.path) == .file else {
        throw InputFinding(
          position: input.position,
          message: "'\(input.path)' is a folder; format '\(input.format)' reads one file\(folderHelp(input))")
      }
      let content = try store.digest(ofFile: input.path, stats)
      return reference(input, .file, content.digest, content.size)
    }
    let bytes = try store.manifest(ofFiles: paths(of: input, files), stats).encoded()
    return reference(input, .tree, .of(bytes), bytes.count)
  }

  /// The options that make a folder of an input whose format reads one file.
  private func folderHelp(_ input: Plan.Input) -> String {
    let options = registry.format(input.format, of: input.kind)?.fileOptions ?? []
    if options.isEmpty { return "" }
    let list = options.map { "`\($0)`" }.joined(separator: ", ")
    return "; to read files of a folder, name them by an option, as "
      + "options: { \(options.contains("train") ? "train" : options[0]): NAME }"
      + (options.count > 1 ? " (one of \(list))" : "")
  }

  private func paths(
    of input: Plan.Input, _ files: [(name: String, file: String)]
  ) throws -> [(name: String, path: String)] {
    guard FileKind(input.path) == .folder else {
      let list = files.map(\.file).joined(separator: ", ")
      throw InputFinding(
        position: input.position,
        message: "'\(input.path)' is a file; format '\(input.format)' reads a folder with \(list)")
    }
    return try files.map { name, file in
      guard FileKind(input.path + "/" + file) == .file else {
        throw InputFinding(
          position: input.position, message: "'\(input.path)' lacks the file '\(file)' of format '\(input.format)'")
      }
      return (name, input.path + "/" + file)
    }
  }

  /// Copies the input into the store; returns its bytes.
  private func copy(_ input: Plan.Input, expecting expected: ArtifactReference) throws -> Int {
    let digest: Digest
    let bytes: Int
    if expected.layout == .file {
      let content = try store.importFile(input.path, stats)
      (digest, bytes) = (content.digest, content.size)
    } else {
      let files = registry.format(input.format, of: input.kind)?.files(input.options) ?? []
      let manifest = try store.importTree(paths(of: input, files), stats)
      (digest, bytes) = (.of(manifest.encoded()), manifest.entries.reduce(0) { $0 + $1.size })
    }
    guard digest == expected.digest else {
      throw InputFinding(position: input.position, message: "'\(input.path)' changed while it was read; run again")
    }
    return bytes
  }

  private func reference(_ input: Plan.Input, _ layout: Layout, _ digest: Digest, _ size: Int) -> ArtifactReference {
    let files = registry.format(input.format, of: input.kind)?.fileOptions ?? []
    return ArtifactReference(
      kind: input.kind, format: input.format, options: input.options.filter { !files.contains($0.key) },
      layout: layout, digest: digest, size: size)
  }
}
