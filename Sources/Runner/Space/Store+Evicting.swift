package import Artifacts
package import Files
import Packs
import Stores

/// Removing objects on purpose.
extension Store {
  /// Removes objects, which a durable note precedes. `isNeeded` is asked of each at the last moment. Returns the bytes
  /// that were freed.
  @discardableResult
  package func evict(
    _ digests: [Digest], unless isNeeded: (Digest, Holding) -> Bool = { _, _ in false }
  ) throws(StoreError) -> Int {
    func idle(_ digest: Digest) throws(StoreError) -> Holding? {
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
        // An object of another user stays.
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
}
