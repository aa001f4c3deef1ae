import Artifacts
import Files
import Remotes
import Stores
import Testing

@testable import Sharing

/// The price of sharing in requests and bytes, whatever the number of results: they go in packs.
@Suite struct CostTests {
  private static let results = 5_000
  /// So many of them have an object, of bytes that do not compress.
  private static let objects = 250
  private static let size = 2_000

  /// A store with results, a remote without any, and the keys.
  private struct Scene {
    private let folder: ScratchFolder
    let ours: Store
    let remote: CountingRemote
    private(set) var keys: [Digest] = []

    init() throws {
      folder = try ScratchFolder()
      ours = try Store(root: folder.path + "/ours", create: true)
      remote = CountingRemote(FolderRemote.open(folder.path + "/remote"))
      for number in 0..<CostTests.results { try add(number, isObject: number < CostTests.objects) }
    }

    func remove() { folder.remove() }

    func theirs() throws -> Store { try Store(root: folder.path + "/theirs", create: true) }

    mutating func add(_ number: Int, isObject: Bool) throws {
      let bytes = isObject ? CostTests.noise(number) : Array("result \(number)\n".utf8)
      if isObject { try ours.put(bytes) }
      try ours.keep(identity: Plant.identity(number), sources: [:])
      let key = Plant.identity(number).key
      _ = try ours.publish(Plant.record(.outputs(["metrics": Plant.file(bytes, inline: !isObject)])), key)
      keys.append(key)
    }

    /// Pushes what is new, as a lab that signs; returns how many results that were.
    func push() throws -> Int {
      let pusher = try Pusher(ours, to: remote, lab: "lab-a")
      let news = try pusher.news(keys, objectsOf: Set(keys))
      if news.isEmpty { return 0 }
      return try pusher.push(
        news, objectsOf: Set(keys), now: 1_790_000_000, sign: { _ in Array("a signature".utf8) }, progress: { _ in }
      ).reduce(0) { $0 + $1.results }
    }

    /// Reads the claims of all pushes, and takes a person's word for them.
    func peers(_ store: Store) throws -> Peers {
      for tag in try remote.tags() { try PushShelf(store).accept(Push.read(tag, from: remote)) }
      return Peers(store, [Peer("remote", remote)], trust: Trust(signers: "/nowhere")) { Issue.record("\($0)") }
    }

    /// The objects of results that a store lacks.
    func missing(_ store: Store, _ keys: [Digest]) throws -> [(digest: Digest, size: Int)] {
      try keys.flatMap { key in try store.missing(#require(try store.result(key))) }
    }
  }

  private static func noise(_ seed: Int) -> [UInt8] {
    var state = UInt64(seed + 1)
    return (0..<size).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 32)
    }
  }

  private static func steps(_ keys: some Sequence<Digest>) -> [ClaimedStep] {
    keys.map { ClaimedStep(key: $0, stage: "made") }
  }

  @Test func `thousands of results are pushed and pulled in a few requests`() throws {
    let scene = try Scene()
    defer { scene.remove() }
    let (first, pushed) = try scene.remote.counting { try scene.push() }
    #expect(pushed == Self.results && first.requests <= 12 && first.blobs == 5, "\(first)")
    let (second, again) = try scene.remote.counting { try scene.push() }
    #expect(again == 0 && second == .init(requests: 1), "\(second)")
    let store = try scene.theirs()
    let (claims, peers) = try scene.remote.counting { try scene.peers(store) }
    #expect(claims.requests <= 5, "\(claims)")
    let (records, brought) = try scene.remote.counting { try peers.bring(Self.steps(scene.keys)) }
    #expect(brought == Self.results && records.requests <= 2, "\(records)")
    let (objects, _) = try scene.remote.counting { try peers.fetch(scene.missing(store, scene.keys)) }
    #expect(objects.requests <= 1 && peers.fetched.objects == Self.objects, "\(objects)")
    #expect(try scene.missing(store, scene.keys).isEmpty)
    print("figure: calls of a remote for 5,000 results and 250 objects: push \(first), again \(second)")
    print("figure: the same pulled: claims \(claims), records \(records), objects \(objects)")
  }

  @Test func `one new result costs a few requests and little more than its bytes`() throws {
    var scene = try Scene()
    defer { scene.remove() }
    _ = try scene.push()
    try scene.add(Self.results, isObject: true)
    let (push, count) = try scene.remote.counting { [scene] in try scene.push() }
    #expect(count == 1 && push.requests <= 12 && push.sent + push.received <= 100_000, "\(push)")
    print("figure: calls of a remote for one result more: \(push)")
  }

  /// A run plans in waves: what it asks for in one must not cost a request for each.
  @Test func `steps that are asked for bit by bit cost a few requests`() throws {
    let scene = try Scene()
    defer { scene.remove() }
    _ = try scene.push()
    let peers = try scene.peers(scene.theirs())
    let (counts, brought) = try scene.remote.counting {
      try stride(from: 0, to: Self.results, by: 50).reduce(0) { count, start in
        try count + peers.bring(Self.steps(scene.keys[start..<start + 50]))
      }
    }
    #expect(brought == Self.results && counts.requests <= 5, "\(counts)")
  }

  @Test func `one result among thousands costs the claims, one range of records and its object`() throws {
    let scene = try Scene()
    defer { scene.remove() }
    _ = try scene.push()
    for number in [7, Self.results - 1] {
      let store = try scene.theirs()
      let (claims, peers) = try scene.remote.counting { try scene.peers(store) }
      #expect(claims.requests <= 5, "\(claims)")
      // The list of pushes and the record.
      let (record, count) = try scene.remote.counting { try peers.bring(Self.steps([scene.keys[number]])) }
      #expect(count == 1 && record.requests == 2 && record.received <= 1 << 16, "\(record)")
      let (object, _) = try scene.remote.counting { try peers.fetch(scene.missing(store, [scene.keys[number]])) }
      let isObject = number < Self.objects
      #expect(object.requests == (isObject ? 1 : 0) && object.received <= Self.size + 100, "\(object)")
      #expect(try scene.missing(store, [scene.keys[number]]).isEmpty)
    }
  }
}
