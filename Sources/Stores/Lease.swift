package import Artifacts
import Glibc
internal import Synchronization

/// A lease as others see it: who works on a step, and how often that process has given a sign of life.
///
/// Leases are files `leases/<key>.<generation>`: one line that names the owner, and a dot for each sign of life. A
/// generation is made by a move that refuses to replace, so it has one owner; a lease whose owner is gone is taken over
/// by making the next generation. No clock is compared: an observer waits until the number of signs has not changed for
/// a while by its own clock. Nobody removes another's lease but the one who took it over, and there is nothing to
/// unlock.
package struct LeaseSighting: Hashable, Sendable, Codable {
  package let generation: Int
  /// The owner's temporary name, which tells host and process.
  package let owner: String
  /// Grows with each sign of life.
  package let signs: Int

  /// Whether this process can tell that the owner is no more, as after `kill -9` on this host.
  package var isKnownToBeGone: Bool { Owner(name: owner)?.isKnownToBeGone ?? false }

  /// `host, process 4711`
  package var words: String { Owner(name: owner).map { "\($0.host), process \($0.process)" } ?? "another process" }
}

/// A lease that this process holds.
package final class Lease: Sendable {
  /// Seconds without a sign of life after which a lease may be taken over: `BIOARC_LEASE_SECONDS`, else 60. It must
  /// exceed the time that a shared file system takes to show a change.
  package static let expiry: Double = getenv("BIOARC_LEASE_SECONDS").flatMap { Double(String(cString: $0)) } ?? 60

  private let store: Store
  private let key: Digest
  private let generation: Int
  private let owner: String
  /// The open file, until the lease is released.
  private let file: Mutex<LeaseFile?>

  fileprivate init(_ store: Store, _ key: Digest, _ generation: Int, owner: String, file: any OpenFile) {
    self.store = store
    self.key = key
    self.generation = generation
    self.owner = owner
    self.file = Mutex(LeaseFile(file: file))
  }

  /// Gives a sign of life. A file that somebody else has removed is written to in vain, which is no error.
  package func sign() {
    file.withLock { file in
      let dot = [UInt8(ascii: ".")]
      try? file?.file.write(dot)
      if store.isShared { try? file?.file.synchronize() }
    }
  }

  /// Whether nobody has taken it over.
  package var isHeld: Bool {
    guard let seen = try? store.sighting(of: key) else { return false }
    return seen.generation == generation && seen.owner == owner
  }

  /// Ends the lease, newest generation first, so that what is left after a crash in between is a lease of the past.
  package func release() {
    file.withLock { $0 = nil }
    guard isHeld else { return }
    for generation in stride(from: generation, through: 1, by: -1) {
      try? store.files.removeIfPresent(store.leasePath(key, generation))
    }
  }
}

/// An open file that one lease owns; it is only touched under the lease's lock.
private struct LeaseFile: @unchecked Sendable {
  let file: any OpenFile
}

extension Store {
  func leasePath(_ key: Digest, _ generation: Int) -> String { "\(root)/leases/\(key.hex).\(generation)" }

  /// Who works on a step now, or nil.
  package func sighting(of key: Digest) throws(StoreError) -> LeaseSighting? {
    let front = key.hex + "."
    let names = try files.namesIfPresent(root + "/leases").filter { $0.hasPrefix(front) }
    // The newest counts, whatever is left of those before it.
    for generation in names.compactMap({ Int($0.dropFirst(front.count)) }).sorted(by: >) {
      guard let bytes = try files.contents(leasePath(key, generation)) else { continue }
      let owner = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return LeaseSighting(generation: generation, owner: owner, signs: bytes.count)
    }
    return nil
  }

  /// Takes the lease of a step: nil when somebody else has it. A lease that is `stale`, as the caller saw it long
  /// enough, or whose owner is known to be gone, is taken over.
  package func lease(_ key: Digest, stale: LeaseSighting? = nil) throws(StoreError) -> Lease? {
    let current = try sighting(of: key)
    if let current, current != stale, !current.isKnownToBeGone { return nil }
    let generation = (current?.generation ?? 0) + 1
    let owner = Owner.current.newName()
    let (temporary, file) = try newTemporary(.writable)
    do {
      try file.write(Array((owner + "\n").utf8))
      if isShared { try file.synchronize() }
      try place(temporary, at: leasePath(key, generation), replacing: false)
    } catch {
      try? files.remove(temporary)
      if error.isTaken { return nil }
      throw error
    }
    return Lease(self, key, generation, owner: owner, file: file)
  }

  /// Removes leases whose owners are known to be gone; fsck calls it, nothing depends on it.
  func sweepLeases() throws(StoreError) -> Int {
    let names = try files.namesIfPresent(root + "/leases")
    var removed = 0
    for key in Set(names.compactMap { Digest(hex: $0.prefix(64)) }).sorted() {
      guard let seen = try sighting(of: key), seen.isKnownToBeGone else { continue }
      for generation in stride(from: seen.generation, through: 1, by: -1) {
        try files.removeIfPresent(leasePath(key, generation))
      }
      removed += 1
    }
    return removed
  }
}
