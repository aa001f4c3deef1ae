package import Artifacts
import Files
import System

/// An artifact whose bytes are in a store: in a folder of objects, or inline in a result record.
struct StoredArtifact: InputArtifact {
  let folder: ObjectFolder
  let reference: ArtifactReference
  /// The manifest of a tree; nil: a file.
  let manifest: TreeManifest?
  let inline: [Digest: [UInt8]]
  let scratch: String
  /// Each file's digest and size by its name; `open` must not search a list.
  private let files: [String: TreeManifest.Entry]

  /// Throws `missing` when bytes are not there, by a look at names only.
  init(
    _ folder: ObjectFolder, _ reference: ArtifactReference, _ manifest: TreeManifest?, inline: [Digest: [UInt8]],
    scratch: String
  ) throws(StoreError) {
    self.folder = folder
    self.reference = reference
    self.manifest = manifest
    self.inline = inline
    self.scratch = scratch
    let entries = manifest?.entries ?? [.init(name: "", digest: reference.digest, size: reference.size)]
    files = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    for entry in entries where inline[entry.digest] == nil {
      guard try folder.contains(entry.digest) else { throw .missing(entry.digest) }
    }
  }

  var names: [String] { manifest?.entries.map(\.name) ?? [""] }

  func open(_ name: String) throws -> any ByteReader {
    let entry = try entry(name)
    if let bytes = inline[entry.digest] {
      guard bytes.count == entry.size else { throw StoreError.corrupt(entry.digest) }
      return MemoryReader(bytes[...])
    }
    return try folder.reader(entry.digest, size: entry.size)
  }

  func localPath(_ name: String) throws -> String {
    try Scratch(folder: scratch).path(of: try entry(name).digest) { try open(name) }
  }

  private func entry(_ name: String) throws -> TreeManifest.Entry {
    guard let entry = files[name] else { throw NoSuchFile(name: name, names: names) }
    return entry
  }
}

/// A file that an artifact does not have.
package struct NoSuchFile: Error, Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let names: [String]
  package var description: String {
    "the artifact has no file '\(name)'; it has \(names.prefix(8).joined(separator: ", "))"
  }
}

extension Store {
  /// An artifact to read, all of whose bytes are there; `scratch` is a folder on disk for `localPath`.
  ///
  /// The content of a file and the manifest of a tree come from the result record that `sources` names for the digest,
  /// else from an object. A tree's files come from that same record, else from objects. Throws `missing` or `corrupt`.
  package func artifact(
    _ reference: ArtifactReference, sources: [Digest: Digest], scratch: String
  ) throws -> any InputArtifact {
    var output: ResultRecord.Output?
    if let key = sources[reference.digest] { output = try self.output(reference, of: key) }
    let inline = output?.inline ?? [:]
    guard reference.layout == .tree else {
      return try StoredArtifact(objects, reference, nil, inline: inline, scratch: scratch)
    }
    let manifest = try output?.manifest ?? self.manifest(reference)
    guard manifest.isSound, Digest.of(manifest.encoded()) == reference.digest else {
      throw StoreError.corrupt(reference.digest)
    }
    return try StoredArtifact(objects, reference, manifest, inline: inline, scratch: scratch)
  }

  /// The output of a step, in any of its attempts, that is this artifact or holds it as a member.
  private func output(_ reference: ArtifactReference, of key: Digest) throws(StoreError) -> ResultRecord.Output? {
    for record in try attempts(key).reversed() {
      guard case .outputs(let outputs) = record.outcome else { continue }
      for output in outputs.values.sorted(by: { $0.artifact.digest < $1.artifact.digest }) {
        if reference.layout == .file, output.inline[reference.digest] != nil { return output }
        if output.artifact.digest == reference.digest, output.artifact.layout == reference.layout { return output }
      }
    }
    return nil
  }

  /// The manifest of a tree that is an object.
  private func manifest(_ reference: ArtifactReference) throws -> TreeManifest {
    let bytes = try bytes(reference.digest, size: reference.size)
    guard let manifest = try? TreeManifest(decoding: bytes) else { throw StoreError.corrupt(reference.digest) }
    return manifest
  }
}

extension TreeManifest {
  /// Whether names are valid and given once, and no size is negative.
  package var isSound: Bool {
    entries.allSatisfy { FileName.isValid($0.name) && $0.size >= 0 }
      && Set(entries.map(\.name)).count == entries.count
  }
}
