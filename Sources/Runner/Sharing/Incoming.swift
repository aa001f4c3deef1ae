package import Artifacts
import Compression
package import Stores

/// One push of a source, with its claims read and nothing else.
package struct Incoming {
  package let claims: Claims
  /// The text that is signed, and its signature.
  package let text: [UInt8]
  package let signature: [UInt8]?
  private let manifest: PushManifest
  private let source: any BlobSource

  /// Most bytes of a signature, and of a frame of records.
  private static let mostOfSignature = 1 << 16
  static let mostOfFrame = 1 << 24

  /// Calls `body` with each push of a source, one after the other. Throws `SharingError` for one that is not sound.
  package static func forEach(_ source: any BlobSource, _ body: (Incoming) throws -> Void) throws {
    for push in try source.pushes() { try body(Incoming(push, source)) }
  }

  private init(_ push: (digest: Digest, size: Int), _ source: any BlobSource) throws {
    self.source = source
    manifest = try PushManifest(
      decoding: source.bytes(push.digest, size: push.size, limit: LayoutFiles.mostBytes, "bytes of a manifest"))
    let packed = try Self.layer(.claims, manifest, Claims.mostBytes, "the claims", source)
    text = try Self.decompressed(MemoryReader(packed[...]), limit: Claims.mostBytes, "the claims")
    claims = try Claims(decoding: text)
    signature =
      try manifest.layers.contains { $0.part == .signature }
      ? Self.layer(.signature, manifest, Self.mostOfSignature, "bytes of the signature", source) : nil
  }

  /// The places of all that the push holds, which nobody has signed.
  private func locations() throws -> Locations {
    let places = try Self.layer(.locations, manifest, Locations.mostBytes, "the places of objects", source)
    return try Locations(
      decoding: Self.decompressed(MemoryReader(places[...]), limit: Locations.mostBytes, "the places of objects"))
  }

  private static func layer(
    _ part: PushManifest.Part, _ manifest: PushManifest, _ limit: Int, _ name: String, _ source: any BlobSource
  ) throws -> [UInt8] {
    let layer = try manifest.only(part)
    return try source.bytes(layer.digest, size: layer.size, limit: limit, name)
  }

  /// The bytes of a frame, of which there may be so many.
  private static func decompressed(_ reader: any ByteReader, limit: Int, _ name: String) throws -> [UInt8] {
    let decoder = ZstdDecoder(over: reader)
    var bytes: [UInt8] = []
    do {
      try decoder.forEachChunk { chunk in
        guard bytes.count + chunk.count <= limit else { throw SharingError.tooLarge(name) }
        bytes += chunk
        return true
      }
    } catch let error as CompressionError { throw SharingError.malformed("\(name): \(error)") }
    return bytes
  }

  /// A step with two results: by its stage and its key.
  package struct Conflict: Hashable, Sendable {
    package let stage: String
    package let key: Digest
  }

  /// The outcome of an import.
  package struct Summary: Hashable, Sendable {
    /// Results that are new to the store.
    package var new = 0
    /// Results that the store had, with the same outputs.
    package var known = 0
    /// Steps of which the store has a result that says something else; it stays.
    package var conflicts: [Conflict] = []
    package var objects = 0
    /// Bytes of the objects that were new, uncompressed.
    package var bytes = 0
    /// Objects that the push does not hold: they are computed again when something needs them.
    package var absent = 0
    /// Objects whose bytes are not those of their name.
    package var damaged = 0
  }

  /// How many results a store has not, has, and has otherwise, by what is claimed alone.
  package func compared(with store: Store) throws -> (new: Int, known: Int, other: Int) {
    var counts = (new: 0, known: 0, other: 0)
    for claim in claims.claims {
      guard let record = try store.result(claim.key) else {
        counts.new += 1
        continue
      }
      if Claims.Claim(record, claim.key).outcome == claim.outcome { counts.known += 1 } else { counts.other += 1 }
    }
    return counts
  }

  /// Takes all results into a store, those that it has left as they are. Throws `SharingError` for a record that is not
  /// what was claimed; the results before it stay.
  ///
  /// - Parameters:
  ///   - claimant: the words by which results say who has computed them.
  ///   - withObjects: whether the bytes are taken too.
  package func take(
    into store: Store, claimant: String, withObjects: Bool = true,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Summary {
    var summary = Summary()
    let locations = try locations()
    var seen: Set<Digest> = []
    for frame in locations.records {
      for (identity, record) in try records(frame) {
        let key = identity.key
        guard seen.insert(key).inserted else {
          throw SharingError.malformed("a record of the step \(key.short) that is there twice")
        }
        progress(seen.count, claims.claims.count)
        let own = try store.result(key)
        if let own, !own.agrees(with: record) {
          summary.conflicts.append(Conflict(stage: identity.stage, key: key))
          continue
        }
        for object in record.objects {
          try take(object, locations, into: store, withObjects: withObjects, &summary)
        }
        var facts = record.environment
        facts[Outgoing.claimant] = claimant
        let foreign = ResultRecord(
          outcome: record.outcome, environment: facts, finished: record.finished, duration: record.duration,
          peakMemory: record.peakMemory)
        switch try store.adopt(foreign, identity) {
        case .first: summary.new += 1
        case .equal: summary.known += 1
        case .divergent: summary.conflicts.append(Conflict(stage: identity.stage, key: key))
        }
      }
    }
    guard seen.count == claims.claims.count else {
      throw SharingError.malformed(
        "\(claims.claims.count - seen.count) results are claimed, and their records are not there")
    }
    return summary
  }

  /// The pre-images and records of a frame. Nothing of an entry is read before its digests are those of a claim.
  private func records(_ frame: Locations.Records) throws -> [(StepIdentity, ResultRecord)] {
    let bytes = try Self.decompressed(
      source.open(checked(frame.place), frame.place.range), limit: Self.mostOfFrame, "the records")
    do {
      return try Self.entries(bytes, count: frame.count).map { entry in
        let (identity, record) = (Array(entry.identity), Array(entry.record))
        let key = Digest.of(identity)
        guard let claim = claims[key] else {
          throw SharingError.malformed("a record of the step \(key.short), which nobody claims")
        }
        guard Digest.of(record) == claim.record else {
          throw SharingError.malformed("the record of the step \(key.short) is not what was claimed of it")
        }
        let decoded = (try StepIdentity(decoding: identity), try ResultRecord(decoding: record))
        guard decoded.0.encoded() == identity, decoded.1.encoded() == record,
          Claims.Claim(decoded.1, key) == claim
        else { throw SharingError.malformed("the record of the step \(key.short) is not what was claimed of it") }
        try Self.check(decoded.1, key)
        return decoded
      }
    } catch let error as CanonicalError { throw SharingError.malformed("a record: \(error)") }
  }

  /// The bytes of entries, each the length of its pre-image and of its record, as eight bytes each, and both.
  private static func entries(
    _ bytes: [UInt8], count: Int
  ) throws(SharingError) -> [(identity: ArraySlice<UInt8>, record: ArraySlice<UInt8>)] {
    let wrong = SharingError.malformed("a frame with other records than stated")
    var entries: [(identity: ArraySlice<UInt8>, record: ArraySlice<UInt8>)] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 16, entries.count < count else { throw wrong }
      let lengths = [rest.prefix(8), rest.dropFirst(8).prefix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
      rest = rest.dropFirst(16)
      guard lengths.allSatisfy({ $0 <= UInt64(rest.count) }), lengths[0] + lengths[1] <= UInt64(rest.count) else {
        throw wrong
      }
      let identity = rest.prefix(Int(lengths[0]))
      entries.append((identity, rest.dropFirst(identity.count).prefix(Int(lengths[1]))))
      rest = rest.dropFirst(identity.count + Int(lengths[1]))
    }
    guard entries.count == count else { throw wrong }
    return entries
  }

  /// The bytes of an entry, as `entries` reads them.
  static func entry(_ identity: [UInt8], _ record: [UInt8]) -> [UInt8] {
    [identity.count, record.count].flatMap { count in
      (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> UInt64(56 - 8 * $0)) }
    } + identity + record
  }

  /// The blob of a place, which must be one of the push.
  private func checked(_ place: Locations.Place) throws(SharingError) -> Digest {
    guard let layer = manifest.layers.first(where: { $0.digest == place.blob }), place.range.upperBound <= layer.size
    else { throw .malformed("a place outside the blobs of the push") }
    return place.blob
  }

  /// Throws unless what a record holds is that of its digests.
  private static func check(_ record: ResultRecord, _ key: Digest) throws(SharingError) {
    guard case .outputs(let outputs) = record.outcome else { return }
    for (port, output) in outputs {
      let wrong = SharingError.malformed(
        "the output '\(port)' of the step \(key.short) has other bytes than its digest")
      let own = Set(output.manifest?.entries.map(\.digest) ?? [output.artifact.digest])
      guard output.inline.allSatisfy({ Digest.of($1) == $0 && own.contains($0) }), output.artifact.size >= 0,
        (output.manifest != nil) == (output.artifact.layout == .tree)
      else { throw wrong }
      if let manifest = output.manifest {
        let bytes = manifest.encoded()
        guard manifest.isSound, bytes.count == output.artifact.size, Digest.of(bytes) == output.artifact.digest,
          manifest.entries.allSatisfy({ output.inline[$0.digest]?.count ?? $0.size == $0.size })
        else { throw wrong }
      } else if let bytes = output.inline[output.artifact.digest], bytes.count != output.artifact.size {
        throw wrong
      }
    }
  }

  private func take(
    _ object: (digest: Digest, size: Int), _ locations: Locations, into store: Store, withObjects: Bool,
    _ summary: inout Summary
  ) throws {
    if try store.claim(object.digest) { return }
    guard withObjects, let location = locations.objects[object.digest], location.size == object.size else {
      summary.absent += 1
      return try store.noteAbsence(of: object.digest)
    }
    do {
      let reader = ZstdDecoder(over: try source.open(checked(location.place), location.place.range))
      try store.put(object.digest, size: object.size, from: reader)
      summary.objects += 1
      summary.bytes += object.size
    } catch let error where error is SharingError || error is CompressionError || error is WrongBytes {
      summary.damaged += 1
      try store.noteAbsence(of: object.digest)
    }
  }
}
