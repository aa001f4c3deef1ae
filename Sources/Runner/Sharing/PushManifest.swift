import Artifacts
import JSON

/// The parts of one push, as an OCI artifact manifest: all its blobs are named here, and it is written last.
struct PushManifest: Hashable {
  /// A blob by its part in the push.
  struct Layer: Hashable {
    let part: Part
    let digest: Digest
    let size: Int
  }

  /// The media types of the layers.
  enum Part: String, CaseIterable {
    /// The claims, compressed by zstd.
    case claims = "application/vnd.bioarc.claims.v1+zstd"
    /// Their signature, as `ssh-keygen -Y sign` writes it.
    case signature = "application/vnd.bioarc.claims.sshsig.v1"
    /// The places of records and objects, compressed by zstd.
    case locations = "application/vnd.bioarc.locations.v1+zstd"
    /// Frames of records with their pre-images.
    case records = "application/vnd.bioarc.records.v1"
    /// Frames of small objects, side by side.
    case objects = "application/vnd.bioarc.objects.v1"
    /// The frame of one large object.
    case object = "application/vnd.bioarc.object.v1+zstd"
  }

  static let mediaType = "application/vnd.oci.image.manifest.v1+json"
  static let artifactType = "application/vnd.bioarc.push.v1"
  /// The blob `{}`, which an artifact without a configuration has for one.
  static let empty = Array("{}".utf8)

  let layers: [Layer]

  func encoded() -> [UInt8] {
    let blob = { (type: String, digest: Digest, size: Int) in
      JSON.object([("mediaType", .string(type)), ("digest", .string("sha256:\(digest)")), ("size", .int(size))])
    }
    return JSON.object([
      ("schemaVersion", .int(2)), ("mediaType", .string(Self.mediaType)),
      ("artifactType", .string(Self.artifactType)),
      ("config", blob("application/vnd.oci.empty.v1+json", .of(Self.empty), Self.empty.count)),
      ("layers", .array(layers.map { blob($0.part.rawValue, $0.digest, $0.size) })),
    ]).bytes(.line)
  }

  init(layers: [Layer]) { self.layers = layers }

  init(decoding bytes: [UInt8]) throws(SharingError) {
    guard let json = try? JSON(parsing: bytes), json["artifactType"]?.string == Self.artifactType,
      let layers = json["layers"]?.array
    else { throw .malformed("a manifest that is none of a push") }
    var read: [Layer] = []
    for layer in layers {
      // A part of a later version is not needed to read the others.
      guard let part = layer["mediaType"]?.string.flatMap(Part.init(rawValue:)) else { continue }
      let (digest, size) = try Self.descriptor(layer)
      read.append(Layer(part: part, digest: digest, size: size))
    }
    self.layers = read
  }

  /// The digest and the size that a descriptor states.
  private static func descriptor(_ json: JSON) throws(SharingError) -> (digest: Digest, size: Int) {
    guard let text = json["digest"]?.string, text.hasPrefix("sha256:"),
      let digest = Digest(hex: text.dropFirst("sha256:".count)), let size = json["size"]?.int,
      (0...Locations.mostOfBlob).contains(size)
    else { throw .malformed("a descriptor without a digest or a size") }
    return (digest, size)
  }

  /// All blobs that a manifest names, those of parts of later versions too.
  static func digests(_ bytes: [UInt8]) throws(SharingError) -> [Digest] {
    guard let json = try? JSON(parsing: bytes), let layers = json["layers"]?.array, let config = json["config"] else {
      throw .malformed("a manifest that names no blobs")
    }
    var digests: [Digest] = []
    for layer in layers + [config] { digests.append(try descriptor(layer).digest) }
    return digests
  }

  /// The only layer of a part. Throws where there is none, or several.
  func only(_ part: Part) throws(SharingError) -> Layer {
    let found = layers.filter { $0.part == part }
    guard found.count == 1 else { throw .malformed("a push with \(found.count) layers of the type \(part.rawValue)") }
    return found[0]
  }
}
