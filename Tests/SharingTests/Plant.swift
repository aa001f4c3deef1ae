import Artifacts
import Compression
import Files
import Remotes
import Stores
import TestSupport

@testable import Sharing

/// A lab's store in memory, with results of every shape, and what comes of it.
struct Plant {
  let store: Store
  let keys: [Digest]

  static let small = Array("small".utf8)
  static let large = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 5) }

  init() throws {
    let store = try Store(root: "/store", fileSystem: MemoryFileSystem(), create: true)
    self.store = store
    keys = try Self.results.map { identity, record in
      for object in record.objects { try Self.put(object.digest, store) }
      _ = try store.keep(identity: identity, sources: [:])
      _ = try store.publish(record, identity.key)
      return identity.key
    }
  }

  private static func put(_ digest: Digest, _ store: Store) throws {
    let bytes = digest == .of(large) ? large : large + large
    try store.put(bytes)
  }

  static func identity(_ number: Int) -> StepIdentity {
    StepIdentity(stage: "made", version: 1, parameters: ["number": .int(number)], horizon: [:], ports: [:])
  }

  static func record(_ outcome: ResultRecord.Outcome, environment: [String: String] = ["kernel": "avx2"])
    -> ResultRecord
  {
    ResultRecord(
      outcome: outcome, environment: environment, finished: 1_790_000_000, duration: 2.5, peakMemory: 1 << 20)
  }

  static func file(_ bytes: [UInt8], inline: Bool) -> ResultRecord.Output {
    let digest = Digest.of(bytes)
    return ResultRecord.Output(
      artifact: ArtifactReference(
        kind: ArtifactKind("text"), format: "", options: [:], layout: .file, digest: digest, size: bytes.count),
      manifest: nil, inline: inline ? [digest: bytes] : [:])
  }

  static func tree(_ contents: [(name: String, bytes: [UInt8], inline: Bool)]) -> ResultRecord.Output {
    let manifest = TreeManifest(contents.map { .init(name: $0.name, digest: .of($0.bytes), size: $0.bytes.count) })
    let encoded = manifest.encoded()
    let inline = contents.filter(\.inline).map { (Digest.of($0.bytes), $0.bytes) }
    return ResultRecord.Output(
      artifact: ArtifactReference(
        kind: ArtifactKind("texts"), format: "", options: [:], layout: .tree, digest: .of(encoded),
        size: encoded.count),
      manifest: manifest, inline: Dictionary(inline) { first, _ in first })
  }

  /// A file in its record, one that is an object, a tree of both, and a failure.
  static let results: [(StepIdentity, ResultRecord)] = [
    (identity(1), record(.outputs(["out": file(small, inline: true)]))),
    (identity(2), record(.outputs(["out": file(large, inline: false), "note": file(small, inline: true)]))),
    (
      identity(3),
      record(
        .outputs(["all": tree([("a.txt", small, true), ("c.bin", large + large, false), ("d.bin", large, false)])]))
    ),
    (identity(4), record(.failure(code: "diverged", message: "the loss is not finite"))),
  ]

  /// The bundle of all results, as bytes.
  func bundle(withObjects: Bool = true, sign: ([UInt8]) throws -> [UInt8]? = { _ in nil }) throws -> [UInt8] {
    let folder = MemoryFileSystem()
    var outgoing = Outgoing(store, to: FolderRemote.open("/push", folder))
    _ = try outgoing.write(keys, lab: "lab-a", objectsOf: withObjects ? nil : [], sign: sign)
    return try Self.archive("/push", folder)
  }

  static func archive(_ root: String, _ files: MemoryFileSystem) throws -> [UInt8] {
    let output = MemoryWriter()
    try Bundle.write(root, files, to: output)
    return output.bytes
  }

  static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    let output = MemoryWriter()
    let encoder = ZstdEncoder(into: output)
    try encoder.write(bytes)
    try encoder.close()
    return output.bytes
  }

  static func zeros() -> Digest { Digest([UInt8](repeating: 0, count: 32)) }

  /// An archive of a push that is made by hand.
  static func crafted(
    _ entries: [(identity: [UInt8], record: [UInt8])], claims: Claims,
    objects: [(Digest, size: Int, frame: [UInt8])] = [],
    frames: ([UInt8]) throws -> [UInt8] = compressed, places: ([UInt8]) -> [UInt8] = { $0 },
    text: ([UInt8]) -> [UInt8] = { $0 }
  ) throws -> [UInt8] {
    let files = MemoryFileSystem()
    let remote = FolderRemote.open("/push", files)
    var layers: [PushManifest.Layer] = []
    func put(_ part: PushManifest.Part, _ bytes: [UInt8]) throws -> PushManifest.Layer {
      let blob = try remote.put(bytes)
      layers.append(.init(part: part, digest: blob.digest, size: blob.size))
      return layers.last!
    }
    var locations = Locations()
    let frame = try frames(
      entries.flatMap { Frames.entry($0.identity, $0.record) })
    let records = try put(.records, frame)
    locations.records = [
      .init(place: .init(blob: records.digest, offset: 0, length: frame.count), count: entries.count)
    ]
    for (digest, size, frame) in objects {
      let layer = try put(.object, frame)
      locations.objects[digest] = .init(place: .init(blob: layer.digest, offset: 0, length: frame.count), size: size)
    }
    _ = try put(.claims, compressed(text(claims.encoded())))
    _ = try put(.locations, compressed(places(locations.encoded())))
    let manifest = PushManifest(layers: layers).encoded()
    try remote.publish(PushName(claims, manifest: .of(manifest)).tag, manifest)
    return try archive("/push", files)
  }

  /// Takes all that an archive holds into a store.
  @discardableResult
  static func take(_ archive: [UInt8], into store: Store, withObjects: Bool = true) throws -> Intake.Summary {
    let files = MemoryFileSystem()
    try files.makeFolders("/in")
    let file = try files.create("/in/bundle.tar", .readOnly)
    try file.write(archive)
    try file.close()
    var last = Intake.Summary()
    let bundle = try Bundle.open("/in/bundle.tar", files)
    for tag in try bundle.tags() {
      last = try peers(store).take(
        Push.read(tag, from: bundle), from: bundle, isAccepted: true, withObjects: withObjects, progress: { _, _ in })
    }
    return last
  }

  /// The results of others that a store knows.
  static func peers(_ store: Store, _ remotes: [any Remote] = [], signers: String = "/nowhere") -> Peers {
    Peers(store, remotes.enumerated().map { Peer("remote-\($0)", $1) }, trust: Trust(signers: signers)) { _ in }
  }

  static func empty() throws -> Store { try Store(root: "/store", fileSystem: MemoryFileSystem(), create: true) }
}
