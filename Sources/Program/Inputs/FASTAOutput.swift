package import Artifacts
import Sequences

/// A FASTA file that a stage writes.
package final class FASTAOutput {
  private var writer = FASTAWriter()
  private let output: any ByteWriter
  package private(set) var count = 0

  package init(_ output: any ByteWriter) { self.output = output }

  /// Writes a record.
  package func add(_ name: String, _ sequence: some Collection<UInt8>) throws {
    writer.add(name: name, sequence)
    count += 1
    if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
  }

  /// Writes the rest and ends the file.
  package func close() throws {
    try writer.drain { try output.write($0) }
    try output.close()
  }
}
