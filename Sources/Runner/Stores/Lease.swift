package import Artifacts
package import Files
import Glibc
internal import Synchronization
import System

/// A lease that this process holds.
///
/// Leases are files `leases/<key>.<generation>`: one line that names the owner, and a dot for each sign of life. A
/// generation is made by a move that refuses to replace, so it has one owner; a lease whose owner is gone is taken over
/// by making the next generation. The process that has made one looks at the folder again, for a lease may have ended
/// and another begun in between: it keeps its own only if that is the newest and all older ones are those that it meant
/// to take over. No clock is compared: an observer waits until the number of signs has not changed for a while by its
/// own clock. A process removes only its own leases and those that it has taken over; there is nothing to unlock.
package final class Lease: Sendable {
  /// Seconds without a sign of life after which a lease may be taken over: `BIOARC_LEASE_SECONDS` from 0.1
  /// to a million, else 60. It must exceed the time that a shared file system takes to show a change.
  package static let expiry: Double = {
    let stated = getenv("BIOARC_LEASE_SECONDS").flatMap { Double(String(cString: $0)) }
    return stated.flatMap { (0.1...1e6).contains($0) ? $0 : nil } ?? 60
  }()

  private let store: Store
  private let key: Digest
  private let own: LeaseSighting
  /// The leases that this one has taken over, the newest first.
  private let past: [LeaseSighting]
  /// The open file, until the lease is released.
  private let file: Mutex<LeaseFile?>

  fileprivate init(_ store: Store, _ key: Digest, _ own: LeaseSighting, past: [LeaseSighting], file: any OpenFile) {
    self.store = store
    self.key = key
    self.own = own
    self.past = past
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
    return seen.isSameLease(as: own)
  }

  /// Ends the lease, newest generation first, so that a file left after a crash in between is a lease of the past.
  package func release() {
    file.withLock { $0 = nil }
    guard isHeld else { return }
    for lease in [own] + past { try? store.remove(lease, of: key) }
  }
}

/// An open file that one lease owns; it is only touched under the lease's lock.
private struct LeaseFile: @unchecked Sendable {
  let file: any OpenFile
}

extension Store {
  func leasePath(_ key: Digest, _ generation: Int) -> String { "\(root)/leases/\(key.hex).\(generation)" }

  /// The lease of the process that works on a step now, or nil.
  package func sighting(of key: Digest) throws(StoreError) -> LeaseSighting? { try sightings(of: key).first }

  /// The newest lease of a step, which counts, and the rest of those before it.
  private func sightings(of key: Digest) throws(StoreError) -> [LeaseSighting] {
    let front = key.hex + "."
    let names = try files.namesIfPresent(root + "/leases").filter { $0.hasPrefix(front) }
    var found: [LeaseSighting] = []
    for generation in names.compactMap({ Int($0.dropFirst(front.count)) }).sorted() {
      if let seen = try sighting(of: key, generation) { found.append(seen) }
    }
    // A shared file system may list a folder as it was a while ago, but tells the truth about a name.
    while let seen = try sighting(of: key, (found.last?.generation ?? 0) + 1) { found.append(seen) }
    return found.reversed()
  }

  private func sighting(of key: Digest, _ generation: Int) throws(StoreError) -> LeaseSighting? {
    guard let bytes = try files.contents(leasePath(key, generation)) else { return nil }
    let owner = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return LeaseSighting(generation: generation, owner: owner, signs: bytes.count)
  }

  /// Removes the file of a lease, unless it is another's by now.
  fileprivate func remove(_ lease: LeaseSighting, of key: Digest) throws(StoreError) {
    guard let seen = try sighting(of: key, lease.generation), seen.isSameLease(as: lease) else { return }
    try files.removeIfPresent(leasePath(key, lease.generation))
  }

  /// Takes the lease of a step: nil when somebody else has it. A lease that is `stale`, as the caller saw it long
  /// enough, or whose owner is known to be gone, is taken over.
  package func lease(_ key: Digest, stale: LeaseSighting? = nil) throws(StoreError) -> Lease? {
    let past = try sightings(of: key)
    if let current = past.first, current != stale, !current.isKnownToBeGone { return nil }
    let own = LeaseSighting(
      generation: (past.first?.generation ?? 0) + 1, owner: ProcessIdentity.current.newName(), signs: 0)
    let (temporary, file) = try folder.newTemporary(.writable)
    do {
      try file.write(Array((own.owner + "\n").utf8))
      if isShared { try file.synchronize() }
      try folder.place(temporary, at: leasePath(key, own.generation), replacing: false)
    } catch {
      try? files.remove(temporary)
      if error.isTaken { return nil }
      throw error
    }
    let now = (try? sightings(of: key)) ?? []
    let isNewest = now.first?.isSameLease(as: own) ?? false
    guard isNewest, now.dropFirst().allSatisfy({ seen in past.contains(where: seen.isSameLease) }) else {
      try remove(own, of: key)
      return nil
    }
    return Lease(self, key, own, past: past, file: file)
  }

  /// Removes leases whose owners are known to be gone; fsck calls it, nothing depends on it.
  package func sweepLeases() throws(StoreError) -> Int {
    let names = try files.namesIfPresent(root + "/leases")
    var removed = 0
    for key in Set(names.compactMap { Digest(hex: $0.prefix(64)) }).sorted() {
      let found = try sightings(of: key)
      guard let seen = found.first, seen.isKnownToBeGone else { continue }
      for lease in found { try remove(lease, of: key) }
      removed += 1
    }
    return removed
  }
}
