package import Artifacts
internal import Synchronization

/// The saved states of one training: `partial/<training key>/<step>`, each a sealed manifest of zstd files in
/// `blocks/`.
///
/// A block that did not change between two states is kept once. While a training runs, its two newest states are kept;
/// when its step has ended well, its last one is, for a later run with a longer horizon. The bytes are no objects of
/// the store, so that removing a state frees its space.
package final class SegmentFolder: SegmentStore {
  /// How many states a running training keeps, besides those that are marked.
  package static let running = 2

  private let store: Store
  private let key: Digest
  private let scratch: String
  /// The last state that was loaded or saved here.
  private let last = Mutex<Int?>(nil)

  /// `scratch` is a folder on disk for local copies of what a state holds.
  package init(_ store: Store, _ identity: StepIdentity, scratch: String) {
    self.store = store
    key = identity.trainingKey
    self.scratch = scratch
  }

  private var blocks: ObjectFolder { store.blocks(of: key) }

  /// The newest state at or before `step` all of whose bytes are right. One that is damaged is quarantined.
  package func newest(atOrBefore step: Int) throws -> (step: Int, state: any InputArtifact)? {
    for saved in try steps().reversed() where saved <= step {
      guard let segment = try store.segment(key, saved) else { continue }
      do {
        for entry in segment.manifest.entries { try blocks.verify(entry.digest, size: entry.size) }
      } catch StoreError.corrupt(let digest) {
        store.quarantine(store.segmentPath(key, saved), "its block \(digest.short) is damaged")
        continue
      } catch StoreError.missing(let digest) {
        store.quarantine(store.segmentPath(key, saved), "its block \(digest.short) is missing")
        continue
      }
      last.withLock { $0 = saved }
      let bytes = segment.manifest.encoded()
      let reference = ArtifactReference(
        kind: .trainingState, format: "", options: [:], layout: .tree, digest: .of(bytes), size: bytes.count)
      return (saved, try StoredArtifact(blocks, reference, segment.manifest, inline: [:], scratch: scratch))
    }
    return nil
  }

  /// Saves the state after `step` steps, all or nothing.
  package func save(step: Int, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void) throws {
    var writers: [(name: String, writer: ObjectWriter)] = []
    try write { name in
      guard FileName.isValid(name) else { throw OutputError.badName(port: "state", name: name, layout: .tree) }
      guard !writers.contains(where: { $0.name == name }) else { throw OutputError.twice(port: "state", name: name) }
      let writer = try blocks.writer()
      writers.append((name, writer))
      return writer
    }
    var sealed: [(name: String, object: SealedObject)] = []
    for (name, writer) in writers {
      guard let object = writer.sealed else { throw OutputError.notClosed(port: "state", name: name) }
      sealed.append((name, object))
    }
    try blocks.place(sealed.map(\.object))
    let manifest = TreeManifest(sealed.map { .init(name: $0.name, digest: $0.object.digest, size: $0.object.size) })
    try store.write(Segment(manifest: manifest, isKept: false), key, step)
    last.withLock { $0 = step }
    try prune(running: Self.running)
  }

  /// Call when the step has ended well: marks the last state as kept, and removes those that only a crash would have
  /// needed.
  package func finish() throws {
    if let step = last.withLock({ $0 }), let segment = try store.segment(key, step), !segment.isKept {
      try store.write(Segment(manifest: segment.manifest, isKept: true), key, step)
    }
    try prune(running: 0)
  }

  private func steps() throws(StoreError) -> [Int] {
    try store.files.namesIfPresent(store.trainingFolder(key)).compactMap { Int($0) }.sorted()
  }

  /// Removes all but the newest `running` of the states that are not marked, then the blocks that only they had.
  private func prune(running: Int) throws(StoreError) {
    var segments: [(step: Int, segment: Segment)] = []
    for step in try steps() { if let segment = try store.segment(key, step) { segments.append((step, segment)) } }
    let removable = segments.filter { !$0.segment.isKept }.dropLast(running)
    guard !removable.isEmpty else { return }
    let steps = Set(removable.map(\.step))
    let needed = Set(segments.filter { !steps.contains($0.step) }.flatMap { $0.segment.manifest.entries.map(\.digest) })
    // Manifests first: a state never names a block that was removed.
    for step in steps.sorted() { try store.files.removeIfPresent(store.segmentPath(key, step)) }
    try store.files.synchronize(folder: store.trainingFolder(key))
    let freed = Set(removable.flatMap { $0.segment.manifest.entries.map(\.digest) }).subtracting(needed)
    for digest in freed.sorted() { try store.files.removeIfPresent(blocks.path(of: digest)) }
  }
}

/// One saved state: its files, and whether it stays when the training has ended.
struct Segment: Hashable, Sendable {
  var manifest: TreeManifest
  var isKept: Bool

  func encoded(_ step: Int) -> [UInt8] {
    Canonical.list([.string("bioarc-state/1"), .int(step), .bytes(manifest.encoded()), .bool(isKept)]).encoded()
  }

  init(manifest: TreeManifest, isKept: Bool) {
    self.manifest = manifest
    self.isKept = isKept
  }

  init(decoding bytes: [UInt8], _ step: Int) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 4, fields[0] == .string("bioarc-state/1"), fields[1] == .int(step),
      case .bool(let isKept) = fields[3]
    else { throw CanonicalError(offset: 0, reason: "not a saved state") }
    self.init(manifest: try TreeManifest(decoding: try fields[2].bytes()), isKept: isKept)
  }
}

extension Store {
  func trainingFolder(_ key: Digest) -> String { "\(root)/partial/\(key.hex)" }
  func segmentPath(_ key: Digest, _ step: Int) -> String { "\(trainingFolder(key))/\(step)" }
  func blocks(of key: Digest) -> ObjectFolder {
    ObjectFolder(store: self, blocks: trainingFolder(key) + "/blocks")
  }

  func write(_ segment: Segment, _ key: Digest, _ step: Int) throws(StoreError) {
    try write(Sealed.seal(segment.encoded(step), key), to: segmentPath(key, step), replacing: true)
  }

  /// A saved state, or nil; one that is damaged is quarantined.
  func segment(_ key: Digest, _ step: Int) throws(StoreError) -> Segment? {
    guard let bytes = try files.contents(segmentPath(key, step)) else { return nil }
    if let content = Sealed.open(bytes, key), let segment = try? Segment(decoding: content, step),
      segment.manifest.isSound
    {
      return segment
    }
    quarantine(segmentPath(key, step), "not a sealed state of its training")
    return nil
  }
}
