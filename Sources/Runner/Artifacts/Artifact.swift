import Wording

/// Whether an artifact is one file or a tree of named files.
package enum Layout: String, Sendable { case file, tree }

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
    self.init(
      kind: ArtifactKind(try fields[0].string()), format: try fields[1].string(), options: options, layout: layout,
      digest: try fields[4].digest(), size: try fields[5].int())
  }
}

/// The manifest of a tree: its files by name. Its encoding is an object of its own, whose digest names the tree.
package struct TreeManifest: Hashable, Sendable {
  /// A file of the tree: its name, the digest of its content, and the content's size in bytes.
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let digest: Digest
    package let size: Int
    package init(name: String, digest: Digest, size: Int) {
      self.name = name
      self.digest = digest
      self.size = size
    }
  }
  /// Ascending by the UTF-8 bytes of their names.
  package let entries: [Entry]

  package init(_ entries: [Entry]) {
    self.entries = entries.sorted { $0.name.precedesInBytes($1.name) }
  }

  /// The file of that name, or nil.
  package subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  /// The canonical encoding of the manifest, whose digest names the tree.
  package func encoded() -> [UInt8] {
    let list = entries.map { Canonical.list([.string($0.name), .bytes($0.digest.bytes), .int($0.size)]) }
    return Canonical.list([.string("bioarc-tree/1"), .list(list)]).encoded()
  }

  /// Decodes a manifest. Throws `CanonicalError` for other bytes, for a name that `isName` rejects and for a wrong
  /// order.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 2, fields[0] == .string("bioarc-tree/1") else {
      throw CanonicalError(offset: 0, reason: "not a tree manifest")
    }
    var entries: [Entry] = []
    for item in try fields[1].list() {
      let parts = try item.list()
      guard parts.count == 3 else { throw CanonicalError(offset: 0, reason: "not a tree entry") }
      let entry = Entry(name: try parts[0].string(), digest: try parts[1].digest(), size: try parts[2].int())
      guard entry.size >= 0, NameRules.isPath(entry.name),
        entries.last.map({ $0.name.precedesInBytes(entry.name) }) ?? true
      else { throw CanonicalError(offset: 0, reason: "a bad or misplaced tree entry '\(entry.name)'") }
      entries.append(entry)
    }
    self.init(entries)
  }
}
