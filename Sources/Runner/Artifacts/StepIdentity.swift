/// What a step is: the pre-image of its key, and all that a worker is told of what to compute.
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
  package func encoded() -> [UInt8] { canonical(domain: "bioarc-step/1", extra: []).encoded() }

  package var key: Digest { .of(encoded()) }

  /// All fields in one list, after the name of what it is for.
  func canonical(domain: String, extra: [Canonical]) -> Canonical {
    .list(
      [
        .string(domain), .string(stage), .int(version), .map(parameters.mapValues(\.canonical)),
        .map(horizon.mapValues(\.canonical)), .map(ports.mapValues(\.canonical)),
      ] + extra)
  }

  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 6, fields[0] == .string("bioarc-step/1") else {
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

/// What one port of a step binds.
package enum PortIdentity: Hashable, Sendable {
  case one(ArtifactReference)
  /// Items ascending by their ids, each with its ids by role (in the order of the axes that `over` names).
  case gathered([GatheredIdentity])

  package var canonicalBytes: [UInt8] { canonical.encoded() }

  var canonical: Canonical {
    switch self {
    case .one(let artifact): .list([.string("one"), artifact.canonical])
    case .gathered(let items): .list([.string("gathered"), .list(items.map(\.canonical))])
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

  var canonical: Canonical {
    .list([.map(ids.mapValues { .list($0.map(Canonical.string)) }), artifact?.canonical ?? .null])
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
