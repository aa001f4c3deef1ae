internal import Artifacts
import Files
import Packs
import Stores
import System

/// The findings of a check of a whole store.
package struct FsckReport: Hashable, Sendable {
  /// A fault, with its path in the store and what was done.
  package struct Problem: Hashable, Sendable {
    package let path: String
    package let reason: String
    /// Whether the file is in `quarantine/` now; one that is only strange is left alone.
    package let isQuarantined: Bool
  }
  package var objects = 0
  package var results = 0
  package var preimages = 0
  package var segments = 0
  /// Temporary files of processes that are no more, removed.
  package var removedTemporaries = 0
  /// Temporary files that a living process may still write, of hosts that cannot be asked, or of other users.
  package var temporaries = 0
  package var problems: [Problem] = []
}

extension Store {
  /// Temporary files of a host or boot that cannot be asked go after this many nanoseconds without a change: a week.
  static let temporaryAge: Int64 = 7 * 86_400 * 1_000_000_000

  /// Reads and verifies everything: objects, records, pre-images and saved states. Bad files are quarantined;
  /// temporary files of dead processes are removed. `progress` is told a count of checked files from time to time.
  package func fsck(progress: (Int) -> Void = { _ in }) throws -> FsckReport {
    var check = Fsck(store: self)
    try check.run(progress)
    return check.report
  }
}

/// One check in progress.
private struct Fsck {
  let store: Store
  var report = FsckReport()
  private var checked = 0

  init(store: Store) { self.store = store }

  mutating func run(_ progress: (Int) -> Void) throws {
    try checkObjects(progress)
    try checkPacks(store.preimages, progress) { fsck, entry in
      fsck.report.preimages += 1
      return (try? Store.preimage(entry.body, entry.key)) != nil
    }
    try checkPacks(store.results, progress) { fsck, entry in
      fsck.report.results += 1
      guard let record = try? ResultRecord(decoding: entry.body) else { return false }
      return record.isSound && ResultRow(record).encoded() == entry.head
    }
    try checkPacks(store.evictions, progress) { _, entry in entry.head.isEmpty && entry.body.isEmpty }
    try checkPins()
    try checkTrainings()
    try checkTemporaries()
    report.removedTemporaries += try store.sweepLeases()
    try checkTop()
  }

  private mutating func checkObjects(_ progress: (Int) -> Void) throws {
    for shard in try store.files.namesIfPresent(store.root + "/objects") {
      guard try store.files.status("\(store.root)/objects/\(shard)").isFolder else {
        strange("objects/\(shard)")
        continue
      }
      for name in try store.files.namesIfPresent("\(store.root)/objects/\(shard)") {
        guard let digest = Digest(hex: shard + name) else {
          strange("objects/\(shard)/\(name)")
          continue
        }
        checked += 1
        report.objects += 1
        try checkObject(store.objects, digest, "objects/\(shard)/\(name)")
        progress(checked)
      }
    }
  }

  /// Reads every entry of a folder of packs; `isRight` is asked of each that is sealed.
  private mutating func checkPacks(
    _ packs: PackFolder, _ progress: (Int) -> Void, _ isRight: (inout Fsck, PackEntry) -> Bool
  ) throws {
    for name in try store.files.namesIfPresent(packs.folder) where !PackFolder.isName(name) {
      strange("\(packs.name)/\(name)")
    }
    try packs.forEach { entry in
      checked += 1
      if !isRight(&self, entry) { strange("\(packs.name): \(entry.key.hex)", "a sealed entry that says nothing") }
      progress(checked)
    }
    for place in packs.takeDamage() { found(place, "not a sealed entry of its key") }
  }

  private mutating func checkObject(_ folder: ObjectFolder, _ digest: Digest, _ path: String) throws {
    do {
      try folder.verify(digest, size: nil)
    } catch StoreError.corrupt {
      found(path, "its bytes are not those of its digest")
    } catch StoreError.missing {
      // The file was removed since the folder was listed.
    }
  }

  private mutating func checkPins() throws {
    for name in try store.files.namesIfPresent(store.root + "/pins") {
      if !NameRules.isPin(name) {
        strange("pins/\(name)")
      } else if try store.pin(name) == nil {
        found("pins/\(name)", "not a sealed pin")
      }
    }
  }

  private mutating func checkTrainings() throws {
    for name in try store.files.namesIfPresent(store.root + "/partial") {
      guard let key = Digest(hex: name) else {
        strange("partial/\(name)")
        continue
      }
      for owner in try store.files.namesIfPresent(store.trainingFolder(key)) {
        guard let place = SegmentPlace(store, training: key, name: owner) else {
          strange("partial/\(name)/\(owner)")
          continue
        }
        try check(place, "partial/\(name)/\(owner)")
      }
    }
  }

  private mutating func check(_ place: SegmentPlace, _ path: String) throws {
    for text in try store.files.namesIfPresent(place.folder) where text != "blocks" {
      guard let name = SegmentName(text) else {
        strange("\(path)/\(text)")
        continue
      }
      report.segments += 1
      if try place.segment(name) == nil {
        found("\(path)/\(text)", "not a sealed state of its training")
      }
    }
    for block in try store.files.namesIfPresent(place.folder + "/blocks") {
      guard let digest = Digest(hex: block) else {
        strange("\(path)/blocks/\(block)")
        continue
      }
      try checkObject(place.blocks, digest, "\(path)/blocks/\(block)")
    }
  }

  /// Removes temporary files of processes that are gone, and very old ones of which nothing can be told.
  private mutating func checkTemporaries() throws {
    let tops = try store.files.namesIfPresent(store.root).filter { $0.hasPrefix("FORMAT~") }
    let names = try store.files.namesIfPresent(store.folder.temporaryFolder).map { ("tmp/" + $0, $0) }
    for (path, name) in names + tops.map({ ($0, String($0.dropFirst("FORMAT~".count))) }) {
      guard let owner = ProcessIdentity(name: name) else {
        strange(path)
        continue
      }
      guard let status = try? store.files.status(store.root + "/" + path) else { continue }
      let isLeft = owner.isKnownToBeGone || Int64.now - status.modified > Store.temporaryAge
      if isLeft, try store.files.removeAll(store.root + "/" + path) {
        report.removedTemporaries += 1
      } else {
        report.temporaries += 1
      }
    }
  }

  private mutating func checkTop() throws {
    let known = [
      "FORMAT", "README.md", ".gitignore", ".gitkeep", "objects", "results", "preimages", "partial", "runs", "tmp",
      "quarantine", "stat-cache", "leases", "pins", "evictions", "pushes", "fetches",
    ]
    for name in try store.files.names(store.root) where !known.contains(name) && !name.hasPrefix("FORMAT~") {
      strange(name)
    }
  }

  private mutating func found(_ path: String, _ reason: String) {
    report.problems.append(.init(path: path, reason: reason, isQuarantined: true))
  }

  private mutating func strange(_ path: String, _ reason: String = "not a file that this program makes") {
    report.problems.append(.init(path: path, reason: reason, isQuarantined: false))
  }
}

extension ResultRecord {
  /// Whether the manifest of each tree is sound and is the one that the record names by its digest.
  var isSound: Bool {
    guard case .outputs(let outputs) = outcome else { return true }
    return outputs.values.allSatisfy { output in
      guard let manifest = output.manifest else { return output.artifact.layout == .file }
      return manifest.isSound && Digest.of(manifest.encoded()) == output.artifact.digest
    }
  }
}
