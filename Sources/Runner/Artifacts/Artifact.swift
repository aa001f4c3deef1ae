/// What an artifact holds. A port states the kinds that it reads or writes.
package struct ArtifactKind: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }

  /// Unlabelled sequences: a FASTA, CSV or TSV file, or a tree of `train.fasta` and `held-out.fasta`.
  package static let sequences = ArtifactKind("sequences")
  /// Sequences with a label, in the splits train, dev and test: the GUE folder layout.
  package static let labelledSequences = ArtifactKind("labelled-sequences")
  /// Intervals on a genome: a BED or GFF file.
  package static let intervals = ArtifactKind("intervals")
  /// A Hugging Face `tokenizer.json`.
  package static let tokenizer = ArtifactKind("tokenizer")
  /// Token ids of sequences: a tree of `train.tokens` and `held-out.tokens`.
  package static let tokens = ArtifactKind("tokens")
  /// A search space: how it was reduced, and the architectures that were kept.
  package static let space = ArtifactKind("space")
  /// One architecture: a text file of one line, as `h64-h128-t256-c512`.
  package static let architecture = ArtifactKind("architecture")
  /// A collection of architectures: a tree with one file per member, named by its id.
  package static let architectures = ArtifactKind("architectures")
  /// Trained weights: a tree with one safetensors file per block.
  package static let weights = ArtifactKind("weights")
  /// What training needs to go on: moments, step counts, cursor.
  package static let trainingState = ArtifactKind("training-state")
  /// The metrics of one model on one task.
  package static let metrics = ArtifactKind("metrics")
  /// Candidates in order, with their scores.
  package static let ranking = ArtifactKind("ranking")
  /// The course of a training: losses at steps.
  package static let history = ArtifactKind("history")
  /// Numbers of what a stage used and left out.
  package static let counts = ArtifactKind("counts")

  package static let all: [ArtifactKind] = [
    .sequences, .labelledSequences, .intervals, .tokenizer, .tokens, .space, .architecture, .architectures, .weights,
    .trainingState, .metrics, .ranking, .history, .counts,
  ]
}

/// Whether an artifact is one file or a tree of named files.
package enum Layout: String, Sendable { case file, tree }

/// One artifact as a port binds it. Everything in here is in the key of the step that reads it.
package struct ArtifactReference: Hashable, Sendable {
  package var kind: ArtifactKind
  /// How the bytes are decoded, as `fasta` or `gue`; empty for what a built-in stage wrote.
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

  /// The rest of the encoding.
  package static func write(_ digest: Digest, _ size: Int, to writer: inout CanonicalWriter) {
    writer.digest(digest)
    writer.int(size)
  }

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
    self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Whether a file of a tree may have this name: a relative path that stays inside the tree.
  package static func isName(_ name: String) -> Bool {
    !name.utf8.contains(0)
      && name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
  }

  package subscript(name: String) -> Entry? { entries.first { $0.name == name } }

  package func encoded() -> [UInt8] {
    let list = entries.map { Canonical.list([.string($0.name), .bytes($0.digest.bytes), .int($0.size)]) }
    return Canonical.list([.string("bioarc-tree/1"), .list(list)]).encoded()
  }

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
      guard entry.size >= 0, Self.isName(entry.name),
        entries.last.map({ $0.name.utf8.lexicographicallyPrecedes(entry.name.utf8) }) ?? true
      else { throw CanonicalError(offset: 0, reason: "a bad or misplaced tree entry '\(entry.name)'") }
      entries.append(entry)
    }
    self.init(entries)
  }
}
