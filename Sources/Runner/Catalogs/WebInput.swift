import Artifacts
import Files
import Glibc
import Remotes
import Stores
import System
import Web
import Wording

/// An input that is a file of the web. Its fetching is a step with a result, by the SHA-256 that the pipeline states:
/// others who have fetched it, and remotes that hold its bytes, serve as for any result.
struct WebInput {
  let address: WebAddress
  /// The SHA-256 of the bytes as they are sent.
  let sha256: Digest
  /// The member that is read where it is a zip archive.
  let member: String?

  /// The name by which results and bounds of trust know such steps.
  static let stage = "fetch"
  /// The port of the file.
  private static let port = "file"

  var identity: StepIdentity {
    var parameters: [String: Value] = ["sha256": .string(sha256.hex)]
    parameters["member"] = member.map { .string($0) }
    return StepIdentity(stage: Self.stage, version: 1, parameters: parameters, horizon: [:], ports: [:])
  }

  /// The content, uncompressed, that a result of its fetching says; nil where that has none.
  static func content(of record: ResultRecord) -> StatCache.Content? {
    guard case .outputs(let outputs) = record.outcome, let file = outputs[port]?.artifact else { return nil }
    return StatCache.Content(digest: file.digest, size: file.size)
  }

  /// Fetches the bytes into the store, and publishes the result.
  func fetch(_ web: WebAccess, into store: Store) throws -> StatCache.Content {
    let key = identity.key
    let began = Clock.monotonic()
    let lease = try lease(key, of: store)
    defer { lease?.release() }
    // Another process may have fetched it meanwhile.
    if let content = try own(in: store) { return content }
    let path = try Self.fetched(address, web, store, key: key, lease, expecting: sha256).path
    defer { try? store.files.removeIfPresent(path) }
    let content = try Self.take(path, member, into: store, limit: web.limit)
    let file = ArtifactReference(
      kind: ArtifactKind("file"), format: "", options: [:], layout: .file, digest: content.digest, size: content.size)
    let record = ResultRecord(
      outcome: .outputs([Self.port: .init(artifact: file, manifest: nil, inline: [:])]), environment: [:],
      finished: Clock.wall(), duration: Clock.monotonic() - began, peakMemory: 0)
    try store.keep(identity: identity, sources: [:])
    _ = try store.publish(record, key)
    return content
  }

  /// The content as this store has fetched it, if its bytes are there.
  private func own(in store: Store) throws -> StatCache.Content? {
    try store.refresh()
    guard let record = try store.result(identity.key), record.claimant == nil, let content = Self.content(of: record),
      try store.claim(content.digest)
    else { return nil }
    return content
  }

  /// The lease of the fetching, once nobody else has it; nil where the bytes came meanwhile.
  private func lease(_ key: Digest, of store: Store) throws -> Lease? {
    var seen: LeaseSighting?
    var since = Clock.monotonic()
    while true {
      let isStale = seen != nil && Clock.monotonic() - since > Lease.expiry
      if let lease = try store.lease(key, stale: isStale ? seen : nil) { return lease }
      let now = try store.sighting(of: key)
      if now != seen { (seen, since) = (now, Clock.monotonic()) }
      usleep(200_000)
      if try own(in: store) != nil { return nil }
    }
  }

  /// Fetches a file whose digest nobody has stated yet, and says which it is. The bytes stay, as a part that is whole.
  static func pin(_ address: WebAddress, _ web: WebAccess, _ member: String?, _ store: Store) throws -> (Digest, Int) {
    let unnamed = Digest.of(Array(address.text.utf8))
    let (path, digest, size) = try fetched(address, web, store, key: unnamed, nil, expecting: nil)
    let input = WebInput(address: address, sha256: digest, member: member)
    let part = Self.part(input.identity.key, store)
    try store.folder.place(path, at: part, replacing: true)
    return (digest, size)
  }

  private static func part(_ key: Digest, _ store: Store) -> String { "\(store.folder.fetchesFolder)/\(key.hex)" }

  /// Brings the whole file to a path of the store's. What is there of it already is used, by one process at a time.
  private static func fetched(
    _ address: WebAddress, _ web: WebAccess, _ store: Store, key: Digest, _ lease: Lease?, expecting: Digest?
  ) throws -> (path: String, digest: Digest, size: Int) {
    // Another process fetches the same file: this one does so too, beside it.
    let path = lease == nil ? try store.folder.newTemporary(.writable).path : part(key, store)
    try store.files.makeFolders(store.folder.fetchesFolder)
    while true {
      let start = try length(of: path, store)
      if start > 0, let expecting {
        let (digest, size) = try self.digest(of: path, store, lease)
        if digest == expecting { return (path, digest, size) }
      }
      let file = try store.files.append(path)
      var signed = Clock.monotonic()
      try WebFile(address, agent: web.agent).fetch(from: start, limit: web.limit) { bytes in
        try file.write(bytes)
        guard Clock.monotonic() - signed > 1 else { return }
        signed = Clock.monotonic()
        lease?.sign()
      } progress: {
        web.progress(address.text, $0, $1)
      }
      try file.close()
      let (digest, size) = try self.digest(of: path, store, lease)
      if expecting.map({ $0 == digest }) ?? true { return (path, digest, size) }
      try store.files.remove(path)
      // The part that was here may be what is wrong.
      if start == 0 {
        throw WebFault("has the sha256 \(digest.hex), and another is stated: it has changed, or the number is wrong")
      }
    }
  }

  private static func length(of path: String, _ store: Store) throws -> Int {
    do throws(StoreError) { return try Int(store.files.status(path).size) } catch {
      if error.isAbsent { return 0 }
      throw error
    }
  }

  private static func digest(of path: String, _ store: Store, _ lease: Lease?) throws -> (Digest, Int) {
    var hasher = DigestHasher()
    var size = 0
    var signed = Clock.monotonic()
    try FileReader(store.files.open(path)).forEachChunk { chunk in
      hasher.update(chunk)
      size += chunk.count
      if Clock.monotonic() - signed > 1 {
        signed = Clock.monotonic()
        lease?.sign()
      }
      return true
    }
    return (hasher.finish(), size)
  }

  private static func take(_ path: String, _ member: String?, into store: Store, limit: Int) throws -> StatCache.Content
  {
    do {
      return try store.importFile(path, StatCache(store, keepsNothing: true), member: member, limit: limit)
    } catch let error as InputError { throw WebFault("cannot be read: \(error.reason)") } catch is ContentTooLarge {
      throw RemoteError.tooLarge("the content")
    }
  }
}

/// A fault of a file of the web, in words that follow its address.
struct WebFault: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
