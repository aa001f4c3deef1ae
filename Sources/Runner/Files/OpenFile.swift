/// An open file. It is closed at the latest when it goes.
package protocol OpenFile: AnyObject {
  /// Fills the front of `buffer`; 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int
  /// Reads into the front of `buffer` from a place in the file. Fewer bytes than asked for are no sign of its end, 0
  /// is.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int
  /// Writes all of `bytes`, or throws after an unknown part of them.
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError)
  /// Makes what was written durable.
  func synchronize() throws(StoreError)
  func status() throws(StoreError) -> FileStatus
  func close() throws(StoreError)
}

extension OpenFile {
  /// Writes all of `bytes`, or throws after an unknown part of them.
  package func write(_ bytes: [UInt8]) throws(StoreError) { try write(bytes.span.bytes) }

  private func write(_ bytes: RawSpan) throws(StoreError) {
    try bytes.withUnsafeBytes { (space) throws(StoreError) in try write(space) }
  }
}
