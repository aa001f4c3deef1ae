import Artifacts
import Files
import Remotes
import Stores
import Testing

@testable import Sharing

/// Results of others as a run meets them: what is believed, brought and fetched, and what remotes can do to it.
@Suite struct PeersTests {
  @Test func `results come without bytes, and bytes when something needs them`() throws {
    let plant = try Plant(), remote = Liar(Self.remote()), store = try Plant.empty()
    let sent = try Self.push(plant.store, plant.keys, to: remote)
    #expect(sent.map(\.results) == [4] && sent[0].objects == 2)
    #expect(try Self.push(plant.store, plant.keys, to: remote).isEmpty, "nothing is new")
    let peers = try Self.accepting(store, [remote])
    #expect(try peers.bring(Self.steps(plant.keys)) == 4)
    for (identity, record) in Plant.results {
      let found = try #require(try store.result(identity.key))
      #expect(found.agrees(with: record) && found.claimant == "lab-a")
      let row = try #require(try store.row(identity.key))
      #expect(try peers.believes(row, of: .init(key: identity.key, stage: "made")))
      for object in record.objects {
        #expect(try !store.contains(object.digest) && store.isEvicted(object.digest) && peers.offers(object.digest))
      }
    }
    #expect(peers.used.count == 4)
    let objects = Plant.results.flatMap { $0.1.objects }
    try peers.fetch(objects)
    for object in objects {
      #expect(try Digest.of(store.bytes(object.digest, size: object.size)) == object.digest)
    }
    #expect(peers.fetched.objects == 2)
    // A stranger's key is claimed by nobody.
    #expect(try peers.bring(Self.steps([.of([1])])) == 0)
  }

  @Test func `claims that nobody has signed are nothing, unless a person takes them`() throws {
    let plant = try Plant(), remote = Self.remote(), store = try Plant.empty()
    _ = try Self.push(plant.store, plant.keys, to: remote)
    let peers = Plant.peers(store, [remote])
    #expect(try peers.synchronize().strangers == ["lab-a": 1])
    #expect(try peers.bring(Self.steps(plant.keys)) == 0)
    let push = try Push.read(remote.tags()[0], from: remote)
    try peers.shelf.put(push)
    peers.forget()
    #expect(try peers.bring(Self.steps(plant.keys)) == 0)
    try peers.shelf.accept(push.support)
    peers.forget()
    #expect(try peers.bring(Self.steps(plant.keys)) == 4)
    // Without that word they are in the store and count no more.
    try store.files.remove(store.root + "/pushes/\(push.support).accepted")
    peers.forget()
    for (identity, _) in Plant.results {
      let row = try #require(try store.row(identity.key))
      #expect(try !peers.believes(row, of: .init(key: identity.key, stage: "made")))
    }
  }

  @Test func `bounds of a lab hold for stages and for a time`() throws {
    let plant = try Plant(), remote = Self.remote(), store = try Plant.empty()
    _ = try Self.push(plant.store, plant.keys, to: remote)
    for (policy, count) in [
      (TrustPolicy(stages: ["other"]), 0), (TrustPolicy(stages: ["made"]), 4), (TrustPolicy(until: "2026-01-01"), 0),
      (TrustPolicy(until: "2099-01-01"), 4),
    ] {
      _ = try Self.accepting(store, [remote])
      let peers = Peers(
        store, [Peer("r", remote)], trust: Trust(signers: "/nowhere"), policies: ["lab-a": policy]
      ) { _ in }
      #expect(try peers.bring(Self.steps(plant.keys)) == count, "\(policy)")
    }
  }

  @Test func `labs that say different things are not believed, and one that is preferred is`() throws {
    let ours = try Plant(), theirs = try Plant.empty(), remote = Self.remote(), store = try Plant.empty()
    let key = Plant.identity(1).key
    _ = try theirs.keep(identity: Plant.identity(1), sources: [:])
    let other = Plant.record(.outputs(["out": Plant.file(Array("other".utf8), inline: true)]))
    _ = try theirs.publish(other, key)
    _ = try Self.push(ours.store, ours.keys, to: remote)
    _ = try Self.push(theirs, [key], to: remote, lab: "lab-b")
    let peers = try Self.accepting(store, [remote])
    #expect(try peers.bring(Self.steps(ours.keys)) == 3 && peers.conflicts.map(\.key) == [key])
    #expect(try store.result(key) == nil)
    let disputes = try peers.disputes { _ in nil }
    #expect(disputes.map(\.key) == [key] && disputes[0].claims.map(\.lab).sorted() == ["lab-a", "lab-b"])
    let preferring = Peers(
      store, [Peer("r", remote)], trust: Trust(signers: "/nowhere"), preferred: "lab-b"
    ) { _ in }
    #expect(try preferring.bring(Self.steps([key])) == 1)
    #expect(try store.result(key)?.agrees(with: other) == true && store.result(key)?.claimant == "lab-b")
  }

  @Test func `a remote that is down or wrong costs one warning, and another one serves`() throws {
    for lie in ["down", "breaks", "flips"] {
      let plant = try Plant(), inner = Self.remote(), store = try Plant.empty()
      _ = try Self.push(plant.store, plant.keys, to: inner)
      var heard: [String] = []
      _ = try Self.accepting(store, [inner])
      let bad = Liar(inner, [lie])
      let peers = try Self.accepting(store, []) { heard.append($0) }
      peers.peers = [Peer("bad", bad), Peer("good", inner)]
      try peers.synchronize()
      #expect(try peers.bring(Self.steps(plant.keys)) == 4, "\(lie)")
      let objects = Plant.results.flatMap { $0.1.objects }
      try peers.fetch(objects)
      for object in objects { #expect(try store.contains(object.digest), "\(lie)") }
      #expect((1...3).contains(heard.count), "\(lie): \(heard)")
      // Alone it serves nothing, and nothing is claimed to be at hand.
      let alone = try Plant.empty()
      _ = try Self.accepting(alone, [inner])
      let last = Peers(alone, [Peer("bad", bad)], trust: Trust(signers: "/nowhere")) { _ in }
      try last.synchronize()
      _ = try last.bring(Self.steps(plant.keys))
      try last.fetch(objects)
      for object in objects {
        let isHere = try alone.contains(object.digest)
        #expect(!last.offers(object.digest) || isHere, "\(lie)")
        if isHere { #expect(try Digest.of(alone.bytes(object.digest, size: object.size)) == object.digest) }
      }
    }
  }

  @Test func `a blob that is gone costs its own objects, and no others of that remote`() throws {
    for gone in 0...1 {
      let plant = try Plant(), remote = Self.remote(), store = try Plant.empty()
      for key in plant.keys[1...2] { _ = try Self.push(plant.store, [key], to: remote) }
      // The second push names the pack of the first one, which it reuses, and its own.
      let packs = try remote.tags().sorted().map { tag in
        try PushManifest(decoding: remote.manifest(tag)).layers.filter { $0.part == .objects }.map(\.digest)
      }
      let new = try #require(packs[1].first { $0 != packs[0][0] })
      try remote.remove(gone == 0 ? packs[0][0] : new)
      var heard: [String] = []
      let peers = try Self.accepting(store, [remote]) { heard.append($0) }
      #expect(try peers.bring(Self.steps(plant.keys)) == 2)
      let objects: [Digest] = [.of(Plant.large), .of(Plant.large + Plant.large)]
      try peers.fetch(objects.map { digest in try #require(Plant.results[2].1.objects.first { $0.digest == digest }) })
      #expect(try objects.map(store.contains) == [gone == 1, gone == 0] && heard.count == 1, "\(heard)")
    }
  }

  @Test func `a second push holds what is new, and reuses what is there`() throws {
    let plant = try Plant(), remote = Self.remote()
    _ = try Self.push(plant.store, Array(plant.keys.prefix(2)), to: remote)
    let second = try Self.push(plant.store, plant.keys, to: remote)
    // The object of the second result is in the third one too.
    #expect(second.map(\.results) == [2] && second[0].objects == 1)
    let store = try Plant.empty()
    let peers = try Self.accepting(store, [remote])
    #expect(try peers.bring(Self.steps(plant.keys)) == 4)
    try peers.fetch(Plant.results[2].1.objects)
    #expect(try store.holds(#require(try store.result(Plant.identity(3).key))))
    let claims = try remote.tags().map { try Push.read($0, from: remote).claims() }.sorted { $0.number < $1.number }
    #expect(claims.map(\.number) == [1, 2] && claims[1].previous == .of(claims[0].encoded()))
    #expect(claims[0].writer == claims[1].writer)
  }

  @Test func `bytes that came later are sent later`() throws {
    let plant = try Plant(), remote = Self.remote()
    try plant.store.files.remove(plant.store.objects.path(of: .of(Plant.large)))
    #expect(try Self.push(plant.store, plant.keys, to: remote)[0].absent == 1)
    #expect(try Self.push(plant.store, plant.keys, to: remote).isEmpty)
    try plant.store.put(Plant.large)
    #expect(try Self.push(plant.store, plant.keys, to: remote).map(\.objects) == [1])
  }

  @Test(.enabled(if: Signer.isThere, "no ssh-keygen"))
  func `rollback, a gap, and two pushes of one number are told, and strangers raise no alarm`() throws {
    let plant = try Plant(), files = MemoryFileSystem(), store = try Plant.empty(), signer = try Signer()
    let remote = FolderRemote.open("/remote", files)
    for count in 1...3 { _ = try Self.push(plant.store, Array(plant.keys.prefix(count)), to: remote, signer: signer) }
    var heard: [String] = []
    let peers = { (remote: any Remote) in
      Peers(store, [Peer("r", remote)], trust: Trust(signers: signer.signers)) { heard.append($0) }
    }
    // The second of three pushes is held back.
    let tag = try #require(try remote.tags().first { $0.contains("-00000002-") })
    let manifest = try remote.manifest(tag)
    try remote.removeTag(tag)
    try peers(remote).synchronize()
    #expect(heard.count == 1 && heard[0].contains("lacks a push of 'lab-a' before its number 3"), "\(heard)")
    heard = []
    try remote.publish(tag, manifest)
    let whole = peers(remote)
    try whole.synchronize()
    #expect(heard.isEmpty, "\(heard)")
    #expect(try whole.bring(Self.steps(Array(plant.keys.prefix(3)))) == 3)
    // An older state of the remote.
    try remote.removeTag(tag)
    try peers(remote).synchronize()
    #expect(heard.count == 1 && heard[0].contains("lacks a push that it had"), "\(heard)")
    heard = []
    // A copy of the store goes its own way: with the key, and somebody without it.
    let claims = try Push.read(remote.tags()[0], from: remote).claims()
    let twin = Claims(
      lab: claims.lab, writer: claims.writer, number: claims.number, previous: claims.previous,
      issued: "2026-12-01T00:00:00Z", claims.claims)
    for isSigned in [false, true] {
      var layers = try PushManifest(decoding: remote.manifest(remote.tags()[0])).layers
      layers.removeAll { $0.part == .claims || $0.part == .signature }
      let parts: [(PushManifest.Part, [UInt8])] =
        [(.claims, try Frames.compressed(twin.encoded()))]
        + (isSigned ? [(.signature, try signer.sign(twin.encoded()))] : [])
      for (part, bytes) in parts {
        let blob = try remote.put(bytes)
        layers.insert(.init(part: part, digest: blob.digest, size: blob.size), at: 0)
      }
      let forged = PushManifest(layers: layers).encoded()
      try remote.publish(PushName(twin, manifest: .of(forged)).tag, forged)
      let news = try peers(remote).synchronize()
      if isSigned {
        #expect(heard.count == 1 && heard[0].contains("two pushes of the number"), "\(heard)")
      } else {
        #expect(heard.isEmpty && news.strangers == ["lab-a": 1], "\(heard)")
      }
    }
    // A name alone makes no push one's own.
    let again = try Pusher(plant.store, to: remote, lab: "lab-a", signs: true)
    #expect(try again.news(Array(plant.keys.prefix(1)), objectsOf: []).isEmpty)
  }

  /// Anybody who can write at a remote can put other places beside claims that a trusted lab has signed.
  @Test(.enabled(if: Signer.isThere, "no ssh-keygen"))
  func `signed claims with wrong places beside them spoil nothing`() throws {
    let plant = try Plant(), remote = Self.remote(), signer = try Signer()
    _ = try Self.push(plant.store, plant.keys, to: remote, signer: signer)
    let tag = try remote.tags()[0]
    let push = try Push.read(tag, from: remote)
    let honest = String(decoding: try push.locations().encoded(), as: UTF8.self)
    let lengths = { (change: (Int) -> Int) in
      honest.split(separator: "\n").map { line -> String in
        let words = line.split(separator: " ")
        guard words.count > 4, let length = words.last.flatMap({ Int($0) }) else { return String(line) + "\n" }
        return (words.dropLast().map(String.init) + ["\(change(length))"]).joined(separator: " ") + "\n"
      }.joined()
    }
    let lies = [
      honest.replacing("records 4 ", with: "records 1048576 "),
      honest.replacing("records 4 ", with: "records \(Int.max) "), lengths { max(1, $0 - 1) }, lengths { $0 + 1 << 50 },
      "bioarc-locations 1\n", "",
    ]
    for (number, lie) in lies.enumerated() {
      var layers = push.manifest.layers.filter { $0.part != .locations }
      let blob = try remote.put(Frames.compressed(Array(lie.utf8)))
      layers.append(.init(part: .locations, digest: blob.digest, size: blob.size))
      let forged = PushManifest(layers: layers).encoded()
      try remote.publish(PushName(try push.claims(), manifest: .of(forged)).tag, forged)
      let store = try Plant.empty()
      let peers = Peers(store, [Peer("r", remote)], trust: Trust(signers: signer.signers)) { _ in }
      try peers.synchronize()
      #expect(try peers.bring(Self.steps(plant.keys)) == 4, "\(number)")
      let objects = Plant.results.flatMap { $0.1.objects }
      try peers.fetch(objects)
      for object in objects { #expect(try store.contains(object.digest), "\(number)") }
    }
  }

  @Test func `two stores of one lab push at once, and nothing is lost`() throws {
    let remote = Self.remote()
    let plants = try (0..<2).map { _ in try Plant() }
    for round in 0..<20 {
      let keys = (0..<2).map { Plant.identity(100 + 2 * round + $0).key }
      for (number, plant) in plants.enumerated() {
        _ = try plant.store.keep(identity: Plant.identity(100 + 2 * round + number), sources: [:])
        _ = try plant.store.publish(
          Plant.record(.outputs(["out": Plant.file(Array("\(round) \(number)".utf8), inline: true)])), keys[number])
      }
      let pushers = try plants.map { try Pusher($0.store, to: remote, lab: "lab-a") }
      for (number, pusher) in pushers.enumerated() {
        _ = try pusher.push(
          [keys[number]], objectsOf: [], now: 1_790_000_000, sign: { _ in nil }, progress: { _ in })
      }
    }
    let store = try Plant.empty()
    var heard: [String] = []
    let peers = try Self.accepting(store, [remote]) { heard.append($0) }
    try peers.synchronize()
    #expect(try remote.tags().count == 40 && heard.isEmpty, "\(heard)")
    #expect(try peers.bring(Self.steps((100..<140).map { Plant.identity($0).key })) == 40)
  }

  @Test func `care of a remote names what is damaged, and repair heals it`() throws {
    let plant = try Plant(), files = MemoryFileSystem()
    let remote = FolderRemote.open("/remote", files)
    _ = try Self.push(plant.store, plant.keys, to: remote)
    #expect(try RemoteCare(remote).check(share: 1, progress: { _ in }).findings.isEmpty)
    let names = try files.names("/remote/blobs/sha256")
    for name in names {
      let path = "/remote/blobs/sha256/" + name
      var bytes = try files.contents(path) ?? []
      guard bytes.count > 200 else { continue }
      bytes[100] ^= 4
      try files.remove(path)
      let file = try files.create(path, .readOnly)
      try file.write(bytes)
      try file.close()
    }
    #expect(try !RemoteCare(remote).check(share: 1, progress: { _ in }).findings.isEmpty)
    let pusher = try Pusher(plant.store, to: remote, lab: "lab-a")
    _ = try pusher.push(
      plant.keys, objectsOf: Set(plant.keys), now: 1_790_000_000, isRepairing: true, sign: { _ in nil },
      progress: { _ in })
    let store = try Plant.empty()
    let newest = try #require(try remote.tags().last)
    let push = try Push.read(newest, from: remote)
    #expect(
      try Plant.peers(store).take(push, from: remote, isAccepted: true, withObjects: true, progress: { _, _ in })
        .objects == 2)
    // A blob that no push names is old enough one day.
    _ = try remote.put(Array("nobody's".utf8))
    #expect(try RemoteCare(remote).unnamed(before: .infinity).count == 1)
    #expect(try RemoteCare(remote).unnamed(before: 0).isEmpty)
  }
}
