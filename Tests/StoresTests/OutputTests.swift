import Artifacts
import Stores
import Testing

@testable import Files

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

  @Test(arguments: Backend.allCases) func `small outputs live in the record`(_ backend: Backend) throws {
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

  /// Bytes that nobody asks for have a digest and no object; small ones are in the record all the same.
  @Test(arguments: Backend.allCases) func `outputs on demand are digested, and stored where they are asked for`(
    _ backend: Backend
  ) throws {
    let stage = StageDeclaration(
      name: "s", version: 1, summary: "", parameters: [], inputs: [],
      outputs: [OutputPort("tree", .weights, .tree, isOnDemand: true, help: "")], example: "")
    var found: [ResultRecord.Output] = []
    for kept in [[], ["tree"], []] {
      let test = try TestStore(backend)
      let outputs = StepOutputs(test.store, declaration: stage, keeping: kept)
      // A second one finds the object of the first.
      for (name, bytes) in [("small", noise(10)), ("large", noise(300_000)), ("twin", noise(300_000))] {
        let writer = try outputs.create("tree", name)
        for piece in stride(from: 0, to: bytes.count, by: 1000) {
          try writer.write(Array(bytes[piece..<min(piece + 1000, bytes.count)]))
        }
        try writer.close()
      }
      let output = try #require(try outputs.finish()["tree"])
      found.append(output)
      let large = Digest.of(noise(300_000))
      #expect(try test.store.contains(large) == !kept.isEmpty && test.store.isEvicted(large) == kept.isEmpty)
      #expect(try test.store.holds(output) == !kept.isEmpty)
      #expect(output.inline[.of(noise(10))] == noise(10))
      let record = ResultRecord(
        outcome: .outputs(["tree": output]), environment: [:], finished: 1, duration: 1, peakMemory: 1)
      #expect(try test.store.holds(record) == !kept.isEmpty && test.store.holds(record, besides: ["tree"]))
      #expect(try test.store.holds(ResultRow(record), key("s"), orEvicted: true))
    }
    #expect(found[0] == found[1] && found[1] == found[2])
  }

  @Test(arguments: Backend.allCases) func `large outputs become objects`(_ backend: Backend) throws {
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
  @Test(arguments: Backend.allCases) func `sources of a step survive a divergence`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let old = try #require(try finish(test, file: [1], tree: ["a": [1]], key("s"))["file"])
    _ = try finish(test, file: [2], tree: ["a": [2]], key("s"))
    let read = try test.store.artifact(old.artifact, sources: [old.artifact.digest: key("s")], scratch: test.scratch)
    #expect(try read.bytes() == [1])
  }

  @Test(arguments: Backend.allCases) func `records stay small`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    var tree: [String: [UInt8]] = [:]
    for index in 0..<40 { tree["f\(index)"] = noise(4000, seed: UInt64(index + 1)) }
    let output = try #require(try finish(test, file: [], tree: tree, key("s"))["tree"])
    #expect(output.inline.values.map(\.count).reduce(0, +) == 64_000)
    let read = try test.store.artifact(
      output.artifact, sources: [output.artifact.digest: key("s")], scratch: test.scratch)
    for (name, bytes) in tree { #expect(try read.bytes(name) == bytes) }
  }

  @Test func `mistakes in a stage's outputs are refused`() throws {
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

  @Test(arguments: Backend.allCases) func `no output is visible before the end`(_ backend: Backend) throws {
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
