/// The identity of a step: the pre-image of its key, and all that a worker is told of what to compute.
///
/// | in the key | not in the key |
/// |---|---|
/// | stage name, behaviour version | names of steps, axes and pipelines |
/// | semantic and horizon parameters that differ from their neutral value | resource parameters, threads, host, time |
/// | per port: kind, format and options, layout, digest and size | paths, comments, key order |
package struct StepIdentity: Hashable, Sendable {
  package var stage: String
  package var version: Int
  /// Semantic parameters that differ from their neutral value.
  package var parameters: [String: Value]
  /// Horizon parameters that differ from their neutral value.
  package var horizon: [String: Value]
  /// By port name. An optional port that is not bound is absent.
  package var ports: [String: PortIdentity]

  package init(
    stage: String, version: Int, parameters: [String: Value], horizon: [String: Value], ports: [String: PortIdentity]
  ) {
    self.stage = stage
    self.version = version
    self.parameters = parameters
    self.horizon = horizon
    self.ports = ports
  }

  /// The pre-image: its SHA-256 is the key.
  package func encoded() -> [UInt8] { encoded(domain: Self.domain) }

  /// The digest under which the store keeps the step's result.
  package var key: Digest { .of(encoded()) }

  private static let domain = "bioarc-step/1"

  /// All fields in one list, after the name of its purpose and before `extra`.
  func encoded(domain: String, extra: [Canonical] = []) -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.append(Self.front(stage, version, domain: domain, fields: 6 + extra.count))
      writer.map(parameters) { $0.canonical.write(to: &$1) }
      writer.map(horizon) { $0.canonical.write(to: &$1) }
      writer.map(ports) { $0.write(to: &$1) }
      for value in extra { value.write(to: &writer) }
    }
  }

  /// The pre-image up to its parameters: a map of these, a map of the horizon and a map of the ports follow.
  package static func front(_ stage: String, _ version: Int) -> [UInt8] {
    front(stage, version, domain: domain, fields: 6)
  }

  private static func front(_ stage: String, _ version: Int, domain: String, fields: Int) -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.list(fields)
      writer.string(domain)
      writer.string(stage)
      writer.int(version)
    }
  }

  /// Decodes a pre-image. Throws `CanonicalError` for bytes that `encoded` does not write.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 6, fields[0] == .string(Self.domain) else {
      throw CanonicalError(offset: 0, reason: "not a pre-image")
    }
    var parameters: [String: Value] = [:]
    for (name, value) in try fields[3].map() { parameters[name] = try Value(value) }
    var horizon: [String: Value] = [:]
    for (name, value) in try fields[4].map() { horizon[name] = try Value(value) }
    var ports: [String: PortIdentity] = [:]
    for (name, value) in try fields[5].map() { ports[name] = try PortIdentity(value) }
    self.init(
      stage: try fields[1].string(), version: try fields[2].int(), parameters: parameters, horizon: horizon,
      ports: ports)
  }
}

/// The artifacts that one port of a step binds.
package enum PortIdentity: Hashable, Sendable {
  case one(ArtifactReference)
  /// Items ascending by their ids, each with its ids by role (in the order of the axes that `over` names).
  case gathered([GatheredIdentity])

  /// The canonical encoding.
  package func encoded() -> [UInt8] { CanonicalWriter.bytes { write(to: &$0) } }

  func write(to writer: inout CanonicalWriter) {
    switch self {
    case .one(let artifact):
      writer.append(Self.frontOfOne)
      artifact.write(to: &writer)
    case .gathered(let items):
      writer.append(Self.frontOfGathered)
      writer.list(items.count)
      for item in items { item.write(to: &writer) }
    }
  }

  /// The encoding up to the artifact of a port that binds one.
  package static let frontOfOne = front("one")
  /// The encoding up to the list of the items of a gathering port.
  package static let frontOfGathered = front("gathered")

  private static func front(_ form: String) -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.list(2)
      writer.string(form)
    }
  }

  init(_ canonical: Canonical) throws(CanonicalError) {
    let fields = try canonical.list()
    guard fields.count == 2 else { throw CanonicalError(offset: 0, reason: "not a port binding") }
    switch try fields[0].string() {
    case "one": self = .one(try ArtifactReference(fields[1]))
    case "gathered":
      var items: [GatheredIdentity] = []
      for item in try fields[1].list() { items.append(try GatheredIdentity(item)) }
      self = .gathered(items)
    default: throw CanonicalError(offset: 0, reason: "not a port binding")
    }
  }
}

/// One item of a gather. Axis names are not in it.
package struct GatheredIdentity: Hashable, Sendable {
  /// By role, the ids of the item on the axes of that role, in the order of `over`.
  package let ids: [String: [String]]
  /// nil: the item failed, which the port accepts.
  package let artifact: ArtifactReference?

  package init(ids: [String: [String]], artifact: ArtifactReference?) {
    self.ids = ids
    self.artifact = artifact
  }

  func write(to writer: inout CanonicalWriter) {
    writer.list(2)
    writer.map(ids) { names, writer in
      writer.list(names.count)
      for name in names { writer.string(name) }
    }
    if let artifact { artifact.write(to: &writer) } else { writer.null() }
  }

  init(_ canonical: Canonical) throws(CanonicalError) {
    let fields = try canonical.list()
    guard fields.count == 2 else { throw CanonicalError(offset: 0, reason: "not a gathered item") }
    var ids: [String: [String]] = [:]
    for (role, list) in try fields[0].map() {
      var names: [String] = []
      for name in try list.list() { names.append(try name.string()) }
      ids[role] = names
    }
    self.init(ids: ids, artifact: fields[1] == .null ? nil : try ArtifactReference(fields[1]))
  }
}
