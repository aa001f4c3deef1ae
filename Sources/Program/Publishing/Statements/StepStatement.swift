import Artifacts
import JSON
import System

/// The provenance of one result as an in-toto statement: SLSA provenance v1, by the lab that has computed it.
enum StepStatement {
  static let name = "provenance.intoto.jsonl"
  /// The meaning of the parameters: those of one step of a pipeline.
  static let buildType = "urn:bioarc:step:1"

  /// The statement; nil for a failure, of which there is nothing to speak.
  static func statement(_ facts: StepFacts) -> JSON? {
    let subjects = facts.outputs.flatMap { Self.subjects("\(facts.address).\($0.port)", $0.output) }
    if subjects.isEmpty { return nil }
    return .object([
      ("_type", .string("https://in-toto.io/Statement/v1")), ("subject", .array(subjects)),
      ("predicateType", .string("https://slsa.dev/provenance/v1")),
      (
        "predicate",
        .object([("buildDefinition", definition(facts)), ("runDetails", details(facts))])
      ),
    ])
  }

  private static func definition(_ facts: StepFacts) -> JSON {
    let values = facts.identity.parameters.merging(facts.identity.horizon) { first, _ in first }
    return .object([
      ("buildType", .string(buildType)),
      (
        "externalParameters",
        .object([
          ("stage", .string(facts.identity.stage)), ("version", .int(facts.identity.version)),
          ("parameters", .sorted(values.mapValues(json))),
        ])
      ),
      (
        "internalParameters",
        .object([("environment", .sorted(facts.record.environment.mapValues { .string(PlainText.of($0)) }))])
      ),
      ("resolvedDependencies", .array(dependencies(facts.identity))),
    ])
  }

  /// The builder is the lab, the invocation the record that its claims name.
  private static func details(_ facts: StepFacts) -> JSON {
    .object([
      ("builder", .object([("id", .string("urn:bioarc:lab:\(IRI.path(facts.maker))"))])),
      (
        "metadata",
        .object([
          ("invocationId", .string("urn:bioarc:record:\(Digest.of(facts.record.encoded()))")),
          ("startedOn", .string(UTC.text(facts.started, zone: "+00:00"))),
          ("finishedOn", .string(UTC.text(facts.record.finished, zone: "+00:00"))),
        ])
      ),
    ])
  }

  /// The files of an output, and of a tree its manifest, by which other statements name it.
  private static func subjects(_ name: String, _ output: ResultRecord.Output) -> [JSON] {
    guard let manifest = output.manifest else { return [descriptor(name, output.artifact.digest)] }
    return [descriptor(name, output.artifact.digest, isTree: true)]
      + manifest.entries.map { descriptor("\(name)/\($0.name)", $0.digest) }
  }

  private static func dependencies(_ identity: StepIdentity) -> [JSON] {
    identity.ports.sorted { $0.key < $1.key }.flatMap { port, binding -> [JSON] in
      switch binding {
      case .one(let artifact): [descriptor(port, artifact.digest, isTree: artifact.layout == .tree)]
      case .gathered(let items):
        items.compactMap { item in
          let ids = item.ids.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: ","))" }
          return item.artifact.map {
            descriptor("\(port)[\(ids.joined(separator: ";"))]", $0.digest, isTree: $0.layout == .tree)
          }
        }
      }
    }
  }

  private static func descriptor(_ name: String, _ digest: Digest, isTree: Bool = false) -> JSON {
    .object(
      [("name", .string(name)), ("digest", .object([("sha256", .string(digest.hex))]))]
        + (isTree ? [("annotations", .object([("digestOf", .string("manifest of a tree"))]))] : []))
  }

  private static func json(_ value: Value) -> JSON {
    switch value {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .double(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(json))
    }
  }
}
