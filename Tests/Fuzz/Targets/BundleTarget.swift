import Artifacts
import Files
import Remotes
import Sharing
import Stores

/// Bundles: whatever their bytes are, the import ends, and what it has taken is what its digests say.
struct BundleTarget: FuzzTarget {
  let name = "bundle"

  let words = [
    "bioarc-claims 1", "lab ", "writer ", "push ", "previous ", "issued ", "computed", "reproduced", "record=", "env=",
    "failed !", "bioarc-locations 1", "records ", "object ", "oci-layout", "index.json", "blobs/sha256/", "manifests",
    "layers", "mediaType", "digest", "sha256:", "size", "annotations", "artifactType", "ustar",
  ]

  var seeds: [[UInt8]] {
    (0..<3).compactMap { number in
      guard let store = try? Store(root: "/store", fileSystem: MemoryFileSystem(), create: true) else { return nil }
      return try? Self.bundle(store, results: number)
    }
  }

  private static func bundle(_ store: Store, results: Int) throws -> [UInt8] {
    var keys: [Digest] = []
    for number in 0...results {
      let identity = StepIdentity(
        stage: "made", version: 1, parameters: ["number": .int(number)], horizon: [:], ports: [:])
      let bytes = [UInt8](repeating: UInt8(number), count: number == 0 ? 10 : 5_000)
      let digest = Digest.of(bytes)
      if number > 0 { try store.put(bytes) }
      let output = ResultRecord.Output(
        artifact: ArtifactReference(
          kind: ArtifactKind("text"), format: "", options: [:], layout: .file, digest: digest, size: bytes.count),
        manifest: nil, inline: number == 0 ? [digest: bytes] : [:])
      let record = ResultRecord(
        outcome: .outputs(["out": output]), environment: [:], finished: 1, duration: 1, peakMemory: 1)
      try store.keep(identity: identity, sources: [:])
      _ = try store.publish(record, identity.key)
      keys.append(identity.key)
    }
    let files = MemoryFileSystem()
    var outgoing = Outgoing(store, to: FolderRemote.open("/push", files))
    _ = try outgoing.write(keys, lab: "lab", sign: { _ in nil })
    let output = MemoryWriter()
    try Bundle.write("/push", files, to: output)
    return output.bytes
  }

  func check(_ bytes: [UInt8]) {
    let files = MemoryFileSystem()
    guard let store = try? Store(root: "/store", fileSystem: MemoryFileSystem(), create: true) else { return }
    do {
      try files.makeFolders("/in")
      let file = try files.create("/in/bundle", .readOnly)
      try file.write(bytes)
      try file.close()
      let bundle = try Bundle.open("/in/bundle", files)
      let peers = Peers(store, [], trust: Trust(signers: "/nowhere")) { _ in }
      for tag in try bundle.tags() {
        let push = try Push.read(tag, from: bundle)
        _ = try peers.take(push, from: bundle, isAccepted: true, withObjects: true, progress: { _, _ in })
        try verify(push, store)
      }
    } catch {}
  }

  private func verify(_ push: Push, _ store: Store) throws {
    for claim in try push.claims().claims {
      guard let record = try store.result(claim.key) else { continue }
      require(record.claimant != nil, "a result that nobody has claimed")
      for object in record.objects where try store.contains(object.digest) {
        let found = try store.bytes(object.digest, size: object.size)
        require(Digest.of(found) == object.digest, "an object of other bytes")
      }
    }
  }
}
