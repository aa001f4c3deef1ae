import Artifacts
import Files
import Testing

@testable import Remotes
@testable import Sharing

/// Bundles that are made by hand: archives, layouts, and pushes whose parts agree on what nobody can have.
extension MaliciousBundleTests {
  typealias Bytes = [UInt8]

  // MARK: Archives

  static let blob = "blobs/sha256/" + String(repeating: "a", count: 64)

  /// An archive whose first member has a header that was changed; its sum is right again.
  static func member(
    _ name: String, size: Int = 0, _ change: (inout Bytes) -> Void = { _ in }
  ) throws -> Bytes {
    try broken(name, size: size) { block in
      change(&block)
      let sum = block.enumerated().reduce(0) {
        $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element))
      }
      let digits = Array(String(sum, radix: 8).utf8)
      block.replaceSubrange(
        148..<156, with: Bytes(repeating: 48, count: 6 - digits.count) + digits + [0, 32])
    }
  }

  static func broken(_ name: String, size: Int = 0, _ change: (inout Bytes) -> Void) throws
    -> Bytes
  {
    var block = TarHeader(name: name, size: size).encoded()
    change(&block)
    return block + honest
  }

  static func type(_ letter: UInt8) throws -> Bytes {
    try member(blob) { $0[156] = letter }
  }

  static func sized(_ field: Bytes) throws -> Bytes {
    try member(blob) {
      $0.replaceSubrange(124..<136, with: field + Bytes(repeating: 0, count: 12 - field.count))
    }
  }

  static func archive(_ members: [(String, Bytes)]) -> Bytes {
    members.flatMap { name, bytes in
      TarHeader(name: name, size: bytes.count).encoded() + bytes
        + Bytes(repeating: 0, count: TarHeader.padded(bytes.count) - bytes.count)
    } + Bytes(repeating: 0, count: 1024)
  }

  // MARK: Layouts

  /// The files of a bundle that is right, with its only push.
  static func files() throws -> (members: [String: Bytes], tag: String, manifest: Bytes) {
    let files = MemoryFileSystem()
    let remote = FolderRemote.open("/push", files)
    var outgoing = Outgoing(try Plant().store, to: remote)
    _ = try outgoing.write(Plant.results.map(\.0.key), lab: "lab-a", sign: { _ in nil })
    let tag = try remote.tags()[0]
    var members: [String: Bytes] = [:]
    for name in ["oci-layout", "index.json"]
      + (try files.names("/push/blobs/sha256").map { "blobs/sha256/" + $0 })
    {
      members[name] = try files.contents("/push/" + name)
    }
    return (members, tag, try remote.manifest(tag))
  }

  /// A bundle with other files than it should have; nil: without that one.
  static func changed(_ changes: [String: Bytes?]) throws -> Bytes {
    var members = try files().members
    for (name, bytes) in changes { members[name] = bytes }
    return archive(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// A bundle whose manifest says something else, under a name that is right for it.
  static func manifest(_ change: (String) -> String) throws -> Bytes {
    let (_, tag, old) = try files()
    let new = Array(change(String(decoding: old, as: UTF8.self)).utf8)
    let claims = try #require(PushName(tag: tag))
    let head = tag.dropLast(claims.digest.count)
    return try indexed(String(head + Digest.of(new).hex.prefix(16)), new, stating: new.count)
  }

  static func indexed(_ tag: String, _ manifest: Bytes, stating size: Int) throws -> Bytes {
    var index = LayoutIndex()
    index.entries[tag] = .init(digest: .of(manifest), size: size)
    return try changed([
      LayoutIndex.name(of: .of(manifest)): manifest, "index.json": index.encoded(),
    ])
  }

  // MARK: Claims, places and records

  static let pair = (Plant.identity(1), Plant.results[0].1)
  static let second = (
    Plant.identity(2), Plant.record(.failure(code: "late", message: "later"))
  )

  static func claims(_ results: [(StepIdentity, ResultRecord)] = [pair]) -> Claims {
    Claims(
      lab: "lab-a", writer: "0123456789abcdef", number: 0, previous: .zero,
      issued: "2026-11-28T17:00:00Z",
      results.map { Claims.Claim($1, $0.key) })
  }

  static func entry(_ pair: (StepIdentity, ResultRecord)) -> (
    identity: Bytes, record: Bytes
  ) {
    (pair.0.encoded(), pair.1.encoded())
  }

  static func text(_ change: @escaping (String) -> String) throws -> Bytes {
    try Plant.crafted(
      [entry(pair), entry(second)], claims: claims([pair, second]),
      text: { Array(change(String(decoding: $0, as: UTF8.self)).utf8) })
  }

  static func places(_ change: @escaping (String) -> String) throws -> Bytes {
    try Plant.crafted(
      [entry(pair)], claims: claims(),
      places: { Array(change(String(decoding: $0, as: UTF8.self)).utf8) })
  }

  static func frames(_ change: @escaping (Bytes) throws -> Bytes) throws -> Bytes {
    try Plant.crafted([entry(pair)], claims: claims(), frames: change)
  }

  /// A bundle whose claim and record agree on an output that nobody can have.
  static func output(_ output: ResultRecord.Output, port: String = "out") throws -> Bytes {
    let lie = (Plant.identity(1), Plant.record(.outputs([port: output])))
    return try Plant.crafted([entry(lie)], claims: claims([lie]))
  }

  static func tree(_ entries: [(name: String, size: Int)]) throws -> Bytes {
    let manifest = TreeManifest(
      entries.map { .init(name: $0.name, digest: .of(Plant.small), size: $0.size) })
    let bytes = manifest.encoded()
    return try output(
      ResultRecord.Output(
        artifact: ArtifactReference(
          kind: ArtifactKind("texts"), format: "", options: [:], layout: .tree, digest: .of(bytes),
          size: bytes.count),
        manifest: manifest, inline: [:]))
  }

  static let honest: Bytes = (try? changed([:])) ?? []

  /// Zeros, or line ends, that compress to next to nothing.
  static func bomb(_ bytes: Int, of byte: UInt8 = 0) throws -> Bytes {
    try Plant.compressed(Bytes(repeating: byte, count: bytes))
  }

  static let space = UInt8(ascii: " ")

  static func lists(_ bytes: Int) -> Bytes {
    Array("{\"manifests\":[\(String(repeating: "[],", count: bytes / 3))[]]}".utf8)
  }
}
