import Artifacts

/// A place that keeps files by the names that they have in an OCI image layout: a folder, a bucket of S3, a web site.
protocol LayoutPlace: Sendable {
  var name: String { get }
  var isReadOnly: Bool { get }
  var requests: Int { get }
  /// The whole of a file; nil where it is not there. Throws `tooLarge` for one of more than `limit` bytes.
  func contents(_ name: String, limit: Int) throws(RemoteError) -> [UInt8]?
  /// Bytes of a file at a range. Throws `absent`, or `malformed` for a file that ends before.
  func read(_ name: String, _ range: Range<Int>) throws(RemoteError) -> [UInt8]
  /// The size of a file; nil where it is not there.
  func size(_ name: String) throws(RemoteError) -> Int?
  /// Writes a file, whose digest is known; never in part under its name.
  func write(
    _ name: String, _ digest: Digest, size: Int, _ open: @escaping () throws -> any ByteReader,
    progress: @escaping (Int) -> Void) throws
  /// The files below a folder, by their names in it, ascending; nil where they cannot be listed.
  func files(_ folder: String) throws(RemoteError) -> [LayoutFile]?
  /// Removes a file; one that is not there is no error.
  func remove(_ name: String) throws(RemoteError)
}
