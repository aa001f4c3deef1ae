import Artifacts
import Glibc
import Stores
import TestSupport
import Testing

@testable import Files

@Suite struct StoreTests {
  @Test(arguments: Backend.allCases) func `a store is made once and then opened`(_ backend: Backend) throws {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    #expect(throws: StoreError.notAStore(path: root, reason: "it does not exist")) {
      try Store(root: root, fileSystem: files, create: false)
    }
    let deep = backend == .disk ? root + "/a/b" : "/a/b"
    for root in [root, root + "/", deep] {
      for _ in 0..<2 { _ = try Store(root: root, fileSystem: files, create: true) }
      #expect(
        try Store(root: root, fileSystem: files, create: false).root
          == (root.hasSuffix("/") ? String(root.dropLast()) : root))
    }
    #expect(try files.contents(root + "/FORMAT") == Array("bioarc-store 2\n".utf8))
  }

  @Test(arguments: Backend.allCases) func `folders that are no store are refused`(_ backend: Backend) throws {
    func attempt(_ name: String, _ text: String) throws -> StoreError? {
      let (files, root, folder) = backend.make()
      defer { withExtendedLifetime(folder) {} }
      try files.makeFolder(root)
      let file = try files.create(root + "/" + name, .writable)
      try Array(text.utf8).withUnsafeBytes { try file.write($0) }
      try file.close()
      do {
        _ = try Store(root: root, fileSystem: files, create: true)
        return nil
      } catch { return error }
    }
    #expect(try attempt("README.md", "") == nil)
    #expect(try attempt(".gitignore", "") == nil)
    #expect(try attempt("FORMAT~host~boot~1~1~1", "") == nil)
    for (name, text) in [
      ("thesis.tex", ""), ("objects", ""), ("FORMAT", ""), ("FORMAT", "dvc 3\n"),
    ] {
      guard case .notAStore = try attempt(name, text) else {
        Issue.record("\(name) with '\(text)' was taken")
        continue
      }
    }
    guard case .newerFormat(_, "bioarc-store 3") = try attempt("FORMAT", "bioarc-store 3\n") else {
      Issue.record("a newer store was taken")
      return
    }
  }

  /// Every sentence names the place and what to do.
  @Test func `errors say what to do`() {
    let errors: [StoreError] = [
      .notAStore(path: "/x", reason: "r"), .newerFormat(path: "/x", found: "bioarc-store 2"), .full(path: "/x"),
      .readOnly(path: "/x"), .permission(path: "/x"), .of(EIO, "read", "/x"), .corrupt(key("a")), .missing(key("a")),
      .changed(path: "/x"),
    ]
    for error in errors {
      #expect(error.description.contains("/x") || error.description.contains(key("a").short))
      #expect(!error.description.contains("\n"))
    }
    #expect("\(StoreError.of(ENOSPC, "write", "/x"))".hasPrefix("no space left"))
    #expect(StoreError.of(EACCES, "write", "/x") == .permission(path: "/x"))
    #expect(StoreError.of(EROFS, "write", "/x") == .readOnly(path: "/x"))
  }

  /// Golden: the whole layout of a small store. `cache/README.md` explains it.
  @Test(arguments: Backend.allCases) func `the layout of a store is as documented`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let store = test.store
    try store.put(Array("hello".utf8))
    _ = try store.publish(record("a"), key("step"))
    _ = try store.publish(record("b"), key("step"))
    try store.keep(identity: identity("windows"), sources: [:])
    let pretrain = training("pretrain")
    let segments = SegmentFolder(store, pretrain, scratch: test.scratch)
    try segments.save(step: 100) { create in
      let writer = try create("embed.safetensors")
      try writer.write("weights")
      try writer.close()
    }
    let log = try store.newRun()
    try log.append("{}")
    var paths: [String] = []
    func walk(_ folder: String) throws {
      for name in try store.files.names(store.root + folder) {
        let path = folder + "/" + name
        if try store.files.status(store.root + path).isFolder { try walk(path) } else { paths.append(path) }
      }
    }
    try walk("")
    #expect(
      paths == [
        "/FORMAT", "/objects/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "/partial/\(pretrain.key)/\(pretrain.step.key)/100-\(pretrain.segmentKey(step: 100))",
        "/partial/\(pretrain.key)/\(pretrain.step.key)/blocks/\(key("weights"))",
        "/preimages/\(try store.files.names(store.root + "/preimages")[0])",
        "/results/\(try store.files.names(store.root + "/results")[0])",
        "/runs/\(log.id)/events.jsonl", "/runs/\(log.id)/owner",
      ])
  }
}

@Suite struct RunLogTests {
  @Test(arguments: Backend.allCases) func `lines of a log are read up to a torn end`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    #expect(try test.store.runs() == [])
    let log = try test.store.newRun()
    #expect(try test.store.events(log.id) == [])
    try log.append("{\"a\":1}")
    try log.append("{\"b\":\"é\"}")
    try log.synchronize()
    let path = "\(test.store.root)/runs/\(log.id)/events.jsonl"
    let file = try test.store.files.append(path)
    try Array("{\"c".utf8).withUnsafeBytes { try file.write($0) }
    #expect(try test.store.events(log.id) == ["{\"a\":1}", "{\"b\":\"é\"}"])
    for bad in ["", "..", "../objects", "20260101T000000.000Z-../../..", "20260101T000000.000Z-00000000"] {
      #expect(try test.store.events(bad) == nil)
    }
  }

  @Test(arguments: Backend.allCases) func `runs are listed newest first`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    var ids: [String] = []
    for _ in 0..<3 {
      ids.append(try test.store.newRun().id)
      usleep(2000)
    }
    #expect(try test.store.runs() == ids.reversed())
    #expect(ids.allSatisfy { $0.utf8.count == 29 })
  }

  @Test func `a failed write tears one line only`() throws {
    let memory = MemoryFileSystem()
    let failing = FailingFileSystem(memory)
    _ = try Store(root: "/s", fileSystem: memory, create: true)
    let log = try Store(root: "/s", fileSystem: failing, create: false).newRun()
    try log.append("one")
    failing.follow(.crash(at: failing.operations + 1))
    #expect(throws: StoreError.self) { try log.append("two") }
    failing.follow(.never)
    try log.append("three")
    #expect(try Store(root: "/s", fileSystem: memory, create: false).events(log.id) == ["one", "tw", "three"])
  }
}
