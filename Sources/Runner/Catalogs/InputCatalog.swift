package import Artifacts
import Files
package import Plans
import Remotes
package import Stores
import Syntax
import System
import Web
import Wording

/// The inputs of a plan as artifacts: their digests, and their bytes in the store once a step needs them.
///
/// Files of the web are fetched where `web` says how, and else only known if a result says what they are.
package final class InputCatalog {
  package let plan: Plan
  private let store: Store
  private let registry: StageRegistry
  private let stats: StatCache
  private let pipes: PipeCopies
  private let others: (any ResultsOfOthers)?
  /// Inputs by name as somebody has stated them, for files that are not here.
  private let stated: [String: ArtifactReference]
  /// Inputs by name with the bytes that they had once, which stand for those of the files now.
  private let then: [String: ArtifactReference]
  package var web: WebAccess?
  private var references: [Int: ArtifactReference] = [:]
  /// The commands of the plan's own stages.
  package let commands: CommandCatalog

  /// With `keepsNothing`, digests that are made are not kept for the next process; `other` is a catalog of the same
  /// store, whose digests of files are used. `others` may have results that are inputs.
  package init(
    plan: Plan, store: Store, registry: StageRegistry, others: (any ResultsOfOthers)? = nil,
    stated: [String: ArtifactReference] = [:], then: [String: ArtifactReference] = [:], keepsNothing: Bool = false,
    besides other: InputCatalog? = nil
  ) {
    (self.others, self.stated, self.then) = (others, stated, then)
    self.plan = plan
    self.store = store
    self.registry = registry
    stats = other?.stats ?? StatCache(store, keepsNothing: keepsNothing)
    pipes = other?.pipes ?? PipeCopies(store: store)
    commands = CommandCatalog(plan: plan, store: store, stats: stats)
  }

  /// Digests inputs, and the code of nodes; returns all of their faults.
  package func resolve(_ inputs: Set<Int>, commandsOf nodes: [Int]) -> [InputFinding] {
    var findings = commands.resolve(nodes)
    bringResults(inputs)
    for index in inputs.sorted() where references[index] == nil {
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

  /// The key of the result of which an input is an output, as a file of the web is of its fetching; nil for others.
  package func key(of index: Int) -> Digest? {
    switch plan.inputs[index].source {
    case .path: nil
    case .url: plan.inputs[index].web?.identity.key
    case .result(let key, _): key
    }
  }

  /// Whether a result is here that counts.
  private func isKnown(_ key: Digest) throws -> Bool {
    guard let row = try store.row(key), let identity = try store.identity(key)?.identity else { return false }
    if row.support == nil { return true }
    return try others?.believes(row, of: ClaimedStep(key: key, stage: identity.stage)) ?? false
  }

  /// Takes what others claim of inputs that are results into the store.
  private func bringResults(_ inputs: Set<Int>) {
    let steps = inputs.sorted().compactMap { index in
      key(of: index).map { ClaimedStep(key: $0, stage: plan.inputs[index].web == nil ? nil : WebInput.stage) }
    }
    // A result that cannot be had is a finding later.
    _ = try? others?.bring(steps.filter { (try? isKnown($0.key)) != true })
  }

  /// Brings the bytes of a resolved input into the store, and reads them once with its format. Returns their faults;
  /// `imported` is told of bytes that were copied.
  package func require(_ index: Int, imported: (String, Int) -> Void) throws -> [InputFinding] {
    do {
      for _ in 0..<8 {
        // The bytes may be evicted between a look at them and their use, or are damaged, and then out of the way.
        do { return try bring(index, imported) } catch StoreError.missing, StoreError.corrupt {}
      }
      return try bring(index, imported)
    } catch { return [try finding(of: error, plan.inputs[index])] }
  }

  private func finding(of error: any Error, _ input: Plan.Input) throws -> InputFinding {
    guard let finding = InputFinding.of(error, reading: input.source.place, input.position) else { throw error }
    return finding
  }

  /// Reads a resolved input once with its format, where it is; nothing is written. Returns its faults.
  package func check(_ index: Int) throws -> [InputFinding] {
    let input = plan.inputs[index]
    let expected = reference(index)
    guard let format = registry.format(input.format, of: input.kind),
      try !isChecked(expected)
    else { return [] }
    guard let path = input.source.localPath else { return try require(index) { _, _ in } }
    if FileKind(path) == .missing {
      if try holds(index) || offers(expected) { return [] }
      let words = "'\(path)' is not here: results of the study are known, and what reads it cannot be computed"
      return [InputFinding(position: input.position, message: words, isWarning: true)]
    }
    do {
      let places =
        format.readsFolder(input.options)
        ? try files(of: input, format) : [(name: "", path: try pipes.place(of: path))]
      return try findings(input, format, InputFiles(expected, places, member: input.member))
    } catch { return [try finding(of: error, input)] }
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
    let isHere = FileKind(input.source.place) == .folder
    let files = isHere && format.readsFolder(input.options) ? try self.files(of: input, format) : []
    let paths = Dictionary(files.map { ($0.name, $0.path) }) { first, _ in first }
    return try format.findings(artifact) { paths[$0] ?? input.source.place }.map { InputFinding($0, of: input) }
  }

  private func bring(_ index: Int, _ imported: (String, Int) -> Void) throws -> [InputFinding] {
    let input = plan.inputs[index]
    let expected = reference(index)
    let check = Self.check(of: expected)
    if try !holds(index) {
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

  private func holds(_ index: Int) throws -> Bool {
    let reference = reference(index)
    if case .result(let key, _) = plan.inputs[index].source {
      let output = try ResultInput(plan.inputs[index])?.output(store, others)
      let missing = try output.map { try store.missing($0) } ?? []
      if !missing.isEmpty { try others?.fetch(missing) }
      guard try output.map(store.holds) ?? false else {
        throw InputFinding(
          position: plan.inputs[index].position,
          message: "the bytes of the result \(key.short) are not here, and no remote that was asked has them")
      }
      return true
    }
    let name = plan.inputs[index].name
    let isAway = then[name] != nil || plan.inputs[index].source.localPath.map { FileKind($0) == .missing } ?? true
    if isAway { try fetch([(reference.digest, reference.size)]) }
    guard try store.claim(reference.digest) else { return false }
    guard reference.layout == .tree else { return true }
    do {
      let manifest = try TreeManifest(decoding: try store.bytes(reference.digest, size: reference.size))
      if isAway { try fetch(manifest.entries.map { ($0.digest, $0.size) }) }
      return try manifest.entries.allSatisfy { try store.claim($0.digest) }
    } catch StoreError.missing, StoreError.corrupt {
      // The object was evicted just now, or was damaged and is out of the way.
      return false
    }
  }

  /// Whether others have the bytes of an input.
  private func offers(_ reference: ArtifactReference) -> Bool { others?.offers(reference.digest) ?? false }

  /// Fetches those of these objects that are not here and that others have.
  private func fetch(_ objects: [(digest: Digest, size: Int)]) throws {
    guard let others else { return }
    let missing = try objects.filter { try !store.contains($0.digest) && others.offers($0.digest) }
    if !missing.isEmpty { try others.fetch(missing) }
  }

  /// The input as somebody has stated it, if it is the same but for its bytes.
  private func stated(_ input: Plan.Input) -> ArtifactReference? {
    guard let known = stated[input.name] else { return nil }
    return known == reference(input, known.layout, known.digest, known.size) ? known : nil
  }

  private func digest(_ input: Plan.Input) throws -> ArtifactReference {
    switch input.source {
    case .path(let path): try digest(input, path)
    case .url(let address, let sha256): try digest(input, address, sha256)
    case .result: try result(input)
    }
  }

  private func result(_ input: Plan.Input) throws -> ArtifactReference {
    do { return try ResultInput(input)!.output(store, others).artifact } catch let finding as InputFinding {
      guard let known = stated[input.name], known.kind == input.kind else { throw finding }
      return known
    }
  }

  private func digest(_ input: Plan.Input, _ address: WebAddress, _ sha256: Digest?) throws -> ArtifactReference {
    let fault = { (text: String) in InputFinding(position: input.position, message: "'\(address.text)' \(text)") }
    guard let web = input.web else {
      guard let access = self.web, access.pins else {
        throw fault("has no sha256, by which it is known whatever becomes of the address: 'bioarc check' says which")
      }
      let (digest, size) = try telling(fault) { try WebInput.pin(address, access, input.member, store) }
      throw fault(
        "has no sha256: write beside its url 'sha256: \(digest.hex)', which the \(Words.bytes(size)) there have now")
    }
    if let record = try store.result(web.identity.key), let content = WebInput.content(of: record),
      try isKnown(web.identity.key)
    {
      return reference(input, .file, content.digest, content.size)
    }
    guard let access = self.web else {
      if let known = stated(input) { return known }
      throw fault("is not here yet: 'bioarc run' and 'bioarc check' fetch it, unless --offline forbids that")
    }
    let content = try telling(fault) { try web.fetch(access, into: store) }
    return reference(input, .file, content.digest, content.size)
  }

  private func telling<Value>(_ fault: (String) -> InputFinding, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as WebFault { throw fault(error.description) } catch RemoteError.tooLarge {
      throw fault(
        "has more bytes than \(WebAccess.limitVariable) allows, which stands at \(Words.bytes(web?.limit ?? 0))")
    } catch let error as RemoteError { throw fault("could not be fetched: \(error)") }
  }

  private func digest(_ input: Plan.Input, _ path: String) throws -> ArtifactReference {
    if let known = then[input.name] { return known }
    guard FileKind(path) != .missing else {
      if let known = stated(input) { return known }
      throw InputFinding(position: input.position, message: "there is no file or folder '\(path)'")
    }
    guard let format = registry.format(input.format, of: input.kind), format.readsFolder(input.options) else {
      let kind = FileKind(path)
      guard kind == .file || kind == .pipe else {
        throw InputFinding(
          position: input.position,
          message: "'\(path)' is \(kind.words); format '\(input.format)' reads one file"
            + (kind == .folder ? folderHelp(input) : ""))
      }
      let content = try store.digest(ofFile: try pipes.place(of: path), stats, member: input.member)
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
    let place = input.source.place
    guard FileKind(place) == .folder else {
      let list = (format.files + format.fileOptions.compactMap { input.options[$0] }).joined(separator: ", ")
      throw InputFinding(
        position: input.position,
        message:
          "'\(place)' is \(FileKind(place).words); format '\(input.format)' reads a folder with \(list)")
    }
    let found = try format.files(input.options) { try store.paths(below: place) }
    if let problem = found.problems.first { throw InputFinding(problem, of: input) }
    return try found.files.map { file in
      let path = place + "/" + file.file
      let kind = FileKind(path)
      guard kind == .file else {
        throw InputFinding(
          position: input.position,
          message: kind == .missing
            ? "'\(place)' lacks the file '\(file.file)' of format '\(input.format)'\(instead(of: format, input))"
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
    return try format.files(input.options) { try store.paths(below: input.source.place) }.matches
  }

  /// Advice for a missing file of the format's own.
  private func instead(of format: InputFormat, _ input: Plan.Input) -> String {
    guard let instead = format.instead else { return "" }
    let there = format.files.filter { FileKind(input.source.place + "/" + $0) == .file }
    guard let train = there.first, train == format.files.first else { return "" }
    let test = there.count > 1 ? ", test: \(there[1])" : ""
    return "; the format '\(instead)' takes the files that there are, by options: { train: \(train)\(test) }, and "
      + "makes the rest out of train"
  }

  /// Copies the input into the store; returns its bytes.
  private func copy(_ input: Plan.Input, expecting expected: ArtifactReference) throws -> Int {
    let digest: Digest
    let bytes: Int
    if then[input.name] != nil {
      throw InputFinding(
        position: input.position,
        message: "'\(input.source.place)' had other bytes then (SHA-256 \(expected.digest.short)), which are not kept")
    }
    if let file = input.web {
      let fault = { (text: String) in
        InputFinding(position: input.position, message: "'\(input.source.place)' \(text)")
      }
      guard let web else { throw fault("is not here any more, and only 'bioarc run' and 'bioarc check' fetch it") }
      let content = try telling(fault) { try file.fetch(web, into: store) }
      (digest, bytes) = (content.digest, content.size)
    } else if FileKind(input.source.place) == .missing, stated(input) != nil {
      throw InputFinding(
        position: input.position,
        message: "'\(input.source.place)' is not here, and a step reads it: put it there, or ask the lab for a "
          + "'push --inputs'; it had "
          + (expected.layout == .tree
            ? "a folder of files whose manifest has the SHA-256 \(expected.digest)"
            : "a file of \(Words.bytes(expected.size)) whose content, uncompressed, has the SHA-256 \(expected.digest)")
      )
    } else if expected.layout == .file {
      let content = try store.importFile(try pipes.place(of: input.source.place), stats, member: input.member)
      (digest, bytes) = (content.digest, content.size)
    } else {
      guard let format = registry.format(input.format, of: input.kind) else {
        preconditionFailure("an input without a format has no tree")
      }
      let manifest = try store.importTree(files(of: input, format), stats, member: input.member)
      (digest, bytes) = (.of(manifest.encoded()), manifest.entries.reduce(0) { $0 + $1.size })
    }
    guard digest == expected.digest else {
      throw InputFinding(
        position: input.position, message: "'\(input.source.place)' changed while it was read; run again")
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

  /// The file of the web that it is, if its digest is stated.
  fileprivate var web: WebInput? {
    guard case .url(let address, let sha256?) = source else { return nil }
    return WebInput(address: address, sha256: sha256, member: member)
  }
}

extension ResultInput {
  fileprivate init?(_ input: Plan.Input) {
    guard case .result(let key, let port) = input.source else { return nil }
    self.init(key: key, port: port, kind: input.kind, position: input.position)
  }
}
