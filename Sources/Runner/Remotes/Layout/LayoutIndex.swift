import Artifacts
import JSON

/// The index of a layout: the pushes that it has, by their tags. It is derived from the files of `pushes/`, for other
/// programs and for web sites, which cannot list.
struct LayoutIndex: Hashable {
  /// The manifest of a push.
  struct Entry: Hashable {
    let digest: Digest
    let size: Int
  }

  /// The file that says which layout it is, and its content.
  static let mark = (name: "oci-layout", bytes: Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
  static let name = "index.json"
  static let blobs = "blobs/sha256"
  static let pushes = "pushes"
  /// The blob that an artifact without a configuration has for one.
  static let empty = Array("{}".utf8)
  /// Most bytes of an index.
  static let mostBytes = 1 << 25
  /// Most bytes of a manifest.
  static let mostManifest = 1 << 22
  static let mediaType = "application/vnd.oci.image.manifest.v1+json"
  static let artifactType = "application/vnd.bioarc.push.v1"
  private static let tagKey = "org.opencontainers.image.ref.name"

  var entries: [String: Entry] = [:]
  /// Manifests of somebody else, which stay as they are.
  private(set) var others: [[UInt8]] = []

  /// The name of a blob's file.
  static func name(of blob: Digest) -> String { "\(blobs)/\(blob.hex)" }

  init() {}

  /// Reads an index; what is no push, or has no tag of one, is left out.
  init(decoding bytes: [UInt8]) throws(RemoteError) {
    guard let manifests = (try? JSON(parsing: bytes))?["manifests"]?.array else {
      throw .malformed("'\(Self.name)' is no index of manifests")
    }
    for manifest in manifests {
      guard let tag = manifest["annotations"]?[Self.tagKey]?.string, PushTag.isTag(tag),
        let digest = manifest["digest"]?.string, digest.hasPrefix("sha256:"),
        let digest = Digest(hex: digest.dropFirst("sha256:".utf8.count)), let size = manifest["size"]?.int,
        (0...Self.mostManifest).contains(size)
      else {
        others.append(manifest.bytes(.line))
        continue
      }
      entries[tag] = Entry(digest: digest, size: size)
    }
  }

  func encoded() -> [UInt8] {
    let manifests = entries.sorted { $0.key < $1.key }.map { tag, entry in
      JSON.object([
        ("mediaType", .string(Self.mediaType)), ("digest", .string("sha256:\(entry.digest)")),
        ("size", .int(entry.size)), ("annotations", .object([(Self.tagKey, .string(tag))])),
        ("artifactType", .string(Self.artifactType)),
      ])
    }
    return JSON.object([
      ("schemaVersion", .int(2)), ("mediaType", .string("application/vnd.oci.image.index.v1+json")),
      ("manifests", .array(others.compactMap { try? JSON(parsing: $0) } + manifests)),
    ]).bytes(.line)
  }
}
