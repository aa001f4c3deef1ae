import Artifacts
import Glibc
import Stores
import TestSupport
import Testing

@testable import Files
@testable import Space

/// Pins, runs in progress, and collections that end in the middle.
@Suite struct PinTests {
  @Test(arguments: Backend.allCases) func `pins are added, listed, checked and removed`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let pin = Pin(name: "paper", time: 12.5, pipeline: "p", file: "p.yaml", step: "", keys: [key("a"), key("b")])
    #expect(try test.store.pins() == [])
    #expect(try test.store.add(pin))
    #expect(try !test.store.add(Pin(name: "paper", time: 1, pipeline: "", file: "", step: "", keys: [])))
    let other = Pin(name: "a+b", time: 1, pipeline: "q", file: "q.yaml", step: "s[k=1]", keys: [])
    #expect(try test.store.add(other))
    #expect(try test.reopened().pins() == [other, pin])
    #expect(try test.store.fsck().problems.isEmpty)
    #expect(try test.store.removePin("a+b"))
    #expect(try !test.store.removePin("a+b") && !test.store.removePin("../FORMAT"))
    try test.damage(test.store.root + "/pins/paper", at: 30)
    #expect(try test.store.fsck().problems.map(\.path) == ["pins/paper"])
    #expect(try test.store.pins() == [])
    #expect(["", ".a", "-a", "a/b", "a b", "é", String(repeating: "a", count: 101)].filter(NameRules.isPin) == [])
  }

  /// A run is in progress while its process lives; one of another host until it has been silent for a day.
  @Test(arguments: Backend.allCases) func `a run is in progress while its process lives`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let store = test.store
    let input = ArtifactReference(
      kind: .tokens, format: "", options: [:], layout: .file, digest: key("input"), size: 4)
    let run = try store.newRun(reading: [input])
    try run.append("{}")
    let day: Int64 = 86_400 * 1_000_000_000
    let now = try store.now()
    #expect(try store.mayBeInProgress(run.id, now: now + 9 * day))
    #expect(try store.inputs(ofRun: run.id) == [key("input")])
    let path = "\(store.root)/runs/\(run.id)/owner"
    let name = String(decoding: try store.files.contents(path) ?? [], as: UTF8.self).split(separator: "\n")[0]
    var parts = name.split(separator: "~").map(String.init)
    parts[3] = "1"
    try test.overwrite(path, Array((parts.joined(separator: "~") + "\n").utf8))
    #expect(try !store.mayBeInProgress(run.id, now: now))
    parts[0] = "elsewhere"
    try test.overwrite(path, Array((parts.joined(separator: "~") + "\n").utf8))
    #expect(try store.mayBeInProgress(run.id, now: now + day / 2))
    #expect(try !store.mayBeInProgress(run.id, now: now + day + day / 2))
  }

  /// A lease of this process is work in progress, as is one of another host that is signed.
  @Test(arguments: Backend.allCases) func `a lease is work in progress until its release`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let now = try test.store.now()
    let lease = try test.store.lease(key("s"))
    #expect(try test.store.keysInProgress(now: now) == [key("s")])
    lease?.release()
    #expect(try test.store.keysInProgress(now: now) == [])
  }

  /// A collection may end anywhere: nothing is lost that is not noted as evicted, and the rest is sound.
  @Test func `a collection may end anywhere without a loss`() throws {
    var at = 0
    while true {
      let memory = MemoryFileSystem()
      let filled = try Store(root: "/s", fileSystem: memory, create: true)
      var made: [(key: Digest, digest: Digest, size: Int)] = []
      for number in 0..<3 { made.append(try SpaceTests.add(filled, "s\(number)", bytes: 6000, seconds: 1)) }
      try filled.close()
      let failing = FailingFileSystem(memory)
      let store = try Store(root: "/s", fileSystem: failing, create: false)
      let census = try store.census()
      let plan = store.evictionPlan(
        census, try Reach([:], census: census, store: store), goal: .all, now: .max, grace: 0)
      #expect(plan.items.count == 3)
      failing.follow(.crash(at: failing.operations + at))
      let ended: Bool
      do {
        _ = try store.carryOut(plan, limit: .max) { try Reach([:], census: census, store: store) }
        ended = true
      } catch { ended = false }
      memory.losePower(keepingNames: true)
      let after = try Store(root: "/s", fileSystem: memory, create: false)
      #expect(try after.fsck().problems.isEmpty, "died at \(at)")
      for step in made {
        let row = try #require(try after.row(step.key))
        #expect(try after.holds(row, step.key, orEvicted: true), "died at \(at)")
      }
      if ended { break }
      at += 1
    }
    #expect(at > 10)
  }
}
