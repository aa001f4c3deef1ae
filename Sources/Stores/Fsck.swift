internal import Artifacts

/// What a check of a whole store found.
package struct FsckReport: Hashable, Sendable {
  /// Something wrong, with its path in the store and what was done.
  package struct Problem: Hashable, Sendable {
    package let path: String
    package let reason: String
    /// Whether it is in `quarantine/` now; what is only strange is left alone.
    package let isQuarantined: Bool
  }
  package var objects = 0
  package var results = 0
  package var preimages = 0
  package var segments = 0
  /// Temporary files of processes that are no more, removed.
  package var removedTemporaries = 0
  /// Temporary files that a living process may still write, or of hosts that cannot be asked.
  package var temporaries = 0
  package var problems: [Problem] = []
}

extension Store {
  /// Temporary files of a host or boot that cannot be asked go after this many nanoseconds without a change: a week.
  static let temporaryAge: Int64 = 7 * 86_400 * 1_000_000_000

  /// Reads and verifies everything: objects, records, pre-images and saved states. What is bad is quarantined;
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
    try each("objects") { fsck, digest, _, path in
      fsck.report.objects += 1
      try fsck.checkObject(fsck.store.objects, digest, path)
      progress(fsck.checked)
    }
    try each("preimages") { fsck, digest, _, path in
      fsck.report.preimages += 1
      if try fsck.store.identity(digest) == nil { fsck.found(path, "not the sealed pre-image of its key") }
      progress(fsck.checked)
    }
    try each("results") { fsck, digest, suffix, path in
      fsck.report.results += 1
      try fsck.checkResult(digest, suffix, path)
      progress(fsck.checked)
    }
    try checkTrainings()
    try checkTemporaries()
    try checkTop()
  }

  /// Calls `body` with the digest, what follows it, and the path of each file of a sharded folder.
  private mutating func each(
    _ folder: String, _ body: (inout Fsck, Digest, String, String) throws -> Void
  ) throws {
    for shard in try store.files.namesIfPresent("\(store.root)/\(folder)") {
      let shardPath = "\(folder)/\(shard)"
      guard try store.files.status("\(store.root)/\(shardPath)").isFolder else {
        strange(shardPath)
        continue
      }
      for name in try store.files.namesIfPresent("\(store.root)/\(shardPath)") {
        let path = "\(shardPath)/\(name)"
        let suffix = String(name.dropFirst(62))
        guard let digest = Digest(hex: shard + name.prefix(62)), suffix.isEmpty != (folder == "results") else {
          strange(path)
          continue
        }
        checked += 1
        try body(&self, digest, suffix, path)
      }
    }
  }

  private mutating func checkObject(_ folder: ObjectFolder, _ digest: Digest, _ path: String) throws {
    do {
      try folder.verify(digest, size: nil)
    } catch StoreError.corrupt {
      found(path, "its bytes are not those of its digest")
    } catch StoreError.missing {
      // It was removed since the folder was listed.
    }
  }

  private mutating func checkResult(_ key: Digest, _ suffix: String, _ path: String) throws {
    guard suffix.hasPrefix("."), let attempt = Int(suffix.dropFirst()), attempt > 0 else { return strange(path) }
    guard let bytes = try store.files.contents(store.resultPath(key, attempt)) else { return }
    if let record = Store.record(bytes, key) {
      if !record.isSound { strange(path, "an output's manifest is not that of its digest") }
      return
    }
    // Reading the attempts quarantines what is bad and closes the gap.
    _ = try store.attempts(key)
    found(path, "not a sealed result record")
  }

  private mutating func checkTrainings() throws {
    for name in try store.files.namesIfPresent(store.root + "/partial") {
      guard let key = Digest(hex: name) else {
        strange("partial/\(name)")
        continue
      }
      for step in try store.files.namesIfPresent(store.trainingFolder(key)) where step != "blocks" {
        guard let number = Int(step) else {
          strange("partial/\(name)/\(step)")
          continue
        }
        report.segments += 1
        if try store.segment(key, number) == nil {
          found("partial/\(name)/\(step)", "not a sealed state of its training")
        }
      }
      for block in try store.files.namesIfPresent(store.trainingFolder(key) + "/blocks") {
        guard let digest = Digest(hex: block) else {
          strange("partial/\(name)/blocks/\(block)")
          continue
        }
        try checkObject(store.blocks(of: key), digest, "partial/\(name)/blocks/\(block)")
      }
    }
  }

  /// Removes temporary files of processes that are gone, and very old ones of which nothing can be told.
  private mutating func checkTemporaries() throws {
    let tops = try store.files.namesIfPresent(store.root).filter { $0.hasPrefix("FORMAT~") }
    let names = try store.files.namesIfPresent(store.temporaryFolder).map { ("tmp/" + $0, $0) }
    for (path, name) in names + tops.map({ ($0, String($0.dropFirst("FORMAT~".count))) }) {
      guard let owner = Owner(name: name) else {
        strange(path)
        continue
      }
      guard let status = try? store.files.status(store.root + "/" + path) else { continue }
      if owner.isKnownToBeGone || Int64.now - status.modified > Store.temporaryAge {
        if status.isFolder { ScratchFolder.remove(store.root + "/" + path) } else {
          try store.files.removeIfPresent(store.root + "/" + path)
        }
        report.removedTemporaries += 1
      } else {
        report.temporaries += 1
      }
    }
  }

  private mutating func checkTop() throws {
    let known = [
      "FORMAT", "README.md", ".gitignore", ".gitkeep", "objects", "results", "preimages", "partial", "runs", "tmp",
      "quarantine", "stat-cache", "leases", "pins",
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
  /// Whether the trees that it tells of are those that it names.
  var isSound: Bool {
    guard case .outputs(let outputs) = outcome else { return true }
    return outputs.values.allSatisfy { output in
      guard let manifest = output.manifest else { return output.artifact.layout == .file }
      return manifest.isSound && Digest.of(manifest.encoded()) == output.artifact.digest
    }
  }
}
