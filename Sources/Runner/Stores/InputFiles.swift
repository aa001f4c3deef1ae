package import Artifacts
import Compression
import Files
import Wording

/// Files from outside where they are, as the artifact that they would be imported as.
package struct InputFiles: InputArtifact {
  package let reference: ArtifactReference
  private let files: [(name: String, path: String)]
  private let member: String?

  package init(_ reference: ArtifactReference, _ files: [(name: String, path: String)], member: String?) {
    self.reference = reference
    self.member = member
    self.files = files.sorted { $0.name.precedesInBytes($1.name) }
  }

  package var names: [String] { files.map(\.name) }

  package func open(_ name: String) throws -> any ByteReader {
    try Decompressing.reader(over: FileReader(DiskFileSystem().open(localPath(name))), member: member)
  }

  /// The path of the file as it is, compressed or not.
  package func localPath(_ name: String) throws -> String {
    guard let file = files.first(where: { $0.name == name }) else { throw NoSuchFile(name: name, names: names) }
    return file.path
  }
}
