/// An artifact to read. The one file of a `.file` artifact has the name "".
package protocol InputArtifact: Sendable {
  var reference: ArtifactReference { get }
  /// The names of the files of a tree, ascending; `[""]` for a file.
  var names: [String] { get throws }
  /// A reader of one file's uncompressed bytes, verified against their digest at the end.
  func open(_ name: String) throws -> any ByteReader
  /// A verified, uncompressed, read-only copy on local disk for as long as the step runs.
  func localPath(_ name: String) throws -> String
}

extension InputArtifact {
  /// All bytes of one file, for files that are small by nature.
  package func bytes(_ name: String = "") throws -> [UInt8] { try open(name).allBytes() }

  /// Calls `body` with the bytes of one file, piece by piece, until it returns false.
  package func forEachChunk(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    try open(name).forEachChunk(body)
  }
}
