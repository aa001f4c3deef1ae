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
