package import Artifacts
package import Files
import Packs

/// Objects that were removed on purpose. Their records stay, and are hits until somebody needs the bytes.
///
/// The notes on an object are numbered: odd ones say that it goes, even ones that it was made again.
extension Store {
  /// Whether an object that is not there was evicted, and neither lost nor damaged.
  package func isEvicted(_ digest: Digest) throws(StoreError) -> Bool {
    try lastNote(on: digest) % 2 == 1
  }

  /// Notes of bytes that were not stored that they are missing on purpose, unless an object has them.
  package func noteAbsence(of digest: Digest) throws(StoreError) {
    guard try !contains(digest) else { return }
    let last = try lastNote(on: digest)
    if last % 2 == 0 { try addNote(last + 1, on: digest) }
  }

  /// Notes that an object is there, if it was evicted once: when it is lost, nobody has removed it on purpose.
  func withdrawEviction(of digest: Digest) throws(StoreError) {
    let last = try lastNote(on: digest)
    if last % 2 == 1 { try addNote(last + 1, on: digest) }
  }

  /// The number of the last note on an object; 0 without one.
  package func lastNote(on digest: Digest) throws(StoreError) -> Int {
    try evictions.entries(digest, isFresh: false).last?.number ?? 0
  }

  /// Adds a note, which a power failure within the next second may lose.
  package func addNote(_ number: Int, on digest: Digest) throws(StoreError) {
    try evictions.append(PackEntry(key: digest, number: number, head: [], body: []), isDurable: false)
  }

  /// The present by the clock of the file system that the store is on, with which the times of its files are compared.
  /// In a store that cannot be written the clock is this host's.
  package func now() throws(StoreError) -> Int64 {
    do { return try clock().time } catch StoreError.readOnly, StoreError.permission { return .now }
  }

  /// The present by the clock of the store's file system, and the device of that file system. Throws where nothing
  /// can be written.
  func clock() throws(StoreError) -> (device: UInt64, time: Int64) {
    let (path, file) = try folder.newTemporary(.readOnly)
    let status = try file.status()
    try file.close()
    try files.removeIfPresent(path)
    return (status.device, max(status.modified, status.changed))
  }
}
