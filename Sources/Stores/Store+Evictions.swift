package import Artifacts

/// Objects that were removed on purpose. Their records stay, and are hits until somebody needs the bytes.
extension Store {
  /// Whether an object that is not there was evicted, and neither lost nor damaged.
  func isEvicted(_ digest: Digest) throws(StoreError) -> Bool {
    try !evictions.entries(digest, isFresh: false).isEmpty
  }

  /// Removes objects, which a durable note precedes.
  package func evict(_ digests: [Digest]) throws(StoreError) {
    for digest in digests where try !isEvicted(digest) {
      try evictions.append(PackEntry(key: digest, number: 1, head: [], body: []), isDurable: false)
    }
    try evictions.synchronize()
    for digest in digests { try files.removeIfPresent(objects.path(of: digest)) }
  }
}
