import Artifacts
import Catalogs
import Plans
import Resolving
import Sessions
import Stores
import Syntax
import Web

/// The files, folders and values that actions of a crate read and write, by their digests.
struct CrateArtifacts {
  private let edition: Edition
  private let imprint: Imprint
  private let graph: CrateGraph
  /// Outputs that no stage of the crate reads: `NODE.PORT`.
  private let last: Set<String>
  private let withBytes: Set<Digest>?
  /// The ids of all artifacts, in the order in which they were told.
  private(set) var ids: [String] = []
  private(set) var inputIDs: [String] = []
  private(set) var resultIDs: [String] = []
  /// Formal parameters of the pipeline for its results, by their ids.
  private(set) var results: [(name: String, type: String)] = []
  private var plan: Plan { edition.resolution.plan }

  init(_ edition: Edition, _ imprint: Imprint, _ graph: CrateGraph) throws {
    (self.edition, self.imprint, self.graph) = (edition, imprint, graph)
    withBytes = try edition.keysWithBytes(imprint.size)
    let nodes = Set(edition.steps.map(\.node))
    var read: Set<String> = []
    let plan = edition.resolution.plan
    for node in nodes {
      for binding in plan.nodes[node].ports.values {
        switch binding.source {
        case .output(let source, let port): read.insert("\(plan.nodes[source].name).\(port)")
        case .chosen(let source, let port, let choosing):
          read.formUnion(["\(plan.nodes[source].name).\(port)", "\(plan.nodes[choosing.node].name).\(choosing.port)"])
        case .axis(let axis):
          if case .members(let source, let port) = plan.axes[axis].items {
            read.insert("\(plan.nodes[source].name).\(port)")
          }
        case .input, .text: break
        }
      }
    }
    last = Set(
      nodes.flatMap { node in
        plan.nodes[node].declaration.outputs.map { "\(plan.nodes[node].name).\($0.name)" }
      }
    ).subtracting(read)
  }

  // MARK: Inputs

  /// Adds the inputs of the pipeline that its steps read; returns their formal parameters.
  mutating func addInputs() -> [(name: String, type: String)] {
    var parameters: [(name: String, type: String)] = []
    for index in inputs.sorted() {
      let input = plan.inputs[index]
      let reference = edition.session.catalog.reference(index)
      let options = input.options.sorted { $0.key < $1.key }.map { "\($0.key): \(PlainText.of($0.value))" }
      let format = input.format.isEmpty ? "" : " of the format \(input.format)"
      let words = options.isEmpty ? "" : " (\(options.joined(separator: ", ")))"
      let id = add(
        reference, input.name,
        "Input '\(input.name)' of the pipeline\(format)\(words)\(origin(index)). Its bytes are not in this crate: "
          + "whoever has a file of that SHA-256, uncompressed, has it.")
      inputIDs.append(id)
      let parameter = IRI.input(input.name)
      parameters.append((name: parameter, type: reference.layout == .tree ? "Dataset" : "File"))
      graph.note(id, of: parameter)
    }
    return parameters
  }

  /// The source of an input that is no file of the lab, in words.
  private func origin(_ index: Int) -> String {
    switch plan.inputs[index].source {
    case .path: ""
    case .url(let address, let sha256):
      ", which is the content of \(PlainText.of(address.text)), whose SHA-256 as it is sent is \(sha256?.hex ?? "")"
    case .result(let key, _): ", which is \(edition.resolution.words(ofResult: key)), of the key \(key.hex)"
    }
  }

  /// The inputs that stages of the crate read.
  private var inputs: Set<Int> {
    Set(Set(edition.steps.map(\.node)).flatMap { plan.inputs(of: $0) })
  }

  // MARK: Artifacts of steps

  /// The artifacts that a step reads.
  mutating func objects(of facts: StepFacts) -> [String] {
    var ids: [String] = []
    for (place, binding) in facts.identity.ports.sorted(by: { $0.key < $1.key }) where place != CommandTree.port {
      let port = PortPlace(place).port
      let artifacts: [ArtifactReference]
      switch binding {
      case .one(let artifact): artifacts = [artifact]
      case .gathered(let items): artifacts = items.compactMap(\.artifact)
      }
      for artifact in artifacts {
        let id = add(
          artifact, "\(artifact.kind) \(artifact.digest.short)",
          "A text of the pipeline file, or a member of a collection that a step has written.")
        graph.note(id, of: IRI.input(facts.identity.stage, port), isFolder: artifact.layout == .tree)
        if !ids.contains(id) { ids.append(id) }
      }
    }
    return ids
  }

  /// The values of a step's parameters.
  func values(of facts: StepFacts) -> [String] {
    let all = edition.resolution.parameters(of: facts.step)
    return plan.nodes[facts.step.node].declaration.parameters.filter { $0.role != .resource }.compactMap { parameter in
      guard let value = all[parameter.name] else { return nil }
      let formal = IRI.parameter(facts.identity.stage, parameter.name)
      let digest = Digest.of(value.canonical.encoded())
      var entity = Entity("\(formal)/\(digest.short)", "PropertyValue")
      entity.state("name", parameter.name)
      let text = PlainText.of(value.description)
      entity.state("value", text.isEmpty ? "\"\"" : text)
      entity.state("unitText", parameter.unit)
      graph.add(entity)
      graph.note(entity.id, of: formal)
      return entity.id
    }
  }

  /// The artifacts that a step has written.
  mutating func results(of facts: StepFacts) throws -> [String] {
    var ids: [String] = []
    for (port, output) in facts.outputs {
      let node = plan.nodes[facts.step.node].name
      let isHere = try isInCrate(output, facts.key)
      let id = add(
        output.artifact, "\(facts.address).\(port)",
        "The output '\(port)' of \(facts.address), of the kind \(output.artifact.kind). Its bytes are "
          + (isHere ? "in the folder \(CrateNames.results)." : "not in this crate."))
      graph.note(id, of: IRI.output(facts.identity.stage, port))
      if last.contains("\(node).\(port)") {
        let parameter = IRI.result("\(node).\(port)")
        if !results.contains(where: { $0.name == parameter }) {
          results.append((name: parameter, type: output.artifact.layout == .tree ? "Dataset" : "File"))
        }
        graph.note(id, of: parameter)
        if !resultIDs.contains(id) { resultIDs.append(id) }
      }
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  /// Whether all bytes of an output are among the results of the crate.
  private func isInCrate(_ output: ResultRecord.Output, _ key: Digest) throws -> Bool {
    let digests = output.manifest?.entries.map(\.digest) ?? [output.artifact.digest]
    if digests.allSatisfy({ output.inline[$0] != nil }) { return true }
    return try withBytes?.contains(key) ?? true && edition.resolution.store.holds(output)
  }

  /// Adds an artifact, unless it is there; returns its id.
  private mutating func add(_ artifact: ArtifactReference, _ name: String, _ description: String) -> String {
    let id = IRI.bytes(artifact.digest)
    if graph.contains(id) { return id }
    ids.append(id)
    var entity = Entity(id, artifact.layout == .tree ? "Dataset" : "File")
    entity.state("name", name)
    entity.state("description", description)
    if artifact.layout == .tree {
      entity.state("identifier", "sha256 of the manifest: \(artifact.digest)")
    } else {
      entity.state("contentSize", String(artifact.size))
      entity.state("sha256", artifact.digest.hex)
      entity.state("encodingFormat", "application/octet-stream")
    }
    graph.add(entity)
    return id
  }
}
