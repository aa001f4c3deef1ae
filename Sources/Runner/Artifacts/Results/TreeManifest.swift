import Wording

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
