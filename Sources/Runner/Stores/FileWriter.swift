import Artifacts
import Files

/// An open file as a sink of bytes; `close` leaves it open, for the owner of the file to synchronize.
final class FileWriter: ByteWriter {
  private let file: any OpenFile
  init(_ file: any OpenFile) { self.file = file }
  func write(_ bytes: UnsafeRawBufferPointer) throws { try file.write(bytes) }
  func close() throws {}
}
