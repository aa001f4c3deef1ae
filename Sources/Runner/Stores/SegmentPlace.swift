package import Artifacts
package import Files

/// The folder of one step's saved states: a sealed manifest for each, and their zstd files in `blocks/`.
///
/// A step that a run computes anew has a folder `<step>.<digest of the run's id>` beside its own.
package struct SegmentPlace {
  let store: Store
  package let step: Digest
  package let folder: String
  /// Whether a run computes the step anew here.
  let isAnew: Bool

  package init(_ store: Store, training: Digest, step: Digest, anewFor run: String? = nil) {
    self.store = store
    self.step = step
    isAnew = run != nil
    let suffix = run.map { "." + Digest.of(Array($0.utf8)).hex } ?? ""
    folder = "\(store.trainingFolder(training))/\(step.hex)\(suffix)"
  }

  /// The place of this name in the training's folder; nil when it is none.
  package init?(_ store: Store, training: Digest, name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { Digest(hex: String($0)) }
    guard parts.count <= 2, let step = parts[0], parts.allSatisfy({ $0 != nil }) else { return nil }
    self.store = store
    self.step = step
    isAnew = parts.count == 2
    folder = "\(store.trainingFolder(training))/\(name)"
  }

  /// The places of the steps of trainings that may share states.
  package static func all(_ store: Store, training: Digest) throws(StoreError) -> [SegmentPlace] {
    try store.files.namesIfPresent(store.trainingFolder(training))
      .compactMap { SegmentPlace(store, training: training, name: $0) }
  }

  /// The files of all states, by digest.
  package var blocks: ObjectFolder { ObjectFolder(store: store, blocks: folder + "/blocks") }
  func path(of name: SegmentName) -> String { "\(folder)/\(name)" }

  /// The names of all states, ascending by their steps.
  func names() throws(StoreError) -> [SegmentName] {
    try store.files.namesIfPresent(folder).compactMap(SegmentName.init).sorted { $0.step < $1.step }
  }

  /// The digests of all blocks.
  func blockNames() throws(StoreError) -> [Digest] {
    try store.files.namesIfPresent(folder + "/blocks").compactMap(Digest.init(hex:))
  }

  /// A saved state, or nil; one that is damaged is quarantined.
  package func segment(_ name: SegmentName) throws(StoreError) -> Segment? {
    guard let bytes = try store.files.contents(path(of: name)) else { return nil }
    if let content = Sealed.open(bytes, name.key), let segment = try? Segment(decoding: content, name.step),
      segment.manifest.isSound
    {
      return segment
    }
    quarantine(name, "not a sealed state of its training")
    return nil
  }

  func write(_ segment: Segment, _ name: SegmentName) throws(StoreError) {
    try store.folder.write(Sealed.seal(segment.encoded(name.step), name.key), to: path(of: name), replacing: true)
  }

  func quarantine(_ name: SegmentName, _ reason: String) { store.folder.quarantine(path(of: name), reason) }
}

/// One saved state: its files, and whether it stays when the training has ended.
package struct Segment: Hashable, Sendable {
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
  /// The keys of the trainings of which states may be saved.
  package func trainingsWithStates() throws(StoreError) -> Set<Digest> {
    Set(try files.namesIfPresent(root + "/partial").compactMap { Digest(hex: $0) })
  }

  /// The folder of all trainings that may share states.
  package func trainingFolder(_ key: Digest) -> String { "\(root)/partial/\(key.hex)" }
}
