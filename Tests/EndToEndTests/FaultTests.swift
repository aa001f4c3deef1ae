import Foundation
import TestSupport
import Testing

/// Faults injected for real into runs of the small pipeline: after each, the next run ends by itself with the digests
/// of an undisturbed one.
@Suite(.serialized) struct FaultTests {
  static let undisturbed: Result<[String: String], any Error> = Result {
    let lab = try Lab()
    try lab.run()
    return try lab.digests()
  }

  static let isStress = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1"

  private func expectSound(_ lab: Lab, _ note: String, _ digests: [String: String]? = nil) throws {
    #expect(try lab.digests() == digests ?? Self.undisturbed.get(), "\(note)")
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(note): \(check.output)")
    let others = ["tmp", "leases"].flatMap {
      (try? FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/" + $0))) ?? []
    }
    #expect(others == [], "\(note): fsck leaves nothing of dead processes")
  }

  private func remove(_ lab: Lab, _ name: String = "cache") throws {
    try FileManager.default.removeItem(atPath: lab.workspace.path(name))
  }

  /// kill -9 of the run or of one of its workers at a random instant, 25 times, with `make stress` 1,000 times.
  @Test func `runs killed at random instants are continued`() throws {
    let lab = try Lab()
    let began = Date()
    try lab.run()
    let length = Date().timeIntervalSince(began)
    let seed = UInt64.random(in: 1...(.max))
    var state = seed
    print("seed of the kills: \(seed); an undisturbed run takes \(length) s")
    for round in 0..<(Self.isStress ? 1000 : 25) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let fraction = Double(state >> 40) / Double(1 << 24)
      if round % 3 == 0 { try remove(lab) }
      let process = lab.workspace.process(["run", "pipelines/small.yaml"])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(fraction * length * 1e6))
      let workers = CrashTests.workers(lab)
      if round % 2 == 1, let victim = workers.first {
        kill(victim, SIGKILL)
      } else {
        kill(process.processIdentifier, SIGKILL)
      }
      process.waitUntilExit()
      #expect(Waiting.until { CrashTests.workers(lab).isEmpty }, "round \(round), seed \(seed)")
      // Every third time the next run is killed too.
      guard round % 3 == 2 else { continue }
      try lab.run()
      try expectSound(lab, "round \(round), seed \(seed)")
    }
    try lab.run()
    try expectSound(lab, "seed \(seed)")
  }

  @Test func `eight runs at once execute each step once`() throws {
    let lab = try Lab()
    let runs = (0..<8).map { _ in lab.workspace.process(["run", "pipelines/small.yaml", "--json", "-j", "2"]) }
    let outputs = runs.indices.map { lab.workspace.path("run-\($0)") }
    for (process, output) in zip(runs, outputs) {
      _ = FileManager.default.createFile(atPath: output, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: output)
      process.standardError = FileHandle.nullDevice
      try process.run()
    }
    for process in runs { process.waitUntilExit() }
    #expect(runs.map(\.terminationStatus) == Array(repeating: 0, count: 8))
    let finished = try outputs.flatMap { Events(try String(contentsOfFile: $0, encoding: .utf8)).finished }
    #expect(finished.sorted() == Array(Set(finished)).sorted(), "each key is executed once")
    #expect(finished.count == 11)
    try expectSound(lab, "eight runs")
  }

  /// The worker that holds a lease is stopped: another run takes the step over when there is no sign of life. When it
  /// goes on, there is still one result.
  @Test func `the step of a stopped worker is taken over`() throws {
    let patience = ["BIOARC_LEASE_SECONDS": "2"]
    let first = try Midway(CrashTests.pipeline, environment: patience)
    let lab = first.lab
    let second = try Workspace.finish(
      lab.workspace.process(["run", "pipelines/small.yaml", "--json"], environment: patience))
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.output.contains("stepElsewhere"), "it waited first")
    #expect(Events(second.output).finished == ["supernet"])
    first.go()
    first.process.waitUntilExit()
    #expect(first.process.terminationStatus == 0)
    #expect(try lab.digests() == CrashTests.undisturbed(first.steps))
    let check = try lab.workspace.bioarc("fsck", "--store", "cache", "--json")
    #expect(check.status == 0, "\(check.output)")
    #expect(check.output.contains("\"results\" : 4"), "one published result a step: \(check.output)")
  }

  /// The small pipeline, and a task in a folder: an input that is a tree.
  private func labWithTree() throws -> Lab {
    let lab = try Lab(
      "inputs:\n  task: { path: task, kind: labelled-sequences, format: gue }\n" + Lab.pipeline
        + """

          windows: { stage: tokenize, with: { scheme: kmer, k: 3 }, in: { sequences: $task } }
        """)
    for (index, name) in ["train", "dev", "test"].enumerated() {
      let rows = (0..<40).map { row in
        let bits = UInt64(row + 40 * index + 1) &* 0x9E37_79B9_7F4A_7C15
        return String((0..<20).map { Array("ACGT")[Int(bits >> (2 * $0 + 20)) & 3] }) + ",\(row % 2)\n"
      }
      try lab.workspace.write("pipelines/task/\(name).csv", "sequence,label\n" + rows.joined())
    }
    return lab
  }

  /// One byte of each object in turn: the run that reads it finds it, sets it aside and makes it again.
  @Test func `a flipped byte in any object is found and made good`() throws {
    let lab = try labWithTree()
    try lab.run()
    let undisturbed = try lab.digests()
    let objects = lab.workspace.path("cache/objects")
    let paths = FileManager.default.enumerator(atPath: objects)?.compactMap { $0 as? String } ?? []
    let files = paths.filter { $0.count == 65 }.sorted()
    #expect(files.count > 9)
    for path in files {
      let url = URL(fileURLWithPath: objects + "/" + path)
      let right = try Data(contentsOf: url)
      var bytes = right
      bytes[bytes.count / 2] ^= 4
      try FileManager.default.removeItem(at: url)
      try bytes.write(to: url)
      // Everything is computed again, so everything is read that anything reads.
      try lab.run(["--force", "*", "--retries", "9"])
      // An object that no step reads is found by fsck, and then written by the step that makes it.
      let check = try lab.workspace.bioarc("fsck", "--store", "cache", "--json")
      if check.status != 0 { try lab.run(["--force", "*"]) }
      #expect(try lab.digests() == undisturbed, "\(path)")
      let now = try? Data(contentsOf: url)
      #expect(now == nil || now == right, "\(path) is not as it was")
      let aside = (try? FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/quarantine"))) ?? []
      #expect(aside.contains { $0.contains(String(path.suffix(20))) }, "\(path) was not set aside: \(check.output)")
    }
    try expectSound(lab, "flipped bytes", undisturbed)
  }

  /// One byte of the results and pre-images, at many places: a plain run finds what it reads of them, and makes it
  /// again.
  @Test func `a flipped byte in the records is found and made good`() throws {
    let lab = try Lab()
    try lab.run()
    for folder in ["results", "preimages"] {
      for place in 1..<8 {
        let names = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/" + folder))
        for name in names {
          let url = URL(fileURLWithPath: lab.workspace.path("cache/\(folder)/\(name)"))
          var bytes = try Data(contentsOf: url)
          bytes[bytes.count * place / 8] ^= 4
          try FileManager.default.removeItem(at: url)
          try bytes.write(to: url)
        }
        try lab.run()
        // A part that only a look at a result reads is found by that look, and is there again after the next run.
        for _ in names where (try? lab.digests()) == nil { try lab.run() }
        #expect(try lab.digests() == Self.undisturbed.get(), "\(folder), place \(place)")
      }
    }
    // A part that nothing has read since is found by a check.
    _ = try lab.workspace.bioarc("fsck", "--store", "cache")
    try expectSound(lab, "flipped records")
  }

  // MARK: Places that refuse

  private func shell(_ command: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func run(_ lab: Lab, _ verb: String = "run") throws -> Execution {
    try Workspace.finish(lab.workspace.process([verb, "pipelines/small.yaml"]))
  }

  @Test func `a full or read-only disk is told, and the next run succeeds`() throws {
    let lab = try Lab()
    let cache = lab.workspace.path("cache")
    try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
    guard try shell("mount -t tmpfs -o size=160k none '\(cache)'") == 0 else {
      return print("skipped: no right to mount a small file system")
    }
    defer { _ = try? shell("umount -l '\(cache)'") }
    let full = try run(lab)
    #expect(full.status == 1)
    #expect(full.errors.contains("no space left for"), "\(full.errors)")
    #expect(try shell("mount -o remount,size=64m '\(cache)'") == 0)
    let next = try run(lab)
    #expect(next.status == 0, "\(next.errors)")
    try expectSound(lab, "a full disk")
    #expect(try shell("mount -o remount,ro '\(cache)'") == 0)
    #expect(try run(lab).status == 0, "a run with nothing to do needs to write nothing")
    #expect(try run(lab, "status").status == 0)
    try lab.write(Lab.pipeline.replacingOccurrences(of: "lr: 0.001", with: "lr: 0.002"))
    let refused = try run(lab)
    #expect(refused.status != 0)
    #expect(refused.errors.contains("is on a read-only file system: use a place that can be written"))
    #expect(try shell("mount -o remount,rw '\(cache)'") == 0)
    let last = try run(lab)
    #expect(last.status == 0, "\(last.errors)")
  }

  @Test func `a store without permission is told as such`() throws {
    let lab = try Lab()
    try lab.run()
    try lab.write(Lab.pipeline.replacingOccurrences(of: "lr: 0.001", with: "lr: 0.002"))
    let program = lab.workspace.process([]).executableURL!.path
    let place = lab.workspace.folder.path
    guard geteuid() == 0, try shell("setpriv --reuid=65534 --clear-groups '\(program)' --help") == 0 else {
      return print("skipped: no other user to run as")
    }
    let command =
      "cd '\(place)' && "
      + "setpriv --reuid=65534 --clear-groups '\(program)' run pipelines/small.yaml >'\(place)/said' 2>&1"
    _ = FileManager.default.createFile(atPath: place + "/said", contents: nil)
    #expect(try shell(command) != 0)
    let said = try String(contentsOfFile: place + "/said", encoding: .utf8)
    #expect(said.contains("no permission for") && said.contains("ask its owner"), "\(said)")
    try lab.write(Lab.pipeline)
    #expect(try lab.run().started == [])
  }

  /// Two users share a store. A command of one was killed and has left a folder of its own: the other's gc and du count
  /// and remove the rest.
  @Test func `leftovers of another user stay, and the rest goes`() throws {
    let lab = try Lab()
    try lab.run()
    let program = lab.workspace.process([]).executableURL!.path
    guard geteuid() == 0, try shell("setpriv --reuid=65534 --clear-groups '\(program)' --help") == 0 else {
      return print("skipped: no other user to run as")
    }
    let run = try #require(
      FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/runs")).first)
    let owner = try String(contentsOfFile: lab.workspace.path("cache/runs/\(run)/owner"), encoding: .utf8)
    let left = lab.workspace.path("cache/tmp") + "/" + owner.prefix { $0 != "\n" }
    #expect(try shell("mkdir -p '\(left)/step/home' && chmod -R a+rwX '\(lab.workspace.path("cache"))'") == 0)
    #expect(try shell("mkdir -m 700 '\(left)/step/home/tmp' && echo x > '\(left)/step/home/tmp/file'") == 0)
    let place = lab.workspace.folder.path
    _ = FileManager.default.createFile(atPath: place + "/said", contents: nil)
    for arguments in ["du", "gc --keep-days 0 --no-keep-newest --grace-seconds 0 --yes"] {
      let command =
        "cd '\(place)' && setpriv --reuid=65534 --clear-groups '\(program)' \(arguments) --store cache >said 2>&1"
      let status = try shell(command)
      let said = try String(contentsOfFile: place + "/said", encoding: .utf8)
      #expect(status == 0 && said.contains(arguments == "du" ? "in all" : "freed "), "\(arguments): \(said)")
    }
    #expect(FileManager.default.fileExists(atPath: left + "/step/home/tmp/file"))
    #expect(try lab.workspace.bioarc("gc", "--store", "cache", "--yes").status == 0)
    #expect(!FileManager.default.fileExists(atPath: left))
    try lab.run(["--force", "*"])
    try expectSound(lab, "two users")
  }

  /// The store is removed while a run uses it.
  @Test func `a run ends by itself when its store is removed`() throws {
    let lab = try Lab()
    let process = lab.workspace.process(
      ["run", "pipelines/small.yaml"], environment: ["BIOARC_LEASE_SECONDS": "2"])
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    #expect(Waiting.until { FileManager.default.fileExists(atPath: lab.workspace.path("cache/results")) })
    for _ in 0..<50 where (try? remove(lab)) == nil { usleep(1000) }
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "\(said)")
    #expect(process.terminationStatus == 0 || said.contains("cache/"), "it names what is gone: \(said)")
    try? remove(lab)
    try lab.run()
    try expectSound(lab, "a removed folder")
  }
}
