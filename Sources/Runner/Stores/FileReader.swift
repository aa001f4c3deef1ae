import Artifacts
package import Files

/// An open file as a source of bytes.
package final class FileReader: ByteReader {
  private let file: any OpenFile
  package init(_ file: any OpenFile) { self.file = file }
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try file.read(into: buffer) }
}
