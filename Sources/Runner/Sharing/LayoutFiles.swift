package import Artifacts
import JSON

/// The OCI image layout: names of its files, and the index of its manifests.
package enum LayoutFiles {
  /// The file that says which layout it is, and its content.
  package static let mark = (name: "oci-layout", bytes: Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
  package static let index = "index.json"
  package static let blobs = "blobs/sha256"

  /// The name of a blob's file.
  package static func name(of blob: Digest) -> String { "\(blobs)/\(blob.hex)" }

  /// Most bytes of an index, and of a manifest.
  static let mostBytes = 1 << 22

  /// The index of pushes.
  static func index(_ pushes: [(digest: Digest, size: Int)]) -> [UInt8] {
    let manifests = pushes.sorted { $0.digest < $1.digest }.map { push in
      JSON.object([
        ("mediaType", .string(PushManifest.mediaType)), ("digest", .string("sha256:\(push.digest)")),
        ("size", .int(push.size)), ("artifactType", .string(PushManifest.artifactType)),
      ])
    }
    return JSON.object([
      ("schemaVersion", .int(2)), ("mediaType", .string("application/vnd.oci.image.index.v1+json")),
      ("manifests", .array(manifests)),
    ]).bytes(.line)
  }

  /// The pushes of an index; manifests of other artifacts are left out.
  static func pushes(_ bytes: [UInt8]) throws(SharingError) -> [(digest: Digest, size: Int)] {
    guard let manifests = (try? JSON(parsing: bytes))?["manifests"]?.array else {
      throw .malformed("'index.json' is no index of manifests")
    }
    var pushes: [(digest: Digest, size: Int)] = []
    var known: Set<Digest> = []
    for manifest in manifests where manifest["artifactType"]?.string == PushManifest.artifactType {
      let push = try descriptor(manifest)
      if known.insert(push.digest).inserted { pushes.append(push) }
    }
    return pushes
  }

  /// The digest and the size that a descriptor states.
  static func descriptor(_ json: JSON) throws(SharingError) -> (digest: Digest, size: Int) {
    guard let text = json["digest"]?.string, text.hasPrefix("sha256:"),
      let digest = Digest(hex: text.dropFirst("sha256:".count)), let size = json["size"]?.int, size >= 0
    else { throw .malformed("a descriptor without a digest or a size") }
    return (digest, size)
  }
}
