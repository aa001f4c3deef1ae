package import Artifacts

/// A place that has pushes and their blobs, to be read: the OCI image layout in a folder or in a bundle.
package protocol BlobSource {
  /// The manifests of its pushes, each by the digest and the size of its blob. Throws `SharingError` for another
  /// layout.
  func pushes() throws -> [(digest: Digest, size: Int)]
  /// Bytes of a blob at a range; nothing is verified. Throws `SharingError.missing` for a blob that is not there, or
  /// is shorter.
  func open(_ blob: Digest, _ range: Range<Int>) throws -> any ByteReader
}

extension BlobSource {
  /// A small blob, whole and verified.
  func bytes(_ blob: Digest, size: Int, limit: Int, _ name: String) throws -> [UInt8] {
    guard size <= limit else { throw SharingError.tooLarge(name) }
    let bytes = try open(blob, 0..<size).allBytes(expecting: size)
    guard Digest.of(bytes) == blob else { throw SharingError.malformed("\(name) have another digest than their name") }
    return bytes
  }
}
