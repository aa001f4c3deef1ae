import Artifacts
import Files
import Stores
import Testing

@testable import Remotes
@testable import Sharing

@Suite struct BundleTests {
  /// Whether a store has exactly what was made for the plant, of the steps of which it has a result.
  private static func isSound(_ store: Store) throws -> Bool {
    for (identity, record) in Plant.results {
      guard let found = try store.result(identity.key) else { continue }
      guard found.agrees(with: record), try store.identity(identity.key)?.identity == identity else { return false }
      for object in found.objects {
        if try store.contains(object.digest) {
          guard try Digest.of(store.bytes(object.digest, size: object.size)) == object.digest else { return false }
        } else if try !store.isEvicted(object.digest) {
          return false
        }
      }
    }
    return true
  }

  @Test func `a bundle brings every result and every byte`() throws {
    let plant = try Plant()
    let bytes = try plant.bundle()
    #expect(try plant.bundle() == bytes, "the same results make the same bundle")
    let store = try Plant.empty()
    let first = try Plant.take(bytes, into: store)
    #expect(first.new == 4 && first.known == 0 && first.conflicts.isEmpty && first.objects == 2 && first.absent.isEmpty)
    #expect(first.bytes == 15_000)
    #expect(try Self.isSound(store))
    for (identity, record) in Plant.results {
      let found = try #require(try store.result(identity.key))
      #expect(found.outcome == record.outcome && found.claimant?.hasPrefix("lab-a") == true)
      #expect(try store.holds(found))
    }
    let again = try Plant.take(bytes, into: store)
    #expect(again.new == 0 && again.known == 4 && again.objects == 0)
    // The results of another lab are not ours to claim.
    var outgoing = Outgoing(store, to: FolderRemote.open("/push", MemoryFileSystem()))
    #expect(try outgoing.write(plant.keys, lab: "lab-b", sign: { _ in nil }).foreign == 4)
  }

  @Test func `without its bytes a result is one whose bytes were evicted`() throws {
    let plant = try Plant()
    for (archive, takesBytes) in [(try plant.bundle(withObjects: false), true), (try plant.bundle(), false)] {
      let store = try Plant.empty()
      let summary = try Plant.take(archive, into: store, withObjects: takesBytes)
      #expect(summary.new == 4 && summary.objects == 0 && summary.absent.count == 2)
      #expect(try store.isEvicted(.of(Plant.large)))
      #expect(try Self.isSound(store))
      // A later bundle heals that.
      #expect(try Plant.take(plant.bundle(), into: store).objects == 2)
      #expect(try store.contains(.of(Plant.large)) && !store.isEvicted(.of(Plant.large)))
    }
  }

  @Test func `a result that was computed here stays`() throws {
    let plant = try Plant()
    let store = try Plant.empty()
    let own = Plant.record(.outputs(["out": Plant.file(Array("other".utf8), inline: true)]))
    _ = try store.keep(identity: Plant.identity(1), sources: [:])
    _ = try store.publish(own, Plant.identity(1).key)
    let summary = try Plant.take(plant.bundle(), into: store)
    #expect(summary.conflicts == [.init(stage: "made", key: Plant.identity(1).key)] && summary.new == 3)
    #expect(try store.result(Plant.identity(1).key) == own)
    // And one that was taken is not in the way of one's own.
    _ = try store.publish(
      Plant.record(.failure(code: "late", message: "later")), Plant.identity(2).key)
    #expect(try store.result(Plant.identity(2).key)?.outcome == .failure(code: "late", message: "later"))
  }

  /// Any byte of the file is another, or the file ends anywhere: what is taken is right, and the rest is refused.
  @Test func `a damaged bundle brings nothing that is wrong`() throws {
    let bytes = try Plant().bundle()
    var (refused, partly) = (0, 0)
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[place] ^= UInt8(1 << (place % 8))
      let store = try Plant.empty()
      do { if try Plant.take(changed, into: store).damaged > 0 { partly += 1 } } catch let error
        where error is SharingError || error is RemoteError
      {
        refused += 1
      }
      #expect(try Self.isSound(store), "the byte \(place)")
    }
    #expect(refused > 100 && partly > 0, "\(refused) refused, \(partly) partly")
    for end in stride(from: 0, to: bytes.count - 1024 - 482, by: 101) {
      let store = try Plant.empty()
      #expect(throws: (any Error).self) { try Plant.take(Array(bytes[..<end]), into: store) }
      #expect(try Self.isSound(store), "\(end) bytes")
    }
  }

  @Test func `members that no bundle has are refused`() throws {
    let bytes = try Plant().bundle()
    let name = "blobs/sha256/" + String(repeating: "a", count: 64)
    let members: [(TarHeader, (inout [UInt8]) -> Void)] = [
      (TarHeader(name: "../evil", size: 0), { _ in }), (TarHeader(name: "/etc/passwd", size: 0), { _ in }),
      (TarHeader(name: "blobs/sha256/../../evil", size: 0), { _ in }), (TarHeader(name: "readme", size: 0), { _ in }),
      (TarHeader(name: "blobs/sha256/" + String(repeating: "A", count: 64), size: 0), { _ in }),
      (TarHeader(name: "index.json", size: 0), { _ in }), (TarHeader(name: "x\u{1B}[2J", size: 0), { _ in }),
      // Links, devices and extensions.
      (TarHeader(name: name, size: 0), { $0[156] = UInt8(ascii: "1") }),
      (TarHeader(name: name, size: 0), { $0[156] = UInt8(ascii: "2") }),
      (TarHeader(name: name, size: 0), { $0[156] = UInt8(ascii: "3") }),
      (TarHeader(name: name, size: 0), { $0[156] = UInt8(ascii: "x") }),
      (TarHeader(name: name, size: 0), { $0[156] = UInt8(ascii: "S") }),
      // A name in two parts, and a size beyond the file.
      (TarHeader(name: name, size: 0), { $0[345] = UInt8(ascii: "p") }),
      (TarHeader(name: name, size: 1 << 40), { _ in }),
    ]
    for (header, change) in members {
      var block = header.encoded()
      change(&block)
      // The sum is right again, so that it is not what is refused.
      let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
      let digits = Array(String(sum, radix: 8).utf8)
      block.replaceSubrange(148..<156, with: [UInt8](repeating: 48, count: 6 - digits.count) + digits + [0, 32])
      let error = #expect(throws: RemoteError.self) { try Plant.take(block + bytes, into: Plant.empty()) }
      #expect(error?.description.utf8.allSatisfy { $0 >= 32 } == true, "\(String(describing: error))")
    }
    #expect(TarHeader(name: "large", size: 1 << 40).encoded().count == 512)
    #expect(try TarHeader(decoding: TarHeader(name: "large", size: 1 << 40).encoded())?.size == 1 << 40)
  }

  private static func claims(_ results: [(StepIdentity, ResultRecord)]) -> Claims {
    Claims(
      lab: "lab-a", writer: "0123456789abcdef", number: 0, previous: Plant.zeros(), issued: "2026-11-28T17:00:00Z",
      results.map { Claims.Claim($1, $0.key) })
  }

  /// Every lie that a writer of bundles can tell, whoever has signed them.
  @Test func `records that are not what was claimed are refused`() throws {
    let honest = (Plant.identity(1), Plant.results[0].1)
    let other = Plant.record(.outputs(["out": Plant.file(Array("other".utf8), inline: true)]))
    let entry = { (pair: (StepIdentity, ResultRecord)) in (identity: pair.0.encoded(), record: pair.1.encoded()) }
    // Inline bytes that are not those of their digest, and a tree whose manifest is another.
    var output = Plant.file(Plant.small, inline: true)
    output = ResultRecord.Output(
      artifact: output.artifact, manifest: nil, inline: [output.artifact.digest: Array("wrong".utf8)])
    let poisoned = (Plant.identity(1), Plant.record(.outputs(["out": output])))
    // Facts that no output has.
    let later = ResultRecord(
      outcome: honest.1.outcome, environment: honest.1.environment, finished: 1, duration: 2.5, peakMemory: 1 << 20)
    var kind = Plant.file(Plant.small, inline: true).artifact
    kind.kind = ArtifactKind("other")
    let renamed = Plant.record(
      .outputs(["out": .init(artifact: kind, manifest: nil, inline: [kind.digest: Plant.small])]))
    let tree = Plant.tree([("a", Plant.small, true)])
    let shifted = (
      Plant.identity(1),
      Plant.record(
        .outputs(["out": .init(artifact: tree.artifact, manifest: TreeManifest([]), inline: [:])]))
    )
    let climbing = (Plant.identity(1), Plant.record(.outputs(["out": Plant.tree([("a/b", Plant.small, true)])])))
    let lies: [(String, [(identity: [UInt8], record: [UInt8])], Claims)] = [
      ("another outcome", [entry((Plant.identity(1), other))], Self.claims([honest])),
      ("a record that nobody claims", [entry(honest), entry((Plant.identity(2), other))], Self.claims([honest])),
      ("a record twice", [entry(honest), entry(honest)], Self.claims([honest])),
      ("a claim without a record", [entry(honest)], Self.claims([honest, (Plant.identity(2), other)])),
      ("poisoned bytes", [entry(poisoned)], Self.claims([poisoned])),
      ("another manifest", [entry(shifted)], Self.claims([shifted])),
      ("a name that no file has", [entry(climbing)], Self.claims([climbing])),
      ("bytes behind a record", [(honest.0.encoded(), honest.1.encoded() + [0])], Self.claims([honest])),
      ("another time", [entry((honest.0, later))], Self.claims([honest])),
      ("another kind", [entry((honest.0, renamed))], Self.claims([honest])),
      ("bytes behind an identity", [(honest.0.encoded() + [0], honest.1.encoded())], Self.claims([honest])),
    ]
    for (name, entries, claims) in lies {
      let store = try Plant.empty()
      #expect(throws: SharingError.self, "\(name)") {
        try Plant.take(Plant.crafted(entries, claims: claims), into: store)
      }
      #expect(try store.result(Plant.identity(2).key) == nil, "\(name)")
    }
    // The truth, made by the same hand, is taken.
    #expect(try Plant.take(Plant.crafted([entry(honest)], claims: Self.claims([honest])), into: Plant.empty()).new == 1)
  }

  /// Nobody has signed the places: a line of anything is refused before it is believed.
  @Test func `places that are not written so are refused`() throws {
    let honest = (Plant.identity(1), Plant.results[0].1)
    let entry = (identity: honest.0.encoded(), record: honest.1.encoded())
    let changes: [(String) -> String] = [
      { $0 + " \n" }, { $0 + "\n" }, { $0 + "records\n" }, { $0.replacing("records 1", with: "records +1") },
      { $0.replacing("records 1", with: "records 2") }, { $0.replacing("records 1", with: "records  1") },
      { $0.replacing(" 0 ", with: " \(Int.max) ") }, { $0.replacing(" 0 ", with: " 1 ") },
      { $0.replacing(" 0 ", with: " -1 ") }, { _ in "" }, { String($0.dropLast()) },
      { $0 + String(repeating: "\n", count: 1 << 20) },
    ]
    for (number, change) in changes.enumerated() {
      let places = { (bytes: [UInt8]) in Array(change(String(decoding: bytes, as: UTF8.self)).utf8) }
      #expect(throws: (any Error).self, "\(number)") {
        try Plant.take(Plant.crafted([entry], claims: Self.claims([honest]), places: places), into: Plant.empty())
      }
    }
    let lines = { (_: [UInt8]) in [UInt8](repeating: 10, count: 50 << 20) }
    #expect(throws: SharingError.self) {
      try Plant.take(Plant.crafted([entry], claims: Self.claims([honest]), text: lines), into: Plant.empty())
    }
  }

  /// A lie about the size of an object that is here does it no harm.
  @Test func `objects that are here stay where a bundle says another size of them`() throws {
    let store = try Plant.empty()
    try store.put(Plant.large)
    let output = Plant.file(Plant.large, inline: false)
    for size in [Plant.large.count - 1, Plant.large.count + 1] {
      var artifact = output.artifact
      artifact.size = size
      let lie = (
        Plant.identity(20 + size),
        Plant.record(.outputs(["out": .init(artifact: artifact, manifest: nil, inline: [:])]))
      )
      try Plant.take(
        Plant.crafted([(lie.0.encoded(), lie.1.encoded())], claims: Self.claims([lie])), into: store)
      #expect(throws: StoreError.corrupt(artifact.digest)) { try store.bytes(artifact.digest, size: size) }
      #expect(try store.contains(artifact.digest))
    }
    #expect(try store.bytes(output.artifact.digest, size: Plant.large.count) == Plant.large)
  }

  @Test func `a result that was computed at the same time comes before one that was taken`() throws {
    let store = try Plant.empty(), other = Plant.record(.failure(code: "other", message: "made here"))
    // Both have looked before either has written.
    _ = try store.publish(other, Plant.identity(1).key)
    let files = store.files
    let late = try Store(root: "/store", fileSystem: files, create: false)
    _ = try late.adopt(Plant.results[1].1, Plant.identity(2))
    _ = try store.publish(other, Plant.identity(2).key)
    try late.refresh()
    #expect(try store.result(Plant.identity(2).key) == other && late.result(Plant.identity(2).key) == other)
    #expect(try late.adopt(Plant.results[0].1, Plant.identity(1)) == .divergent(from: other))
    #expect(try store.result(Plant.identity(1).key) == other)
  }

  @Test func `a bundle from a folder, and one with a dot before its names, is the same`() throws {
    let plant = try Plant(), files = MemoryFileSystem()
    var outgoing = Outgoing(plant.store, to: FolderRemote.open("/push", files))
    _ = try outgoing.write(plant.keys, lab: "lab-a", sign: { _ in nil })
    let store = try Plant.empty()
    var new = 0
    let folder = FolderRemote.open("/push", files)
    for tag in try folder.tags() {
      new += try Plant.peers(store).take(
        Push.read(tag, from: folder), from: folder, isAccepted: true, withObjects: true, progress: { _, _ in }
      ).new
    }
    #expect(new == 4)
    #expect(try Self.isSound(store))
    let output = MemoryWriter()
    for name in ["oci-layout", "index.json"] + (try files.names("/push/blobs/sha256").map { "blobs/sha256/" + $0 }) {
      let bytes = try files.contents("/push/" + name) ?? []
      try output.write(TarHeader(name: "./" + name, size: bytes.count).encoded())
      try output.write(bytes + [UInt8](repeating: 0, count: TarHeader.padded(bytes.count) - bytes.count))
    }
    #expect(try Plant.take(output.bytes, into: Plant.empty()).new == 4)
  }

  @Test func `what grows without end is refused before it fills the memory`() throws {
    let honest = (Plant.identity(1), Plant.results[0].1)
    let claims = Self.claims([honest])
    let bomb = try Plant.compressed([UInt8](repeating: 0, count: 20 << 20))
    #expect(bomb.count < 100_000)
    let entry = (identity: honest.0.encoded(), record: honest.1.encoded())
    let error = #expect(throws: SharingError.self) {
      try Plant.take(Plant.crafted([entry], claims: claims, frames: { _ in bomb }), into: Plant.empty())
    }
    #expect(error == .tooLarge("the records"))
    // An object that is larger than its record says is left, and the result is one without its bytes.
    let large = (Plant.identity(2), Plant.results[1].1)
    let store = try Plant.empty()
    let summary = try Plant.take(
      Plant.crafted(
        [(large.0.encoded(), large.1.encoded())], claims: Self.claims([large]),
        objects: [(.of(Plant.large), size: Plant.large.count, frame: bomb)]), into: store)
    #expect(summary.damaged == 1 && summary.new == 1)
    #expect(try !store.contains(.of(Plant.large)) && store.isEvicted(.of(Plant.large)))
    #expect(try store.files.names("/store/tmp").isEmpty)
  }
}
