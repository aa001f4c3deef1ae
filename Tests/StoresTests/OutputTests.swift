import Artifacts
import Stores
import Testing

@Suite struct OutputTests {
  /// Runs a step that writes `tree` and one file, publishes it, and returns what it wrote.
  private func finish(
    _ test: TestStore, file: [UInt8], tree: [String: [UInt8]], _ key: Digest
  ) throws -> [String: ResultRecord.Output] {
    let outputs = StepOutputs(test.store, declaration: declaration)
    try outputs.write("file", "", file)
    for (name, bytes) in tree { try outputs.write("tree", name, bytes) }
    let finished = try outputs.finish()
    let record = ResultRecord(outcome: .outputs(finished), environment: [:], finished: 1, duration: 1, peakMemory: 1)
    _ = try test.store.publish(record, key)
    return finished
  }

  @Test(arguments: Backend.allCases) func smallLivesInTheRecord(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let tree = ["b": Array("two".utf8), "a": Array("one".utf8), "empty": [], "copy": Array("one".utf8)]
    let outputs = try finish(test, file: noise(4096), tree: tree, key("s"))
    #expect(try !test.store.files.contains(test.store.root + "/objects"))
    let file = try #require(outputs["file"])
    #expect(file.artifact.digest == Digest.of(noise(4096)) && file.artifact.size == 4096 && file.manifest == nil)
    let output = try #require(outputs["tree"])
    #expect(output.manifest?.entries.map(\.name) == ["a", "b", "copy", "empty"])
    #expect(output.artifact.digest == Digest.of(try #require(output.manifest?.encoded())))
    #expect(output.artifact.kind == .architectures && output.artifact.layout == .tree)
    #expect(try test.store.holds(output) && test.store.holds(file))
    let sources = [output.artifact.digest: key("s"), file.artifact.digest: key("s")]
    let read = try test.store.artifact(output.artifact, sources: sources, scratch: test.scratch)
    #expect(try read.names == ["a", "b", "copy", "empty"])
    for (name, bytes) in tree {
      #expect(try read.bytes(name) == bytes)
      #expect(try DiskFileSystem().contents(read.localPath(name)) == bytes)
    }
    #expect(throws: NoSuchFile.self) { try read.open("none") }
    #expect(try test.store.artifact(file.artifact, sources: sources, scratch: test.scratch).bytes() == noise(4096))
  }

  @Test(arguments: Backend.allCases) func largeBecomesObjects(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let tree = ["small": noise(10), "large": noise(4097), "larger": noise(300_000)]
    let outputs = try finish(test, file: noise(9000), tree: tree, key("s"))
    let output = try #require(outputs["tree"])
    #expect(output.inline.count == 1)
    #expect(try test.store.contains(.of(noise(4097))) && test.store.contains(.of(noise(9000))))
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
    let read = try test.store.artifact(
      output.artifact, sources: [output.artifact.digest: key("s")], scratch: test.scratch)
    for (name, bytes) in tree { #expect(try read.bytes(name) == bytes) }
    // A member of the tree is an artifact too: from an object, or from the record.
    for name in ["small", "large"] {
      let entry = try #require(output.manifest?[name])
      let member = ArtifactReference(
        kind: .architecture, format: "", options: [:], layout: .file, digest: entry.digest, size: entry.size)
      #expect(
        try test.store.artifact(member, sources: [entry.digest: key("s")], scratch: test.scratch).bytes() == tree[name])
    }
    try test.store.files.remove(test.objectPath(.of(noise(300_000))))
    #expect(try !test.store.holds(output))
    #expect(throws: StoreError.missing(.of(noise(300_000)))) {
      try test.store.artifact(output.artifact, sources: [output.artifact.digest: key("s")], scratch: test.scratch)
    }
    #expect(throws: StoreError.missing(output.artifact.digest)) {
      try test.store.artifact(output.artifact, sources: [:], scratch: test.scratch)
    }
  }

  /// An older attempt still serves a step that was bound to it.
  @Test(arguments: Backend.allCases) func sourcesSurviveDivergence(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let old = try #require(try finish(test, file: [1], tree: ["a": [1]], key("s"))["file"])
    _ = try finish(test, file: [2], tree: ["a": [2]], key("s"))
    let read = try test.store.artifact(old.artifact, sources: [old.artifact.digest: key("s")], scratch: test.scratch)
    #expect(try read.bytes() == [1])
  }

  @Test(arguments: Backend.allCases) func recordsStaySmall(_ backend: Backend) throws {
    let test = try TestStore(backend)
    var tree: [String: [UInt8]] = [:]
    for index in 0..<40 { tree["f\(index)"] = noise(4000, seed: UInt64(index + 1)) }
    let output = try #require(try finish(test, file: [], tree: tree, key("s"))["tree"])
    #expect(output.inline.values.map(\.count).reduce(0, +) == 64_000)
    let read = try test.store.artifact(
      output.artifact, sources: [output.artifact.digest: key("s")], scratch: test.scratch)
    for (name, bytes) in tree { #expect(try read.bytes(name) == bytes) }
  }

  @Test func whatAStageDoesWrong() throws {
    let test = try TestStore(.memory)
    func outputs() -> StepOutputs { StepOutputs(test.store, declaration: declaration) }
    #expect(throws: OutputError.undeclared(port: "none")) { try outputs().create("none", "") }
    #expect(throws: OutputError.badName(port: "file", name: "x", layout: .file)) { try outputs().create("file", "x") }
    let long = String(repeating: "é", count: 128)
    for name in ["", ".", "..", "a/b", "/a", "../a", "a\0b", long] {
      #expect(throws: OutputError.badName(port: "tree", name: name, layout: .tree)) {
        try outputs().create("tree", name)
      }
    }
    for name in ["...", "-", "a b", "Ω", "~", String(long.dropLast())] { _ = try outputs().create("tree", name) }
    let twice = outputs()
    try twice.write("tree", "a", [1])
    #expect(throws: OutputError.twice(port: "tree", name: "a")) { try twice.create("tree", "a") }
    #expect(throws: OutputError.notWritten(port: "file")) { try twice.finish() }
    let open = outputs()
    try open.write("file", "", [1])
    let writer = try open.create("tree", "big")
    try writer.write(noise(10_000))
    #expect(throws: OutputError.notClosed(port: "tree", name: "big")) { try open.finish() }
  }

  @Test(arguments: Backend.allCases) func nothingIsVisibleBeforeTheEnd(_ backend: Backend) throws {
    let test = try TestStore(backend)
    do {
      let outputs = StepOutputs(test.store, declaration: declaration)
      try outputs.write("file", "", noise(10_000))
      #expect(try !test.store.contains(.of(noise(10_000))))
      #expect(try test.store.files.names(test.store.root + "/tmp").count == 1)
    }
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
  }
}

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
  private func steps(_ test: TestStore) throws -> [Int] {
    try test.store.files.names("\(test.store.root)/partial/\(identity("train").trainingKey)").compactMap { Int($0) }
      .sorted()
  }
  private func blocks(_ test: TestStore) throws -> Int {
    try test.store.files.names("\(test.store.root)/partial/\(identity("train").trainingKey)/blocks").count
  }

  @Test(arguments: Backend.allCases) func savedAndPruned(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = SegmentFolder(test.store, identity("train"), scratch: test.scratch)
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
  @Test(arguments: Backend.allCases) func finishedAndExtended(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let segments = SegmentFolder(test.store, identity("train"), scratch: test.scratch)
    for step in [5, 10] { try save(segments, step, ["own": noise(50, seed: UInt64(step))]) }
    try segments.finish()
    #expect(try steps(test) == [10])
    var longer = identity("train")
    longer.horizon = ["steps": .int(40)]
    let extended = SegmentFolder(test.store, longer, scratch: test.scratch)
    #expect(try extended.newest(atOrBefore: 40)?.step == 10)
    for step in [15, 20, 30, 40] { try save(extended, step, ["own": noise(50, seed: UInt64(step))]) }
    #expect(try steps(test) == [10, 30, 40])
    try extended.finish()
    #expect(try steps(test) == [10, 40])
    #expect(try blocks(test) == 2)
    #expect(try extended.newest(atOrBefore: 39)?.step == 10)
    // A run that finds its end state saved nothing, and keeps it.
    let again = SegmentFolder(test.store, longer, scratch: test.scratch)
    #expect(try again.newest(atOrBefore: 40)?.step == 40)
    try again.finish()
    #expect(try steps(test) == [10, 40])
  }

  @Test(arguments: Backend.allCases) func theOneBeforeADamagedOneIsUsed(_ backend: Backend) throws {
    for target in ["state", "block", "missing"] {
      let test = try TestStore(backend)
      let segments = SegmentFolder(test.store, identity("train"), scratch: test.scratch)
      for step in [1, 2] { try save(segments, step, ["own": noise(500, seed: UInt64(step))]) }
      let folder = "\(test.store.root)/partial/\(identity("train").trainingKey)"
      let block = "\(folder)/blocks/\(Digest.of(noise(500, seed: 2)))"
      switch target {
      case "state": try test.damage(folder + "/2", at: 30)
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

  @Test func badStates() throws {
    let test = try TestStore(.memory)
    let segments = SegmentFolder(test.store, identity("train"), scratch: test.scratch)
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
}
