package import Artifacts
package import Files
internal import Synchronization
import System

/// The saved states of one training, and of others as far as they are the same: see `TrainingIdentity`.
///
/// Every step has a folder of its own, `partial/<training>/<step's key>`, and writes nowhere else, so that trainings
/// that run at once, in other workers or on other hosts, take nothing from each other. A state of another step is
/// copied when it is used; one that vanishes meanwhile, because its training went on, is a loss of time at most.
///
/// A block that did not change between two states is kept once. While a training runs, its two newest states are kept;
/// when its step has ended well, its last one is, for a later run with a longer horizon, and those that were saved to
/// be kept. The bytes are no objects of the store, so that removing a state frees its space.
package final class SegmentFolder: SegmentStore {
  /// The number of states that a running training keeps, besides those that are marked.
  package static let running = 2

  private let store: Store
  private let training: TrainingIdentity
  private let place: SegmentPlace
  private let scratch: String
  /// The last state that the training itself has saved.
  private let last = Mutex<Int?>(nil)
  /// Steps of the unit of the training's length.
  private let unit = Mutex(1)

  /// `scratch` is a folder on disk for local copies of what a state holds. With `run`, the training is computed anew
  /// for that run: of all saved states it sees those alone that it has saved for the same run, in a folder of their
  /// own.
  package init(_ store: Store, _ training: TrainingIdentity, scratch: String, anewFor run: String? = nil) {
    self.store = store
    self.training = training
    place = SegmentPlace(store, training: training.key, step: training.step.key, anewFor: run)
    self.scratch = scratch
  }

  package func setUnit(steps: Int) { unit.withLock { $0 = steps } }

  /// The newest state at or before `step` all of whose bytes are right. One that is damaged is quarantined.
  package func newest(atOrBefore step: Int) throws -> (step: Int, state: any InputArtifact)? {
    for (owner, name) in try candidates(atOrBefore: step) {
      guard let segment = try owner.segment(name),
        try owner.folder == place.folder ? verify(segment, name) : adopt(segment, name, of: owner)
      else { continue }
      let bytes = segment.manifest.encoded()
      let reference = ArtifactReference(
        kind: .trainingState, format: "", options: [:], layout: .tree, digest: .of(bytes), size: bytes.count)
      return (
        name.step, try StoredArtifact(place.blocks, reference, segment.manifest, inline: [:], scratch: scratch)
      )
    }
    return nil
  }

  /// Saves the state after `step` steps, all or nothing. `isKept`: it stays when later ones are saved.
  package func save(
    step: Int, isKept: Bool = false, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void
  ) throws {
    try put(name(of: step), isKept: isKept, write)
    last.withLock { $0 = step }
  }

  private func put(
    _ name: SegmentName, isKept: Bool, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void
  ) throws {
    let manifest: TreeManifest
    do { manifest = try writeBlocks(write) } catch StoreError.missing {
      // Another process that computes this very step has removed a block that seemed to be there.
      manifest = try writeBlocks(write)
    }
    try place.write(Segment(manifest: manifest, isKept: isKept), name)
    try prune(running: Self.running)
  }

  /// Call when the step has a result, with its lease in hand: marks the last state as kept, and removes those that only
  /// a crash would have needed.
  package func finish() throws {
    if let step = last.withLock({ $0 }), let segment = try place.segment(name(of: step)), !segment.isKept {
      try place.write(Segment(manifest: segment.manifest, isKept: true), name(of: step))
    }
    try prune(running: 0)
    if place.isAnew { try bringHome() }
    // The lease is held: states that other runs have begun anew, they have given up.
    for other in try SegmentPlace.all(store, training: training.key) where other.isAnew && other.step == place.step {
      _ = try store.files.removeAll(other.folder)
    }
  }

  /// Copies the states that a training which was computed anew has kept to the folder of its step.
  private func bringHome() throws {
    let home = SegmentFolder(store, training, scratch: scratch)
    for name in try place.names() {
      if let own = try home.place.segment(name), try home.verify(own, name) { continue }
      guard let segment = try place.segment(name) else { continue }
      _ = try home.adopt(segment, name, of: place, isKept: segment.isKept)
    }
    try home.prune(running: 0)
  }

  private func name(of step: Int) -> SegmentName {
    SegmentName(step: step, key: training.segmentKey(step: step, unit: unit.withLock { $0 }))
  }

  /// The number of steps, at most `limit`, after which a training was saved that can go on: `isOwn` when this very step
  /// was begun. Looks at names only. Others' states are found where the unit of the length is the step.
  package static func newest(
    _ store: Store, _ training: TrainingIdentity, atOrBefore limit: Int
  ) throws(StoreError) -> (step: Int, isOwn: Bool)? {
    let folder = SegmentFolder(store, training, scratch: "")
    return try folder.candidates(atOrBefore: limit).first.map { ($0.name.step, $0.owner.step == folder.place.step) }
  }

  /// The saved states that are states of this training too, the newest first, its own before others'.
  private func candidates(atOrBefore limit: Int) throws(StoreError) -> [(owner: SegmentPlace, name: SegmentName)] {
    var found: [(owner: SegmentPlace, name: SegmentName)] = []
    for owner in place.isAnew ? [place] : try SegmentPlace.all(store, training: training.key) {
      // All states of this very step are its own, whatever the steps of a unit.
      let isOwn = owner.step == place.step
      for name in try owner.names() where name.step <= limit && (isOwn || name == self.name(of: name.step)) {
        found.append((owner, name))
      }
    }
    let rank = { (entry: (owner: SegmentPlace, name: SegmentName)) in
      (-entry.name.step, entry.owner.folder == self.place.folder ? "" : entry.owner.folder)
    }
    return found.sorted { rank($0) < rank($1) }
  }

  /// Whether all bytes of an own state are right; a state of which some are not is quarantined.
  private func verify(_ segment: Segment, _ name: SegmentName) throws -> Bool {
    do {
      for entry in segment.manifest.entries { try place.blocks.verify(entry.digest, size: entry.size) }
      return true
    } catch StoreError.corrupt(let digest) {
      place.quarantine(name, "its block \(digest.short) is damaged")
    } catch StoreError.missing(let digest) {
      place.quarantine(name, "its block \(digest.short) is missing")
    }
    return false
  }

  /// Copies a state of another step and verifies it on the way; false when that cannot be done because it is damaged,
  /// which quarantines it, or has been removed.
  private func adopt(
    _ segment: Segment, _ name: SegmentName, of owner: SegmentPlace, isKept: Bool = false
  ) throws -> Bool {
    do {
      try put(name, isKept: isKept) { create in
        for entry in segment.manifest.entries {
          let writer = try create(entry.name)
          try owner.blocks.reader(entry.digest, size: entry.size).copy(to: writer)
          try writer.close()
        }
      }
      return true
    } catch StoreError.corrupt(let digest) {
      owner.quarantine(name, "its block \(digest.short) is damaged")
    } catch StoreError.missing(let digest) {
      if try owner.segment(name) != nil { owner.quarantine(name, "its block \(digest.short) is missing") }
    } catch let error as StoreError where error.isAbsent {}
    return false
  }

  private func writeBlocks(
    _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void
  ) throws -> TreeManifest {
    var writers: [(name: String, writer: ObjectWriter)] = []
    try write { name in
      guard FileName.isValid(name) else { throw OutputError.badName(port: "state", name: name, layout: .tree) }
      guard !writers.contains(where: { $0.name == name }) else { throw OutputError.twice(port: "state", name: name) }
      let writer = try place.blocks.writer()
      writers.append((name, writer))
      return writer
    }
    var sealed: [(name: String, object: SealedObject)] = []
    for (name, writer) in writers {
      guard let object = writer.sealed else { throw OutputError.notClosed(port: "state", name: name) }
      sealed.append((name, object))
    }
    try place.blocks.place(sealed.map(\.object))
    return TreeManifest(sealed.map { .init(name: $0.name, digest: $0.object.digest, size: $0.object.size) })
  }

  /// Removes all but the newest `running` of the states of this step that are not marked, then the blocks that only
  /// they had; when none is to stay, also blocks that a crash left without a state.
  private func prune(running: Int) throws(StoreError) {
    var segments: [(name: SegmentName, segment: Segment)] = []
    for name in try place.names() { if let segment = try place.segment(name) { segments.append((name, segment)) } }
    let removable = segments.filter { !$0.segment.isKept }.dropLast(running)
    let removed = Set(removable.map(\.name))
    let needed = segments.filter { !removed.contains($0.name) }.flatMap { $0.segment.manifest.entries.map(\.digest) }
    // Manifests first: a state never names a block that was removed.
    for name in removable.map(\.name) { try store.files.removeIfPresent(place.path(of: name)) }
    if !removed.isEmpty { try store.files.synchronize(folder: place.folder) }
    var freed = Set(removable.flatMap { $0.segment.manifest.entries.map(\.digest) })
    if running == 0 { freed.formUnion(try place.blockNames()) }
    for digest in freed.subtracting(needed).sorted() {
      try store.files.removeIfPresent(place.blocks.path(of: digest))
    }
  }
}
