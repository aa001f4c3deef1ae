import Artifacts
import Glibc
import Stores
import Synchronization
import Testing

@testable import Files
@testable import Space

/// Runs a command and returns its exit status and what it wrote.
private func shell(_ command: String) -> (status: Int32, output: [UInt8]) {
  guard let pipe = popen(command, "r") else { return (-1, []) }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
  return (pclose(pipe), output)
}

/// Properties that only the real file system shows.
@Suite struct DiskTests {
  @Test func `zstdcat shows the content of an object`() throws {
    guard shell("command -v zstdcat").status == 0 else { return print("skipped: zstdcat is not installed") }
    let test = try TestStore(.disk)
    let bytes = noise(300_000)
    let path = test.objectPath(try test.store.put(bytes).digest)
    #expect(shell("zstdcat < '\(path)'").output == bytes)
  }

  @Test func `files and folders have their modes`() throws {
    let test = try TestStore(.disk)
    let (digest, _) = try test.store.put([1])
    let mask = umask(0)
    umask(mask)
    func mode(_ path: String) -> mode_t {
      var status = stat()
      #expect(stat(path, &status) == 0)
      return status.st_mode & 0o777
    }
    #expect(mode(test.objectPath(digest)) == 0o444 & ~mask)
    #expect(mode(test.store.root) == 0o775 & ~mask)
    #expect(mode(test.store.root + "/objects") == 0o775 & ~mask)
    _ = try test.store.newRun().append("{}")
    let log = try #require(try test.store.runs().first)
    #expect(mode("\(test.store.root)/runs/\(log)/events.jsonl") == 0o664 & ~mask)
    #expect(shell("find '\(test.store.root)' -perm -o=w").output.isEmpty)
  }

  /// A disk that is really full: a clear error, nothing half written, and work goes on once there is space.
  @Test func `a full disk gives a clear error and no damage`() throws {
    let folder = TemporaryFolder()
    guard shell("mount -t tmpfs -o size=1m tmpfs '\(folder.path)' 2>&1").status == 0 else {
      return print("skipped: a small tmpfs may not be mounted here")
    }
    defer { _ = shell("umount '\(folder.path)'") }
    let store = try Store(root: folder.path + "/store", create: true)
    _ = try store.publish(record("a"), key("s"))
    var stored: [UInt64] = []
    var failures = 0
    for seed in 1...20 {
      do {
        try store.put(noise(100_000, seed: UInt64(seed)))
        stored.append(UInt64(seed))
      } catch StoreError.full { failures += 1 }
    }
    #expect(stored.count >= 5 && failures >= 5)
    #expect(try store.files.names(store.root + "/tmp") == [])
    for seed in stored {
      #expect(try store.bytes(.of(noise(100_000, seed: seed)), size: 100_000) == noise(100_000, seed: seed))
    }
    #expect(try store.result(key("s")) == record("a"))
    let victim = Digest.of(noise(100_000, seed: stored[0]))
    try store.files.remove("\(store.root)/objects/\(victim.hex.prefix(2))/\(victim.hex.dropFirst(2))")
    try store.put(noise(90_000))
    #expect(try store.fsck().problems.isEmpty)
  }

  @Test func `a read-only folder cannot be written but read`() throws {
    guard geteuid() != 0 else { return print("skipped: the superuser may write anywhere") }
    let test = try TestStore(.disk)
    let (digest, _) = try test.store.put([1])
    #expect(shell("chmod -R a-w '\(test.store.root)'").status == 0)
    defer { _ = shell("chmod -R u+w '\(test.store.root)'") }
    #expect(throws: StoreError.permission(path: "")) {
      do { try test.store.put([2]) } catch StoreError.permission { throw StoreError.permission(path: "") }
    }
    #expect(try test.store.bytes(digest, size: 1) == [1])
  }

  /// Throughput, printed.
  @Test func `the throughput of a store is printed`() throws {
    let test = try TestStore(.disk)
    for (name, bytes) in [
      ("noise", noise(32 << 20)), ("bases", noise(32 << 20).map { [65, 67, 71, 84][Int($0 & 3)] }),
    ] {
      let seconds = try processorTime(runs: 1) { try test.store.put(bytes) } / 1000
      let read = try processorTime(runs: 1) { _ = try test.store.bytes(.of(bytes), size: bytes.count) } / 1000
      let stored = try test.store.files.status(test.objectPath(.of(bytes))).size
      print(
        "figure: \(name): written at \(Int(33.5 / seconds)) MB/s, read at \(Int(33.5 / read)) MB/s (with a hash more), "
          + "ratio \(Double(bytes.count * 100 / stored) / 100)")
    }
  }
}

/// Several writers of one store at once.
@Suite struct ConcurrencyTests {
  @Test func `threads may write the same things at once`() throws {
    let folder = TemporaryFolder()
    let root = folder.path + "/store"
    let outcome = Mutex<[Publication]>([])
    let threads = (0..<8).map { number in
      Thread {
        do {
          let store = try Store(root: root, create: true)
          for round in 0..<10 {
            try store.put(noise(20_000, seed: UInt64(round + 1)))
            try store.keep(identity: identity("s\(round)"), sources: [key("\(number)"): key("r")])
            var lease = try store.lease(key("\(round)"))
            while lease == nil {
              usleep(200)
              lease = try store.lease(key("\(round)"))
            }
            defer { lease?.release() }
            let publication = try store.publish(record("\(round)", finished: Double(number)), key("\(round)"))
            outcome.withLock { $0.append(publication) }
            _ = try store.publish(record("of \(number)"), key("contested"))
            try store.newRun().append("{}")
          }
        } catch { Issue.record("\(error)") }
      }
    }
    for thread in threads { thread.join() }
    let store = try Store(root: root, create: false)
    #expect(outcome.withLock { $0.filter { $0 == .first }.count } == 10)
    #expect(outcome.withLock { $0.filter { $0 == .equal }.count } == 70)
    #expect(try Set(store.attempts(key("contested"))) == Set((0..<8).map { record("of \($0)") }))
    #expect(try store.runs().count == 80)
    #expect(try store.files.names(root + "/tmp") == [])
    #expect(try store.fsck().problems.isEmpty)
  }

  private static let childVariable = "BIOARC_STORES_CHILD"
  private static var childFolder: String? { getenv(childVariable).map { String(cString: $0) } }

  /// The work of the killed process: it writes into a store without end. Runs only in that process.
  @Test(.enabled(if: childFolder != nil)) func writesUntilKilled() throws {
    let store = try Store(root: try #require(Self.childFolder), create: true)
    for round in 0... {
      let seed = UInt64(round % 50 + 1)
      try store.put(noise(50_000, seed: seed))
      try store.keep(identity: identity("s\(round)"), sources: [:])
      _ = try store.publish(record("\(round)"), key("s\(round)"))
      let segments = SegmentFolder(store, training("train"), scratch: "/none")
      try segments.save(step: round + 1) { create in
        let writer = try create("own")
        try writer.write(noise(5000, seed: UInt64(round + 1)))
        try writer.close()
      }
    }
  }

  /// Two processes write into one store and are killed, again and again: nothing has to be cleaned by hand.
  @Test(.enabled(if: childFolder == nil)) func `killed processes leave nothing to clean by hand`() throws {
    let folder = TemporaryFolder()
    let root = folder.path + "/store"
    var removed = 0
    for round in 0..<6 {
      let children = (0..<2).map { _ in Self.startChild(root) }
      // The first ones may take long to begin on a busy machine.
      for _ in 0..<60_000 where Self.objects(root) == 0 { usleep(5000) }
      usleep(150_000 + UInt32(round) * 37_000)
      for child in children {
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(status & 0x7f == SIGKILL, "the child ended by itself with \(status)")
      }
      guard try DiskFileSystem().contains(root + "/FORMAT") else { continue }
      let events = TestStore.Events()
      let store = try Store(root: root, create: false) { events.add($0) }
      let segments = SegmentFolder(store, training("train"), scratch: "/none")
      if let newest = try segments.newest(atOrBefore: .max) {
        #expect(try newest.state.bytes("own") == noise(5000, seed: UInt64(newest.step)))
      }
      let report = try store.fsck()
      #expect(report.problems.isEmpty)
      #expect(report.temporaries == 0)
      removed += report.removedTemporaries
      print(
        "figure: killed with \(report.objects) objects, \(report.removedTemporaries) temporary files"
      )
    }
    #expect(try Store(root: root, create: false).fsck().objects > 0)
  }

  /// The number of folders of objects.
  private static func objects(_ root: String) -> Int { (try? DiskFileSystem().names(root + "/objects").count) ?? 0 }

  /// Starts this test program again for one test only.
  private static func startChild(_ root: String) -> pid_t {
    let arguments = ["test", "--testing-library", "swift-testing", "--filter", "writesUntilKilled"]
    var environment: [String] = ["\(childVariable)=\(root)"]
    for name in ["PATH", "LD_LIBRARY_PATH", "HOME"] {
      if let value = getenv(name) { environment.append("\(name)=\(String(cString: value))") }
    }
    var child = pid_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    precondition(posix_spawn(&child, "/proc/self/exe", &actions, nil, &argv, &envp) == 0, "cannot start a process")
    for text in argv + envp { free(text) }
    posix_spawn_file_actions_destroy(&actions)
    return child
  }
}
