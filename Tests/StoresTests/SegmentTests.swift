import Artifacts
import Stores
import Testing

@testable import Files
@testable import Space

@Suite struct SegmentTests {
  private func save(_ segments: SegmentFolder, _ step: Int, _ blocks: [String: [UInt8]]) throws {
    try segments.save(step: step) { create in
      for (name, bytes) in blocks {
        let writer = try create(name)
        try writer.write(bytes)
        try writer.close()
      }
    }
  }
  private func steps(_ test: TestStore, _ owner: TrainingIdentity = training("train")) throws -> [Int] {
    try test.store.files.names(test.folder(owner)).compactMap { Int($0.prefix { $0 != "-" }) }.sorted()
  }
  private func blocks(_ test: TestStore, _ owner: TrainingIdentity = training("train")) throws -> Int {
    try test.store.files.names(test.folder(owner) + "/blocks").count
  }
  /// The training to another horizon, or with a parameter that has an effect after `onset` steps.
  private func other(steps: Int = 9, onset: Int? = nil) -> TrainingIdentity {
    var step = identity("train")
    step.horizon = ["steps": .int(steps)]
    if let onset { step.parameters["from"] = .int(onset) }
    return TrainingIdentity(step, onsets: onset.map { ["from": $0] } ?? [:])
  }
  private func folder(_ test: TestStore, _ owner: TrainingIdentity = training("train")) -> SegmentFolder {
    SegmentFolder(test.store, owner, scratch: test.scratch)
  }

  @Test(arguments: Backend.allCases) func `saved states are pruned to the newest two`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = folder(test)
    #expect(try segments.newest(atOrBefore: 1000) == nil)
    for step in [100, 200, 300] {
      try save(segments, step, ["shared": noise(50), "own": noise(50, seed: UInt64(step))])
    }
    #expect(try steps(test) == [200, 300])
    #expect(try blocks(test) == 3)
    let (step, state) = try #require(try segments.newest(atOrBefore: 1000))
    #expect(step == 300)
    #expect(try state.names == ["own", "shared"])
    #expect(try state.bytes("own") == noise(50, seed: 300))
    #expect(try DiskFileSystem().contents(state.localPath("shared")) == noise(50))
    #expect(try segments.newest(atOrBefore: 299)?.step == 200)
    #expect(try segments.newest(atOrBefore: 199) == nil)
  }

  /// When a step has ended well its last state stays, for a longer horizon; the others go.
  @Test(arguments: Backend.allCases) func `the last state stays for a longer training`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = folder(test)
    for step in [5, 10] { try save(segments, step, ["own": noise(50, seed: UInt64(step))]) }
    try segments.finish()
    #expect(try steps(test) == [10])
    let longer = other(steps: 40)
    let extended = folder(test, longer)
    #expect(try extended.newest(atOrBefore: 40)?.step == 10)
    for step in [15, 20, 30, 40] { try save(extended, step, ["own": noise(50, seed: UInt64(step))]) }
    #expect(try steps(test, longer) == [30, 40])
    try extended.finish()
    #expect(try steps(test, longer) == [40])
    #expect(try steps(test) == [10])
    #expect(try blocks(test, longer) == 1)
    #expect(try extended.newest(atOrBefore: 39)?.step == 10)
    // A run that finds its end state saved nothing, and keeps it.
    let again = folder(test, longer)
    #expect(try again.newest(atOrBefore: 40)?.step == 40)
    try again.finish()
    #expect(try steps(test, longer) == [40])
  }

  /// Where the length is stated in epochs, of 10 steps here, an effect after 2 epochs is one after 20 steps.
  @Test(arguments: Backend.allCases) func `a training that branches off after epochs shares its states`(
    _ backend: Backend
  ) throws {
    let test = try TestStore(backend)
    let (trunk, late) = (folder(test), other(onset: 2))
    trunk.setUnit(steps: 10)
    for step in [10, 20, 30] { try trunk.save(step: step, isKept: true) { _ in } }
    let branch = folder(test, late)
    branch.setUnit(steps: 10)
    #expect(try branch.newest(atOrBefore: 100)?.step == 20)
    try branch.save(step: 40) { _ in }
    try branch.finish()
    #expect(try branch.newest(atOrBefore: 100)?.step == 40)
    #expect(try steps(test, late) == [40])
    // Without its steps of an epoch, as before it runs, its own states are found all the same.
    let found = try #require(try SegmentFolder.newest(test.store, late, atOrBefore: .max))
    #expect(found.step == 40 && found.isOwn)
    #expect(try trunk.newest(atOrBefore: 100)?.step == 30)
  }

  @Test(arguments: Backend.allCases) func `the state before a damaged one is used`(_ backend: Backend) throws {
    for target in ["state", "block", "missing"] {
      let test = try TestStore(backend)
      let segments = folder(test)
      for step in [1, 2] { try save(segments, step, ["own": noise(500, seed: UInt64(step))]) }
      let folder = test.folder(training("train"))
      let block = "\(folder)/blocks/\(Digest.of(noise(500, seed: 2)))"
      switch target {
      case "state": try test.damage("\(folder)/2-\(training("train").segmentKey(step: 2))", at: 30)
      case "block": try test.damage(block, at: 200)
      default: try test.store.files.remove(block)
      }
      let newest = try #require(try segments.newest(atOrBefore: 9))
      #expect(newest.step == 1)
      #expect(try newest.state.bytes("own") == noise(500, seed: 1))
      #expect(!test.events.all.isEmpty)
      try save(segments, 2, ["own": noise(500, seed: 2)])
      #expect(try segments.newest(atOrBefore: 9)?.step == 2)
    }
  }

  /// A damaged state goes to quarantine/ under a name that a file system can take, on a host of any name.
  @Test func `a damaged state is moved away`() throws {
    let test = try TestStore(.disk)
    let segments = folder(test)
    try save(segments, 1, ["own": noise(500)])
    let block = "\(test.folder(training("train")))/blocks/\(Digest.of(noise(500)))"
    try test.damage(block, at: 200)
    #expect(try segments.newest(atOrBefore: 9) == nil)
    let names = try test.store.files.names(test.store.root + "/quarantine")
    #expect(names.count == 2, "the block and the manifest")
    #expect(try !test.store.files.contains(block))
    for name in names {
      let host = try #require(name.split(separator: "~").dropFirst().first)
      #expect(name.utf8.count - host.utf8.count + 64 <= 255, "\(name)")
    }
    #expect(test.events.all.allSatisfy { if case .quarantined = $0 { true } else { false } })
  }

  /// A damaged state that cannot be moved is removed, so that the step that saves it again does not take
  /// it for its own.
  @Test(arguments: Backend.allCases) func `a damaged state that cannot be moved is removed`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = folder(test)
    try save(segments, 1, ["own": noise(500)])
    let block = "\(test.folder(training("train")))/blocks/\(Digest.of(noise(500)))"
    try test.store.files.create(test.store.root + "/quarantine", .readOnly).close()
    try test.damage(block, at: 200)
    #expect(try segments.newest(atOrBefore: 9) == nil)
    #expect(try !test.store.files.contains(block))
    #expect(test.events.all.allSatisfy { if case .removed = $0 { true } else { false } } && !test.events.all.isEmpty)
    try save(segments, 1, ["own": noise(500)])
    #expect(try segments.newest(atOrBefore: 9)?.state.bytes("own") == noise(500))
  }

  @Test func `a state that is not whole is not saved`() throws {
    let test = try TestStore(.memory)
    let segments = folder(test)
    #expect(throws: OutputError.self) { try save(segments, 1, ["../a": [1]]) }
    #expect(throws: OutputError.notClosed(port: "state", name: "a")) {
      try segments.save(step: 1) { create in try create("a").write([1]) }
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try segments.save(step: 1) { create in
        try create("a").write([1])
        throw Stop()
      }
    }
    #expect(try segments.newest(atOrBefore: 9) == nil)
    #expect(try test.store.files.names("/store/tmp") == [])
  }

  /// A decay that begins at a step finds the states up to there of a training without it, and the other way round.
  @Test(arguments: Backend.allCases) func `branches share the states before they part`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let (trunk, early, late) = (other(steps: 90), other(onset: 20), other(onset: 40))
    let segments = folder(test, trunk)
    for step in [10, 20, 30] {
      try segments.save(step: step, isKept: true) { create in
        let writer = try create("own")
        try writer.write(noise(500, seed: UInt64(step)))
        try writer.close()
      }
    }
    let branch = folder(test, early)
    let (step, state) = try #require(try branch.newest(atOrBefore: 90))
    #expect(step == 20)
    #expect(try state.bytes("own") == noise(500, seed: 20))
    try save(branch, 50, ["own": noise(500, seed: 99)])
    try branch.finish()
    #expect(try folder(test, late).newest(atOrBefore: 90)?.step == 30)
    #expect(try folder(test, late).newest(atOrBefore: 29)?.step == 20)
    #expect(try segments.newest(atOrBefore: 90)?.step == 30, "what comes after the onset is another training's")
    #expect(try folder(test, other(steps: 7, onset: 20)).newest(atOrBefore: 90)?.step == 50)
    #expect(try steps(test, trunk) == [10, 20, 30])
    #expect(try test.store.fsck().problems.isEmpty)
    #expect(test.events.all.isEmpty)
  }

  /// A branch goes on when the state that it began with has been removed, and begins with an older one when a state is
  /// damaged or gone.
  @Test(arguments: ["none", "whole", "block gone", "block", "state"], Backend.allCases)
  func `a branch goes on when states of others vanish`(_ what: String, _ backend: Backend) throws {
    let test = try TestStore(backend)
    let trunk = folder(test)
    for step in [10, 20] { try save(trunk, step, ["own": noise(500, seed: UInt64(step))]) }
    let path = test.folder(training("train"))
    let block = "\(path)/blocks/\(Digest.of(noise(500, seed: 20)))"
    let manifest = "\(path)/20-\(training("train").segmentKey(step: 20))"
    switch what {
    case "whole":
      try test.store.files.remove(manifest)
      try test.store.files.remove(block)
    case "block gone": try test.store.files.remove(block)
    case "block": try test.damage(block, at: 200)
    case "state": try test.damage(manifest, at: 30)
    default: break
    }
    let branch = folder(test, other(onset: 20))
    let (step, state) = try #require(try branch.newest(atOrBefore: 90))
    #expect(step == (what == "none" ? 20 : 10))
    #expect(test.events.all.count == (["none", "whole"].contains(what) ? 0 : what == "block" ? 2 : 1))
    for step in [30, 40] { try save(trunk, step, ["own": noise(500, seed: UInt64(step))]) }
    try trunk.finish()
    #expect(try steps(test) == [40])
    #expect(try state.bytes("own") == noise(500, seed: UInt64(step)))
    #expect(try test.store.fsck().problems.isEmpty)
  }

  /// Trainings that save, prune and look for each other's states at once: none fails, and all that is found is right.
  @Test func `branches that save at once do not disturb each other`() async throws {
    let test = try TestStore(.disk)
    let trainings = [other(steps: 90)] + [5, 20, 60, 80].map { other(steps: 90, onset: $0) }
    let found = try await withThrowingTaskGroup(of: Int.self) { group in
      for training in trainings {
        group.addTask {
          var found = 0
          for round in 0..<40 {
            let segments = SegmentFolder(test.store, training, scratch: test.scratch)
            if let (step, state) = try segments.newest(atOrBefore: round) {
              #expect(try state.bytes("own") == noise(3000, seed: UInt64(step)))
              found += 1
            }
            try segments.save(step: round + 1) { create in
              let writer = try create("own")
              try writer.write(noise(3000, seed: UInt64(round + 1)))
              try writer.close()
            }
            if round % 7 == 0 { try segments.finish() }
          }
          return found
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(found > 100)
    #expect(try test.store.fsck().problems.isEmpty)
    #expect(test.events.all.isEmpty, "\(test.events.all)")
  }

  /// A training that fails before its first step leaves no copy of what it began with.
  @Test(arguments: Backend.allCases) func `a copy of a state that led nowhere is removed`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let trunk = folder(test)
    try save(trunk, 10, ["own": noise(50)])
    let branch = folder(test, other(steps: 20))
    #expect(try branch.newest(atOrBefore: 20)?.step == 10)
    #expect(try steps(test, other(steps: 20)) == [10])
    try branch.finish()
    #expect(try steps(test, other(steps: 20)) == [])
    #expect(try blocks(test, other(steps: 20)) == 0)
    #expect(try trunk.newest(atOrBefore: 20)?.step == 10)
  }

  /// Blocks that a crash left without a state are removed when the step has ended.
  @Test(arguments: Backend.allCases) func `blocks left by a crash are removed at the end`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = folder(test)
    try save(segments, 1, ["own": noise(50, seed: 1)])
    try test.store.files.remove("\(test.folder(training("train")))/1-\(training("train").segmentKey(step: 1))")
    try save(segments, 2, ["own": noise(50, seed: 2)])
    #expect(try blocks(test) == 2)
    try segments.finish()
    #expect(try blocks(test) == 1)
    #expect(try segments.newest(atOrBefore: 9)?.step == 2)
  }

  /// States of a training that a run computes anew are known as those of its step, come home at its end, and what
  /// another run has begun anew and given up goes.
  @Test(arguments: Backend.allCases) func `states that are computed anew come home at the end`(_ backend: Backend)
    throws
  {
    let test = try TestStore(backend)
    try save(folder(test), 1, ["own": noise(50, seed: 1)])
    let abandoned = SegmentFolder(test.store, training("train"), scratch: "/none", anewFor: "first")
    try save(abandoned, 2, ["own": noise(50, seed: 2)])
    let folders = { try test.store.files.names("\(test.store.root)/partial/\(training("train").key.hex)").count }
    #expect(try Array(test.store.census().states.keys) == [training("train").step.key])
    #expect(try folders() == 2 && test.store.fsck().problems.isEmpty)
    #expect(try SegmentFolder.newest(test.store, training("train"), atOrBefore: 9)?.isOwn == true)
    let forced = SegmentFolder(test.store, training("train"), scratch: "/none", anewFor: "second")
    #expect(try forced.newest(atOrBefore: 9) == nil, "it begins from nothing")
    try save(forced, 3, ["own": noise(50, seed: 3)])
    try forced.finish()
    #expect(try folders() == 1)
    #expect(try steps(test) == [3], "what only a crash would have needed is gone")
    // A damaged state of the step gives way to the one that was computed anew.
    try test.damage("\(test.folder(training("train")))/blocks/\(Digest.of(noise(50, seed: 3)))", at: 20)
    let third = SegmentFolder(test.store, training("train"), scratch: "/none", anewFor: "third")
    try save(third, 3, ["own": noise(50, seed: 3)])
    try third.finish()
    #expect(try folder(test).newest(atOrBefore: 9)?.state.bytes("own") == noise(50, seed: 3))
  }
}
