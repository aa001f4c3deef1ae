/// One artifact as a port binds it. Everything in here is in the key of the step that reads it.
package struct ArtifactReference: Hashable, Sendable {
  package var kind: ArtifactKind
  /// The decoding of the bytes, as `fasta` or `gue`; empty for an artifact that a built-in stage wrote.
  package var format: String
  /// Options of the format, as the name of a column.
  package var options: [String: String]
  package var layout: Layout
  /// The digest of the uncompressed bytes of a file, or of the manifest of a tree.
  package var digest: Digest
  /// Bytes of the file, or of the tree's manifest.
  package var size: Int

  package init(
    kind: ArtifactKind, format: String, options: [String: String], layout: Layout, digest: Digest, size: Int
  ) {
    self.kind = kind
    self.format = format
    self.options = options
    self.layout = layout
    self.digest = digest
    self.size = size
  }

  /// Writes the canonical encoding: a list of all fields.
  package func write(to writer: inout CanonicalWriter) {
    writer.append(Self.front(kind, format: format, options: options, layout))
    Self.write(digest, size, to: &writer)
  }

  /// The encoding up to the digest, which steps share whose artifacts differ in their content alone.
  package static func front(
    _ kind: ArtifactKind, format: String = "", options: [String: String] = [:], _ layout: Layout
  ) -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.list(6)
      writer.string(kind.name)
      writer.string(format)
      writer.map(options) { $1.string($0) }
      writer.string(layout.rawValue)
    }
  }

  /// Writes the end of the encoding, after `front`: the digest and the size in bytes.
  package static func write(_ digest: Digest, _ size: Int, to writer: inout CanonicalWriter) {
    writer.digest(digest)
    writer.int(size)
  }

  /// Decodes a reference. Throws `CanonicalError` for a value that is none.
  package init(_ canonical: Canonical) throws(CanonicalError) {
    let fields = try canonical.list()
    guard fields.count == 6, let layout = Layout(rawValue: try fields[3].string()) else {
      throw CanonicalError(offset: 0, reason: "not an artifact reference")
    }
    var options: [String: String] = [:]
    for (name, value) in try fields[2].map() { options[name] = try value.string() }
    let size = try fields[5].int()
    guard size >= 0 else { throw CanonicalError(offset: 0, reason: "an artifact of \(size) bytes") }
    self.init(
      kind: ArtifactKind(try fields[0].string()), format: try fields[1].string(), options: options, layout: layout,
      digest: try fields[4].digest(), size: size)
  }
}
