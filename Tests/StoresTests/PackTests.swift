import Artifacts
import Stores
import Synchronization
import Testing

@testable import Files
@testable import Packs
@testable import Space

/// Results and pre-images lie many to a file: logs of processes, merged into packs.
@Suite struct PackTests {
  /// The places at which the entries of a file begin.
  private func entries(_ path: String, _ test: TestStore) throws -> [Int] {
    let bytes = try test.store.files.contents(path)!
    return bytes.indices.filter { bytes[$0...].starts(with: Array("bpk1".utf8)) }
  }

  @Test(arguments: Backend.allCases) func `merged logs are one pack`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    for round in 0..<3 {
      let store = try test.reopened()
      for item in 0..<50 { _ = try store.publish(record("\(round) \(item)"), key("\(round) \(item)")) }
      try store.close()
    }
    #expect(try test.resultFiles().count == 3)
    try test.store.merge()
    #expect(try test.resultFiles().count == 1 && test.resultFiles()[0].hasSuffix(".pack"))
    for store in [test.store, try test.reopened()] {
      for round in 0..<3 {
        for item in 0..<50 { #expect(try store.result(key("\(round) \(item)")) == record("\(round) \(item)")) }
      }
      #expect(try store.result(key("none")) == nil)
    }
    #expect(try test.store.fsck().results == 150)
  }

  /// Rows that are read together are those that are read one by one: of packs and logs, of keys with several results,
  /// with none, and with one that is damaged.
  @Test(arguments: Backend.allCases) func `rows read together are those read one by one`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    var keys = [key("none")]
    for round in 0..<3 {
      let store = try test.reopened()
      for item in 0..<200 {
        keys.append(key("\(round) \(item)"))
        // Some of the entries are long, so that the next is far.
        let text = String(repeating: "long", count: item % 50 == 0 ? 5000 : 1)
        _ = try store.publish(record("\(round) \(item) \(text)"), keys.last!)
      }
      if round > 0 { _ = try store.publish(record("again"), key("\(round - 1) 7")) }
      try store.close()
      if round < 2 { try test.store.merge() }
    }
    for path in try test.resultFiles() { try test.damage(path, at: entries(path, test)[20] + 60) }
    let store = try test.reopened()
    var rows = [ResultRow?](repeating: nil, count: keys.count)
    try store.forEachRow(of: keys) { rows[$0] = $1 }
    let one = try test.reopened()
    #expect(try rows == keys.map { try one.row($0) })
    #expect(rows[0] == nil && rows.count { $0 == nil } > 1)
  }

  /// The number of files stays logarithmic, and no entry is lost on the way.
  @Test func `packs grow geometrically`() throws {
    let test = try TestStore(.memory)
    for round in 0..<64 {
      _ = try test.store.publish(record("\(round)"), key("\(round)"))
      try test.store.merge()
      #expect(try test.resultFiles().count <= 8)
    }
    let store = try test.reopened()
    for round in 0..<64 { #expect(try store.result(key("\(round)")) == record("\(round)")) }
  }

  /// Many short-lived writers, as a cluster's jobs are, leave no heap of open files behind.
  @Test func `many ended logs leave few files`() throws {
    let test = try TestStore(.memory)
    for round in 0..<250 {
      let writer = try test.reopened()
      _ = try writer.publish(record("\(round)"), key("\(round)"))
      try writer.close()
      try test.store.refresh()
      try test.store.mergeIfMany()
      #expect(try test.resultFiles().count <= 110)
    }
    for round in 0..<250 { #expect(try test.store.result(key("\(round)")) == record("\(round)")) }
  }

  @Test(arguments: Backend.allCases) func `results of other processes are seen`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let other = try test.reopened()
    _ = try other.publish(record("a"), key("a"))
    #expect(try test.store.row(key("a")) == ResultRow(record("a")))
    _ = try other.publish(record("b"), key("b"))
    #expect(try test.store.row(key("b")) == nil, "no look at the disk was asked for")
    #expect(try test.store.result(key("b")) == record("b"))
    // A file that somebody merges away is found again.
    try other.merge()
    #expect(try test.store.result(key("a")) == record("a"))
    _ = try test.store.publish(record("c"), key("c"))
    #expect(try other.result(key("c")) == record("c"))
  }

  /// Any flipped bit of a closed log or of a pack: found, set aside and told; a wrong record is never returned, and the
  /// next process finds a sound store.
  @Test(arguments: [false, true]) func `every flipped bit of a log or pack is found`(isMerged: Bool) throws {
    let length = try damaged(isMerged: isMerged, at: nil)
    for offset in 0..<length { _ = try damaged(isMerged: isMerged, at: offset) }
  }

  private func damaged(isMerged: Bool, at offset: Int?) throws -> Int {
    let test = try TestStore(.memory)
    _ = try test.store.publish(record("a"), key("step"))
    _ = try test.store.publish(record("other"), key("other"))
    if isMerged { try test.store.merge() } else { try test.store.close() }
    let path = try test.resultFiles()[0]
    let length = try test.store.files.contents(path)!.count
    guard let offset else { return length }
    try test.damage(path, at: offset)
    let store = try test.reopened()
    let (found, other) = (try store.result(key("step")), try store.result(key("other")))
    #expect(found == nil || found == record("a"), "offset \(offset)")
    #expect(other == nil || other == record("other"), "offset \(offset)")
    #expect(found != nil || other != nil, "one flipped bit takes one entry: offset \(offset)")
    #expect(!test.events.all.isEmpty, "offset \(offset)")
    let told = test.events.all.count
    let next = try test.reopened()
    #expect(try next.fsck().problems.isEmpty, "offset \(offset)")
    #expect(try next.result(key("step")) == found && next.result(key("other")) == other, "offset \(offset)")
    #expect(test.events.all.count == told, "offset \(offset)")
    _ = try next.publish(record("a"), key("step"))
    #expect(try next.result(key("step")) == record("a"))
    return length
  }

  /// The newest good attempt is current, whichever are bad.
  @Test(arguments: [false, true]) func `the newest good attempt is the current one`(isMerged: Bool) throws {
    for pattern in 1..<8 {
      let test = try TestStore(.memory)
      for text in ["a", "b", "c"] { _ = try test.store.publish(record(text), key("step")) }
      if isMerged { try test.store.merge() } else { try test.store.close() }
      let path = try test.resultFiles()[0]
      let offsets = try entries(path, test)
      for attempt in 0..<3 where pattern >> attempt & 1 == 1 { try test.damage(path, at: offsets[attempt] + 60) }
      let good = ["a", "b", "c"].enumerated().filter { pattern >> $0.offset & 1 == 0 }.map { record($0.element) }
      let store = try test.reopened()
      #expect(try store.result(key("step")) == good.last)
      #expect(try store.attempts(key("step")) == good)
      _ = try store.publish(record("d"), key("step"))
      #expect(try test.reopened().result(key("step")) == record("d"))
    }
  }

  /// The entry that a killed process was writing is not there, and hurts nobody.
  @Test func `the torn end of a log hurts nobody`() throws {
    let whole = try TestStore(.memory)
    _ = try whole.store.publish(record("a"), key("a"))
    let first = try whole.store.files.status(whole.resultFiles()[0]).size
    _ = try whole.store.publish(record("b"), key("b"))
    let bytes = try whole.store.files.contents(whole.resultFiles()[0])!
    for length in first..<bytes.count {
      let test = try TestStore(.memory)
      _ = try test.store.publish(record("x"), key("x"))
      let path = try test.resultFiles()[0]
      try test.overwrite(path, Array(bytes[..<length]))
      let store = try test.reopened()
      #expect(try store.result(key("a")) == record("a"))
      #expect(try store.result(key("b")) == nil)
      #expect(test.events.all.isEmpty)
      _ = try store.publish(record("b"), key("b"))
      #expect(try test.reopened().result(key("b")) == record("b"))
    }
  }

  @Test func `an older store is refused`() throws {
    let test = try TestStore(.memory)
    try test.overwrite(test.store.root + "/FORMAT", Array("bioarc-store 1\n".utf8))
    #expect(throws: StoreError.olderFormat(path: test.store.root, found: "bioarc-store 1")) { try test.reopened() }
  }
}

@Suite struct LeaseTests {
  /// A name of a process of this host that is no more.
  private func gone(_ name: String) -> String {
    var parts = name.split(separator: "~").map(String.init)
    parts[3] = "1"
    return parts.joined(separator: "~")
  }

  @Test(arguments: Backend.allCases) func `a lease has one owner`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let other = try test.reopened()
    let lease = try #require(try test.store.lease(key("a")))
    #expect(lease.isHeld)
    #expect(try other.lease(key("a")) == nil)
    #expect(try other.lease(key("b")) != nil)
    let before = try #require(try other.sighting(of: key("a")))
    #expect(before.generation == 1 && !before.isKnownToBeGone)
    lease.sign()
    let after = try #require(try other.sighting(of: key("a")))
    #expect(after.signs == before.signs + 1 && after.owner == before.owner)
    // It has moved since, so it is not stale.
    #expect(try other.lease(key("a"), stale: before) == nil)
    lease.release()
    #expect(try other.sighting(of: key("a")) == nil)
    #expect(try other.lease(key("a")) != nil)
  }

  @Test(arguments: Backend.allCases) func `a stale lease is taken over by one alone`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let first = try #require(try test.store.lease(key("a")))
    let seen = try #require(try test.store.sighting(of: key("a")))
    let second = try #require(try test.reopened().lease(key("a"), stale: seen))
    #expect(!first.isHeld && second.isHeld)
    #expect(try test.reopened().lease(key("a"), stale: seen) == nil, "of two that take over, one does")
    // The first comes back to life: it disturbs nothing.
    first.sign()
    first.release()
    #expect(second.isHeld)
    second.release()
    #expect(try test.store.sighting(of: key("a")) == nil)
    #expect(try test.store.files.names(test.store.root + "/leases") == [])
  }

  /// Between a look at a stale lease and its taking over, its owner ends it and somebody else begins anew: the new one
  /// is not overtaken.
  @Test(arguments: Backend.allCases) func `a lease that began meanwhile is not overtaken`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let first = try #require(try test.store.lease(key("a")))
    let seen = try #require(try test.store.sighting(of: key("a")))
    let files = InterruptedFileSystem(test.store.files)
    let late = try Store(root: test.store.root, fileSystem: files, create: false)
    let second = Mutex<Lease?>(nil)
    files.before(.move) {
      first.release()
      let lease = try test.store.lease(key("a"))
      second.withLock { $0 = lease }
    }
    #expect(try late.lease(key("a"), stale: seen) == nil)
    #expect(second.withLock { $0 }?.isHeld == true)
    #expect(try test.store.files.names(test.store.root + "/leases").count == 1)
    second.withLock { $0 }?.release()
    // If nobody has begun anew, a stale lease may end meanwhile.
    let third = try #require(try test.store.lease(key("a")))
    let again = try #require(try test.store.sighting(of: key("a")))
    files.before(.move) { third.release() }
    let fourth = try #require(try late.lease(key("a"), stale: again))
    #expect(fourth.isHeld)
    // A process that saw nothing before that gives way too.
    fourth.release()
    files.before(.move) {
      let file = try test.store.files.append("\(test.store.root)/leases/\(key("a").hex).2")
      try Array("somebody\n".utf8).withUnsafeBytes { try file.write($0) }
    }
    #expect(try late.lease(key("a")) == nil)
    #expect(try test.store.files.names(test.store.root + "/leases") == ["\(key("a").hex).2"])
  }

  /// A process that is stopped while it ends its lease, and taken over, does not remove the lease that comes after.
  @Test(arguments: Backend.allCases) func `an owner stopped while ending removes no later lease`(_ backend: Backend)
    throws
  {
    let test = try TestStore(backend)
    let files = InterruptedFileSystem(test.store.files)
    let slow = try #require(
      try Store(root: test.store.root, fileSystem: files, create: false).lease(key("a")))
    let third = Mutex<Lease?>(nil)
    // It has seen that it holds the lease: its file, and no other.
    files.before(.contents, call: 3) {
      let seen = try test.store.sighting(of: key("a"))
      try #require(try test.store.lease(key("a"), stale: seen)).release()
      let lease = try test.store.lease(key("a"))
      third.withLock { $0 = lease }
    }
    slow.release()
    #expect(third.withLock { $0 }?.isHeld == true)
  }

  @Test func `the lease of a dead process can be taken`() throws {
    let test = try TestStore(.memory)
    _ = try #require(try test.store.lease(key("a")))
    let path = test.store.root + "/leases/" + (try test.store.files.names(test.store.root + "/leases")[0])
    let owner = String(decoding: try test.store.files.contents(path)!.dropLast(), as: UTF8.self)
    try test.overwrite(path, Array((gone(owner) + "\n").utf8))
    #expect(try test.store.sighting(of: key("a"))?.isKnownToBeGone == true)
    #expect(try test.store.lease(key("a")) != nil)
  }
}
