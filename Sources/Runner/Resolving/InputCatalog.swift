package import Artifacts
import Files
package import Plans
package import Stores
import System

/// The inputs of a plan as artifacts: their digests, and their bytes in the store once a step needs them.
package final class InputCatalog {
  private let plan: Plan
  private let store: Store
  private let registry: StageRegistry
  private let stats: StatCache
  private let pipes: PipeCopies
  private var references: [Int: ArtifactReference] = [:]
  /// The commands of the plan's own stages.
  package let commands: CommandCatalog

  /// With `keepsNothing`, digests that are made are not kept for the next process; `other` is a catalog of the same
  /// store, whose digests of files are used.
  package init(
    plan: Plan, store: Store, registry: StageRegistry, keepsNothing: Bool = false, besides other: InputCatalog? = nil
  ) {
    self.plan = plan
    self.store = store
    self.registry = registry
    stats = other?.stats ?? StatCache(store, keepsNothing: keepsNothing)
    pipes = other?.pipes ?? PipeCopies(store: store)
    commands = CommandCatalog(plan: plan, store: store, stats: stats)
  }

  /// Digests the inputs and the code that wanted nodes read; returns all of their faults.
  package func resolve(_ selection: Selection) -> [InputFinding] {
    var findings = commands.resolve(selection)
    for index in selection.inputs(of: plan).sorted() where references[index] == nil {
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

  /// Brings the bytes of a resolved input into the store, and reads them once with its format. Returns their faults;
  /// `imported` is told of bytes that were copied.
  package func require(_ index: Int, imported: (String, Int) -> Void) throws -> [InputFinding] {
    let input = plan.inputs[index]
    do {
      for _ in 0..<8 {
        // The bytes may be evicted between a look at them and their use, or are damaged, and then out of the way.
        do { return try bring(index, imported) } catch StoreError.missing, StoreError.corrupt {}
      }
      return try bring(index, imported)
    } catch {
      guard let finding = InputFinding.of(error, reading: input.path, input.position) else { throw error }
      return [finding]
    }
  }

  /// Reads a resolved input once with its format, where it is; nothing is written. Returns its faults.
  package func check(_ index: Int) throws -> [InputFinding] {
    let input = plan.inputs[index]
    let expected = reference(index)
    guard let format = registry.format(input.format, of: input.kind),
      try !isChecked(expected)
    else { return [] }
    do {
      let places =
        format.readsFolder(input.options)
        ? try files(of: input, format) : [(name: "", path: try pipes.place(of: input.path))]
      return try findings(input, format, InputFiles(expected, places, member: input.member))
    } catch {
      guard let finding = InputFinding.of(error, reading: input.path, input.position) else { throw error }
      return [finding]
    }
  }

  /// The step that stands for the check of an input's bytes.
  private static func check(of input: ArtifactReference) -> StepIdentity {
    StepIdentity(stage: "check-input", version: 2, parameters: [:], horizon: [:], ports: ["input": .one(input)])
  }

  /// Whether the bytes of an input were read here and found good: nobody else's word counts.
  private func isChecked(_ input: ArtifactReference) throws -> Bool {
    try store.result(Self.check(of: input).key).map { $0.claimant == nil } ?? false
  }

  private func findings(
    _ input: Plan.Input, _ format: InputFormat, _ artifact: any InputArtifact
  ) throws -> [InputFinding] {
    let files = format.readsFolder(input.options) ? try self.files(of: input, format) : []
    let paths = Dictionary(files.map { ($0.name, $0.path) }) { first, _ in first }
    return try format.findings(artifact) { paths[$0] ?? input.path }.map { InputFinding($0, of: input) }
  }

  private func bring(_ index: Int, _ imported: (String, Int) -> Void) throws -> [InputFinding] {
    let input = plan.inputs[index]
    let expected = reference(index)
    let check = Self.check(of: expected)
    if try !holds(expected) {
      let bytes = try copy(input, expecting: expected)
      imported(input.name, bytes)
    }
    if try isChecked(expected) { return [] }
    guard let format = registry.format(input.format, of: input.kind) else { return [] }
    let artifact = try store.artifact(expected, sources: [:], scratch: store.root + "/tmp")
    let problems = try findings(input, format, artifact)
    if problems.isEmpty {
      try store.keep(identity: check, sources: [:])
      let record = ResultRecord(outcome: .outputs([:]), environment: [:], finished: 0, duration: 0, peakMemory: 0)
      _ = try store.publish(record, check.key)
    }
    return problems
  }

  private func holds(_ reference: ArtifactReference) throws -> Bool {
    guard try store.claim(reference.digest) else { return false }
    guard reference.layout == .tree else { return true }
    do {
      let manifest = try TreeManifest(decoding: try store.bytes(reference.digest, size: reference.size))
      return try manifest.entries.allSatisfy { try store.claim($0.digest) }
    } catch StoreError.missing, StoreError.corrupt {
      // The object was evicted just now, or was damaged and is out of the way.
      return false
    }
  }

  private func digest(_ input: Plan.Input) throws -> ArtifactReference {
    guard FileKind(input.path) != .missing else {
      throw InputFinding(position: input.position, message: "there is no file or folder '\(input.path)'")
    }
    guard let format = registry.format(input.format, of: input.kind), format.readsFolder(input.options) else {
      let kind = FileKind(input.path)
      guard kind == .file || kind == .pipe else {
        throw InputFinding(
          position: input.position,
          message: "'\(input.path)' is \(kind.words); format '\(input.format)' reads one file"
            + (kind == .folder ? folderHelp(input) : ""))
      }
      let content = try store.digest(ofFile: try pipes.place(of: input.path), stats, member: input.member)
      return reference(input, .file, content.digest, content.size)
    }
    let bytes = try store.manifest(ofFiles: files(of: input, format), stats, member: input.member).encoded()
    return reference(input, .tree, .of(bytes), bytes.count)
  }

  /// The options that make a folder of an input whose format reads one file.
  private func folderHelp(_ input: Plan.Input) -> String {
    let options = registry.format(input.format, of: input.kind)?.fileOptions ?? []
    if options.isEmpty { return "" }
    let paths = options.contains("train") ? " or { files: \"{split}/{class}/*\" }, where paths say split and class" : ""
    return "; to read files of a folder, name them by an option, as "
      + "options: { \(options.contains("train") ? "train" : options[0]): NAME }\(paths)"
  }

  /// The files of an input that is a folder: their names in its tree, and their paths.
  private func files(of input: Plan.Input, _ format: InputFormat) throws -> [(name: String, path: String)] {
    guard FileKind(input.path) == .folder else {
      let list = (format.files + format.fileOptions.compactMap { input.options[$0] }).joined(separator: ", ")
      throw InputFinding(
        position: input.position,
        message:
          "'\(input.path)' is \(FileKind(input.path).words); format '\(input.format)' reads a folder with \(list)")
    }
    let found = try format.files(input.options) { try store.paths(below: input.path) }
    if let problem = found.problems.first { throw InputFinding(problem, of: input) }
    return try found.files.map { file in
      let path = input.path + "/" + file.file
      let kind = FileKind(path)
      guard kind == .file else {
        throw InputFinding(
          position: input.position,
          message: kind == .missing
            ? "'\(input.path)' lacks the file '\(file.file)' of format '\(input.format)'\(instead(of: format, input))"
            : "'\(path)' is \(kind.words); format '\(input.format)' reads a file there")
      }
      guard FileName.isValid(file.name) else {
        throw InputFinding(
          position: input.position, message: "the name of '\(path)' is too long for a class and a split")
      }
      return (file.name, path)
    }
  }

  /// For each pattern among the files of an input, the paths in its folder that match.
  package func matches(_ index: Int) throws -> [(pattern: String, paths: [String])] {
    let input = plan.inputs[index]
    guard let format = registry.format(input.format, of: input.kind) else { return [] }
    return try format.files(input.options) { try store.paths(below: input.path) }.matches
  }

  /// Advice for a missing file of the format's own.
  private func instead(of format: InputFormat, _ input: Plan.Input) -> String {
    guard let instead = format.instead else { return "" }
    let there = format.files.filter { FileKind(input.path + "/" + $0) == .file }
    guard let train = there.first, train == format.files.first else { return "" }
    let test = there.count > 1 ? ", test: \(there[1])" : ""
    return "; the format '\(instead)' takes the files that there are, by options: { train: \(train)\(test) }, and "
      + "makes the rest out of train"
  }

  /// Copies the input into the store; returns its bytes.
  private func copy(_ input: Plan.Input, expecting expected: ArtifactReference) throws -> Int {
    let digest: Digest
    let bytes: Int
    if expected.layout == .file {
      let content = try store.importFile(try pipes.place(of: input.path), stats, member: input.member)
      (digest, bytes) = (content.digest, content.size)
    } else {
      guard let format = registry.format(input.format, of: input.kind) else {
        preconditionFailure("an input without a format has no tree")
      }
      let manifest = try store.importTree(files(of: input, format), stats, member: input.member)
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

extension Plan.Input {
  /// The member that is read of files that are zip archives: its content decides, not its packing.
  fileprivate var member: String? { options["member"] }
}
