/// Takes bytes into memory.
package final class MemoryWriter: ByteWriter {
  package private(set) var bytes: [UInt8] = []
  package init() {}
  package func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }
  package func close() {}
}
