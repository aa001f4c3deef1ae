package import Artifacts
import Compression
package import Remotes

/// A push without its packs: who claims which results, and where their bytes are.
package struct Push: Sendable {
  package let name: PushName
  /// The digest of the manifest.
  package let digest: Digest
  let manifest: PushManifest
  /// The bytes of the manifest, of the compressed claims and of the compressed places, as they are at a remote.
  let blobs: Blobs
  package let signature: [UInt8]?
  /// The text that is signed.
  package let text: [UInt8]
  /// The digest of that text.
  package let support: Digest

  struct Blobs {
    let manifest: [UInt8]
    let claims: [UInt8]
    let locations: [UInt8]
  }

  private static let mostOfSignature = 1 << 16

  /// Puts a push together from its blobs. Throws `SharingError` for blobs that are not those of the manifest.
  init(
    _ tag: String, _ manifestBytes: [UInt8], blob: (PushManifest.Layer, _ limit: Int, _ name: String) throws -> [UInt8]
  ) throws {
    digest = .of(manifestBytes)
    guard let name = PushName(tag: tag), name.fits(digest) else {
      throw SharingError.malformed("the push '\(tag)' has another manifest than its name says")
    }
    self.name = name
    let manifest = try PushManifest(decoding: manifestBytes)
    self.manifest = manifest
    func layer(_ part: PushManifest.Part, _ limit: Int, _ name: String) throws -> [UInt8] {
      let layer = try manifest.only(part)
      guard layer.size <= limit else { throw SharingError.tooLarge(name) }
      let bytes = try blob(layer, limit, name)
      guard bytes.count == layer.size, Digest.of(bytes) == layer.digest else {
        throw SharingError.malformed("\(name) have another digest than their name")
      }
      return bytes
    }
    let claims = try layer(.claims, Claims.mostBytes, "the claims")
    let locations = try layer(.locations, Locations.mostBytes, "the places of objects")
    blobs = Blobs(manifest: manifestBytes, claims: claims, locations: locations)
    signature =
      try manifest.layers.contains { $0.part == .signature }
      ? layer(.signature, Self.mostOfSignature, "bytes of the signature") : nil
    let most = Frames.limit(Claims.mostBytes, compressed: claims.count)
    text = try Frames.decompressed(MemoryReader(claims[...]), limit: most, "the claims")
    support = .of(text)
  }

  /// Reads a push of a remote, whose claims are not looked at yet. Throws `SharingError` and `RemoteError`.
  static func fetch(_ tag: String, from remote: any Remote) throws -> Push {
    try Push(tag, remote.manifest(tag)) { layer, _, _ in try remote.read(layer.digest, 0..<layer.size) }
  }

  /// Reads a push of a remote: its claims are whole and say what its name says. Throws `SharingError`, `RemoteError`.
  package static func read(_ tag: String, from remote: any Remote) throws -> Push {
    let push = try fetch(tag, from: remote)
    _ = try push.checkedClaims()
    return push
  }

  /// Reads the text whole. Throws where it says something else than the name.
  func checkedClaims() throws -> Claims {
    let claims = try claims()
    guard PushName(claims, manifest: digest) == name else {
      throw SharingError.malformed(
        "the push '\(name.tag)' holds claims of another lab, writer or number than its name")
    }
    return claims
  }

  /// The time at which the claims were issued, as they state it.
  var issued: String {
    var lines = Lines(text)
    var last = ""
    for _ in 0..<6 { last = lines.next() ?? "" }
    return String(last.dropFirst("issued ".utf8.count))
  }

  /// Reads the text whole.
  package func claims() throws -> Claims { try Claims(decoding: text) }

  /// Writes the blobs that are no packs anew.
  func restore(at remote: any Remote) throws {
    for bytes in [blobs.manifest, blobs.claims, blobs.locations, signature ?? []] where !bytes.isEmpty {
      try remote.put(.of(bytes), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
    }
  }

  /// The places of all that the push holds, which nobody has signed.
  func locations() throws -> Locations {
    try Locations(
      decoding: Frames.decompressed(
        MemoryReader(blobs.locations[...]),
        limit: Frames.limit(Locations.mostBytes, compressed: blobs.locations.count), "the places of objects"))
  }

  /// The blob of a place, which must be one of the push.
  func checked(_ place: Locations.Place) throws(SharingError) -> Digest {
    guard let layer = manifest.layers.first(where: { $0.digest == place.blob }), place.range.upperBound <= layer.size
    else { throw .malformed("a place outside the blobs of the push") }
    return place.blob
  }
}
