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
