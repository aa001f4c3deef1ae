package import Artifacts
package import Files
import Packs

/// Pre-images: the identities whose digests the keys are.
extension Store {
  /// Keeps a step's identity under its key, before the step runs.
  ///
  /// `sources` tells for a bound digest whose bytes live in a result record, or whose manifest does, the key of that
  /// record. The latest sources win: an identity never changes, but a record may be lost and another hold the same
  /// bytes.
  @discardableResult
  package func keep(identity: StepIdentity, sources: [Digest: Digest]) throws(StoreError) -> Digest {
    let encoded = identity.encoded()
    let key = Digest.of(encoded)
    let table = sources.sorted { $0.key < $1.key }.map { Canonical.bytes($0.key.bytes + $0.value.bytes) }
    let content = Canonical.list([.string("bioarc-preimage/1"), .bytes(encoded), .list(table)]).encoded()
    let known = try preimages.entries(key, isFresh: false).last
    if known?.body == content { return key }
    try preimages.append(
      PackEntry(key: key, number: (known?.number ?? 0) + 1, head: [], body: content), isDurable: false)
    return key
  }

  /// Makes identities that were kept durable, so that other hosts see them.
  package func synchronizeIdentities() throws(StoreError) { try preimages.synchronize() }

  /// The identity kept under a key and the sources of its inputs, or nil. One that is damaged is quarantined.
  /// - Parameter isNewest: whether sources count that another process has kept since the last look.
  package func identity(
    _ key: Digest, isNewest: Bool = false
  ) throws(StoreError) -> (identity: StepIdentity, sources: [Digest: Digest])? {
    if isNewest { try preimages.refresh() }
    for entry in try preimages.entries(key, isFresh: true).reversed() {
      if let preimage = try? Self.preimage(entry.body, key) { return preimage }
    }
    return nil
  }

  /// Decodes the content of an entry, and verifies that the identity is that of `key`. Throws `CanonicalError`
  /// for others.
  package static func preimage(
    _ content: [UInt8], _ key: Digest
  ) throws(CanonicalError) -> (identity: StepIdentity, sources: [Digest: Digest]) {
    let wrong = CanonicalError(offset: 0, reason: "not a pre-image")
    let fields = try Canonical(decoding: content).list()
    guard fields.count == 3, fields[0] == .string("bioarc-preimage/1") else { throw wrong }
    let encoded = try fields[1].bytes()
    guard Digest.of(encoded) == key else { throw wrong }
    var sources: [Digest: Digest] = [:]
    for pair in try fields[2].list() {
      let bytes = try pair.bytes()
      guard bytes.count == 64 else { throw wrong }
      sources[Digest(bytes.prefix(32))] = Digest(bytes.suffix(32))
    }
    return (try StepIdentity(decoding: encoded), sources)
  }
}
