import Artifacts
import Glibc
import Stores
import TestSupport
import Testing

@testable import Files
@testable import Packs
@testable import Space

/// The content of a store, the parts of it that are needed, and those that go first.
@Suite struct SpaceTests {
  static let hour: Int64 = 3600 * 1_000_000_000

  /// A result of `seconds` whose output is an object of `bytes` that do not compress; what it `reads` are the objects
  /// of others, or inputs.
  @discardableResult
  static func add(
    _ store: Store, _ name: String, bytes: Int, seconds: Double, seed: UInt64? = nil,
    reads: [(digest: Digest, size: Int, maker: Digest?)] = []
  ) throws -> (key: Digest, digest: Digest, size: Int) {
    let content = noise(bytes, seed: seed ?? Self.seed(name))
    let object = try store.put(content)
    var ports: [String: PortIdentity] = [:]
    var sources: [Digest: Digest] = [:]
    for (index, read) in reads.enumerated() {
      ports["in\(index)"] = .one(file(read.digest, read.size))
      if let maker = read.maker { sources[read.digest] = maker }
    }
    let identity = identity(name, ports: ports)
    try store.keep(identity: identity, sources: sources)
    let output = ResultRecord.Output(artifact: file(object.digest, object.size), manifest: nil, inline: [:])
    _ = try store.publish(
      ResultRecord(
        outcome: .outputs(["out": output]), environment: [:], finished: 1, duration: seconds, peakMemory: 1),
      identity.key)
    return (identity.key, object.digest, object.size)
  }

  static func seed(_ name: String) -> UInt64 {
    UInt64(truncatingIfNeeded: name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
  }

  static func file(_ digest: Digest, _ size: Int) -> ArtifactReference {
    ArtifactReference(kind: .tokens, format: "", options: [:], layout: .file, digest: digest, size: size)
  }

  /// The plan when everything is old.
  private func plan(
    _ store: Store, _ roots: [Reach.Reason: Reach.Roots] = [:], goal: EvictionPlan.Goal = .all, grace: Int64 = -hour
  ) throws -> EvictionPlan {
    let census = try store.census()
    return store.evictionPlan(
      census, try Reach(roots, census: census, store: store), goal: goal, now: try store.now(), grace: grace)
  }

  private func roots(keys: [Digest] = [], objects: [Digest] = []) -> Reach.Roots {
    var roots = Reach.Roots()
    roots.keys = Set(keys)
    roots.objects = Set(objects)
    return roots
  }

  @Test(arguments: Backend.allCases) func `most bytes for the least time go first`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let store = test.store
    let slow = try Self.add(store, "slow", bytes: 80_000, seconds: 100)
    let large = try Self.add(store, "large", bytes: 100_000, seconds: 10)
    let small = try Self.add(store, "small", bytes: 20_000, seconds: 1)
    let orphan = try store.put(noise(5000, seed: 77))
    let order = [orphan.digest, small.digest, large.digest, slow.digest]
    let all = try plan(store)
    #expect(all.items.flatMap(\.objects) == order)
    #expect(all.seconds == 111)
    #expect(all.bytes == (try order.reduce(0) { $0 + (try store.files.status(test.objectPath($1)).size) }))
    let some = try plan(store, goal: .free(100_000))
    #expect(some.items.flatMap(\.objects) == Array(order.prefix(3)))
    #expect(some.spared.results == 1 && some.spared.bytes > 80_000 && some.missing == 0)
    let size = try store.census().bytes
    #expect(try plan(store, goal: .size(size)).items.isEmpty)
    #expect(try plan(store, goal: .size(size - 1)).items.flatMap(\.objects) == [orphan.digest])
    #expect(try plan(store, goal: .free(10_000_000)).missing > 9_000_000)
    #expect(Set([slow.key, large.key, small.key]).count == 3)
  }

  /// Bytes that two results share cost what the cheaper one takes.
  @Test func `shared bytes belong to the cheaper result`() throws {
    let test = try TestStore(.memory)
    let dear = try Self.add(test.store, "dear", bytes: 50_000, seconds: 500, seed: 5)
    let cheap = try Self.add(test.store, "cheap", bytes: 50_000, seconds: 2, seed: 5)
    #expect(dear.digest == cheap.digest)
    let plan = try plan(test.store)
    #expect(plan.items.map(\.group) == [.results(stage: "cheap")])
    #expect(plan.seconds == 2)
    #expect(try test.store.census().makers[cheap.digest] == cheap.key)
    let kept = try self.plan(test.store, [.pinned: roots(keys: [dear.key])])
    #expect(kept.items.isEmpty)
  }

  /// A pin keeps a result and the pipeline's inputs of it; what runs also keeps what it reads of other steps.
  @Test(arguments: Backend.allCases) func `results that are pinned or running keep their needs`(_ backend: Backend)
    throws
  {
    let test = try TestStore(backend)
    let store = test.store
    let member = try store.put(noise(9000, seed: 40))
    let manifest = TreeManifest([.init(name: "a", digest: member.digest, size: member.size)])
    let tree = try store.put(manifest.encoded())
    let input = try store.put(noise(8000, seed: 41))
    let first = try Self.add(store, "first", bytes: 9500, seconds: 1, reads: [(input.digest, input.size, nil)])
    let treeIdentity = StepIdentity(
      stage: "reader", version: 1, parameters: [:], horizon: [:],
      ports: [
        "tree": .one(
          ArtifactReference(
            kind: .sequences, format: "", options: [:], layout: .tree, digest: tree.digest, size: tree.size)),
        "file": .one(Self.file(first.digest, first.size)),
      ])
    try store.keep(identity: treeIdentity, sources: [first.digest: first.key])
    let pinned = try plan(store, [.pinned: roots(keys: [treeIdentity.key])])
    #expect(Set(pinned.items.flatMap(\.objects)) == [first.digest, input.digest])
    #expect(pinned.kept[.pinned]?.bytes ?? 0 > 9000)
    let running = try plan(store, [.running: roots(keys: [treeIdentity.key])])
    #expect(running.items.flatMap(\.objects) == [input.digest])
    #expect(running.items.map(\.group) == [.inputs])
    let byName = try plan(store, [.history: roots(objects: [tree.digest])])
    #expect(Set(byName.items.flatMap(\.objects)) == [first.digest, input.digest])
    // The first reason that holds is the one that is named.
    let both = try plan(store, [.recent: roots(keys: [first.key]), .running: roots(keys: [first.key])])
    #expect(both.kept[.running]?.results == 1 && both.kept[.recent] == nil)
    // A step that came after the census is looked up.
    let census = try store.census()
    let late = try Self.add(store, "late", bytes: 7000, seconds: 1, reads: [(first.digest, first.size, first.key)])
    let reach = try Reach([.running: roots(keys: [late.key])], census: census, store: store)
    let plan = store.evictionPlan(
      try store.census(), reach, goal: .all, now: try store.now(), grace: -Self.hour)
    #expect(Set(plan.items.flatMap(\.objects)) == [member.digest, tree.digest, input.digest])
  }

  /// Bytes that were made, or found to be there, not long ago stay.
  @Test(arguments: Backend.allCases) func `objects made or found lately stay`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let one = try test.store.put(noise(6000, seed: 1))
    let two = try test.store.put(noise(6000, seed: 2))
    let three = try test.store.put(noise(6000, seed: 3))
    #expect(try plan(test.store, grace: Self.hour).items.isEmpty)
    usleep(50_000)
    let limit = try test.store.now()
    usleep(50_000)
    try test.store.put(noise(6000, seed: 1))
    #expect(try test.store.claim(two.digest))
    #expect(try !test.store.claim(key("none")))
    let census = try test.store.census()
    let plan = test.store.evictionPlan(
      census, try Reach([:], census: census, store: test.store), goal: .all, now: limit, grace: 0)
    #expect(plan.items.flatMap(\.objects) == [three.digest])
    #expect(plan.kept[.fresh]?.bytes ?? 0 > 12_000)
    // Bytes that are touched after the plan was made stay as well, and those that turn out to be needed.
    let all = try self.plan(test.store)
    #expect(try test.store.carryOut(all, limit: limit) { try Reach([:], census: census, store: test.store) } > 6000)
    #expect(try [one, two, three].map { try test.store.contains($0.digest) } == [true, true, false])
    let need = roots(objects: [one.digest])
    _ = try test.store.carryOut(all, limit: .max) { try Reach([.running: need], census: census, store: test.store) }
    #expect(try [one, two, three].map { try test.store.contains($0.digest) } == [true, false, false])
    #expect(try test.store.isEvicted(two.digest) && !test.store.isEvicted(one.digest))
  }

  /// The files that a killed command has left are removed with its links, and never those that they lead to.
  @Test func `links are removed and not followed`() throws {
    let test = try TestStore(.disk)
    let outside = test.folder.path + "/genomes"
    #expect(mkdir(outside, 0o755) == 0)
    let genome = try test.folder.write("genomes/genome.fa", noise(50_000))
    let path = "tmp/" + (try test.nameOfTheDead())
    let step = "\(test.store.root)/\(path)/step"
    for folder in ["\(test.store.root)/\(path)", step, step + "/closed"] { #expect(mkdir(folder, 0o755) == 0) }
    for (target, name) in [(outside, "ref"), (genome, "file"), ("/none", "dangling"), ("..", "up")] {
      #expect(symlink(target, "\(step)/\(name)") == 0)
    }
    try test.store.files.create(step + "/closed/file", .readOnly).close()
    #expect(chmod(step + "/closed", 0o555) == 0)
    #expect(symlink(outside, "\(test.store.root)/tmp/\(try test.nameOfTheDead())") == 0)
    let census = try test.store.census()
    #expect(census.leftovers.count == 2)
    #expect(census.leftovers.values.allSatisfy { $0.bytes < 1000 })
    let plan = try plan(test.store)
    let freed = try test.store.carryOut(plan, limit: .max) { try Reach([:], census: census, store: test.store) }
    #expect(freed == plan.bytes)
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
    #expect(try test.store.files.contents(genome) == noise(50_000))
  }

  /// Another user's files stay, and the rest is counted and goes.
  @Test(arguments: ["leftover", "state"]) func `files that cannot be removed stay, and the rest goes`(_ what: String)
    throws
  {
    let test = try TestStore(.memory)
    let files = FailingFileSystem(test.store.files)
    let mine = try Store(root: test.store.root, fileSystem: files, create: false)
    let (theirs, own) = (try test.nameOfTheDead(), try test.nameOfTheDead())
    for name in [theirs, own] {
      for folder in ["", "/home", "/home/tmp"] { try test.store.files.makeFolder("/store/tmp/\(name)\(folder)") }
      let file = try test.store.files.create("/store/tmp/\(name)/home/tmp/file", .writable)
      try noise(5000).withUnsafeBytes { try file.write($0) }
    }
    try Self.add(test.store, "train", bytes: 5000, seconds: 30)
    let segments = SegmentFolder(test.store, training("train"), scratch: test.scratch)
    try segments.save(step: 1) { create in
      let writer = try create("own")
      try noise(7000).withUnsafeBytes { try writer.write($0) }
      try writer.close()
    }
    try test.store.close()
    let (leftover, states) = ("/store/tmp/\(theirs)/home/tmp", test.folder(training("train")) + "/blocks")
    files.follow(.refused(path: what == "state" ? states : leftover))
    let census = try mine.census()
    let plan = try plan(mine)
    let freed = try mine.carryOut(plan, limit: .max) { try Reach([:], census: census, store: mine) }
    #expect(freed > 5000 && freed <= plan.bytes)
    files.follow(.never)
    #expect(try files.contains(leftover + "/file") == (what == "leftover"))
    #expect(try files.contains(states) == (what == "state"))
    #expect(try !files.contains("/store/tmp/" + own))
  }

  /// An object that was evicted, made again and then lost is lost.
  @Test(arguments: Backend.allCases) func `an evicted object that was made again can be lost`(_ backend: Backend) throws
  {
    let test = try TestStore(backend)
    let made = try Self.add(test.store, "made", bytes: 6000, seconds: 1)
    let row = try #require(try test.store.row(made.key))
    let holds = { try test.reopened().holds(row, made.key, orEvicted: true) }
    for _ in 0..<2 {
      #expect(try test.store.evict([made.digest]) > 6000)
      try test.store.close()
      #expect(try !test.store.contains(made.digest) && holds())
      let other = try test.reopened()
      #expect(try other.put(noise(6000, seed: Self.seed("made"))).digest == made.digest)
      try other.close()
      try test.store.merge()
      try test.store.files.remove(test.objectPath(made.digest))
      #expect(try !holds())
      #expect(try test.reopened().fsck().problems.isEmpty)
      try test.store.put(noise(6000, seed: Self.seed("made")))
    }
  }

  @Test(arguments: Backend.allCases) func `states of trainings go unless they are needed`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let made = try Self.add(test.store, "train", bytes: 5000, seconds: 30)
    for name in ["train", "other"] {
      let segments = SegmentFolder(test.store, training(name), scratch: test.scratch)
      try segments.save(step: 1) { create in
        let writer = try create("own")
        try noise(7000, seed: 9).withUnsafeBytes { try writer.write($0) }
        try writer.close()
      }
    }
    let plan = try plan(test.store, [.recent: roots(keys: [made.key])])
    #expect(plan.items.map(\.group) == [.states(stage: "")])
    let all = try self.plan(test.store)
    #expect(
      all.items.map(\.group) == [.states(stage: ""), .states(stage: "train"), .results(stage: "train")])
    let census = try test.store.census()
    let freed = try test.store.carryOut(plan, limit: .max) {
      try Reach([.recent: roots(keys: [made.key])], census: census, store: test.store)
    }
    #expect(freed == plan.bytes)
    #expect(try test.store.census().states.keys.map { $0 } == [made.key])
    #expect(try test.store.fsck().problems.isEmpty)
  }
}
