package import Artifacts

/// Objects that were removed on purpose. Their records stay, and are hits until somebody needs the bytes.
///
/// The notes on an object are numbered: odd ones say that it goes, even ones that it was made again.
extension Store {
  /// Whether an object that is not there was evicted, and neither lost nor damaged.
  package func isEvicted(_ digest: Digest) throws(StoreError) -> Bool {
    try lastNote(on: digest) % 2 == 1
  }

  /// Notes that an object is there, if it was evicted once: when it is lost, nobody has removed it on purpose.
  func withdrawEviction(of digest: Digest) throws(StoreError) {
    let last = try lastNote(on: digest)
    if last % 2 == 1 { try addNote(last + 1, on: digest) }
  }

  private func lastNote(on digest: Digest) throws(StoreError) -> Int {
    try evictions.entries(digest, isFresh: false).last?.number ?? 0
  }

  private func addNote(_ number: Int, on digest: Digest) throws(StoreError) {
    try evictions.append(PackEntry(key: digest, number: number, head: [], body: []), isDurable: false)
  }

  /// Removes objects, which a durable note precedes. `isNeeded` is asked of each at the last moment. Returns the bytes
  /// that were freed.
  @discardableResult
  package func evict(
    _ digests: [Digest], unless isNeeded: (Digest, Census.Holding) -> Bool = { _, _ in false }
  ) throws(StoreError) -> Int {
    func idle(_ digest: Digest) throws(StoreError) -> Census.Holding? {
      guard let holding = try holding(ofObject: digest), !isNeeded(digest, holding) else { return nil }
      return holding
    }
    for digest in digests {
      let last = try lastNote(on: digest)
      if last % 2 == 0, try idle(digest) != nil { try addNote(last + 1, on: digest) }
    }
    try evictions.synchronize()
    var freed = 0
    for digest in digests {
      guard let holding = try idle(digest) else { continue }
      do { try files.removeIfPresent(objects.path(of: digest)) } catch StoreError.permission {
        // Another user's stays.
        continue
      }
      freed += holding.bytes
    }
    return freed
  }

  /// The folders in which trainings have saved states, each of one step. Its manifests are removed before its folder of
  /// blocks: none ever names a block that is gone.
  func stateFolders() throws(StoreError) -> [(step: Digest, path: String)] {
    var result: [(step: Digest, path: String)] = []
    for training in try files.namesIfPresent(root + "/partial").compactMap({ Digest(hex: $0) }) {
      result += try SegmentPlace.all(self, training: training).map { ($0.step, $0.folder) }
    }
    return result
  }

  /// The present by the clock of the file system that the store is on, with which the times of its files are compared.
  /// By this host's clock where nothing can be written there.
  package func now() throws(StoreError) -> Int64 {
    do { return try clock().time } catch StoreError.readOnly, StoreError.permission { return .now }
  }

  /// The same, and the device of that file system.
  func clock() throws(StoreError) -> (device: UInt64, time: Int64) {
    let (path, file) = try newTemporary(.readOnly)
    let status = try file.status()
    try file.close()
    try files.removeIfPresent(path)
    return (status.device, max(status.modified, status.changed))
  }
}
