/// A sink of bytes.
package protocol ByteWriter: AnyObject {
  func write(_ bytes: UnsafeRawBufferPointer) throws
  /// Ends the file. Without it nothing is kept.
  func close() throws
}

extension ByteWriter {
  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }
  package func write(_ text: String) throws { try write(Array(text.utf8)) }
}
