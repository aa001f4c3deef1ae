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
