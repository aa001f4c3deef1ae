import Artifacts
package import Remotes

extension Push {
  /// The push with a signature: its manifest is the one that it would have had with that from the beginning.
  func signed(_ signature: [UInt8]) throws -> Push {
    guard manifest.encoded() == blobs.manifest, let first = manifest.layers.first, first.part == .claims else {
      throw SharingError.malformed("the push '\(name.tag)' was made by a later version of the program: sign it by that")
    }
    var layers = manifest.layers
    layers.insert(.init(part: .signature, digest: .of(signature), size: signature.count), at: 1)
    let bytes = PushManifest(layers: layers).encoded()
    return try Push(PushName(claims(), manifest: .of(bytes)).tag, bytes) { [blobs] layer, _, _ in
      switch layer.part {
      case .claims: blobs.claims
      case .signature: signature
      default: blobs.locations
      }
    }
  }

  /// Signs the push where it is: the name without a signature goes when the other one is there.
  package func sign(at remote: any Remote, _ sign: ([UInt8]) throws -> [UInt8]) throws -> Push {
    let signed = try signed(sign(text))
    _ = try remote.put(signed.signature ?? [])
    try remote.publish(signed.name.tag, signed.blobs.manifest)
    try remote.removeTag(name.tag)
    return signed
  }

  /// Writes the push with all its blobs to another place.
  package func copy(from source: any Remote, to target: any Remote, progress: (_ bytes: Int) -> Void) throws {
    guard manifest.encoded() == blobs.manifest else {
      throw SharingError.malformed("the push '\(name.tag)' was made by a later version of the program")
    }
    for layer in manifest.layers where try !target.holds(layer.digest, size: layer.size) {
      let open = { PieceReader(0..<layer.size) { try source.read(layer.digest, $0) } }
      try target.put(layer.digest, size: layer.size, open, progress: progress)
    }
    try target.publish(name.tag, blobs.manifest)
  }
}
