package import Artifacts
package import Labelled
import Sequences

/// A table that a stage writes.
package final class DelimitedOutput {
  private var writer: DelimitedWriter
  private let output: any ByteWriter
  /// Rows below the header.
  private(set) var count = 0

  package init(_ output: any ByteWriter, _ delimiter: TableOptions.Delimiter, header: [String]) {
    self.output = output
    writer = DelimitedWriter(delimiter)
    writer.add(header)
  }

  /// Writes a row, a field for each column.
  package func add(_ fields: [[UInt8]]) throws {
    writer.add(fields)
    count += 1
    if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
  }

  /// Writes the rest and ends the file.
  package func close() throws {
    try writer.drain { try output.write($0) }
    try output.close()
  }
}
