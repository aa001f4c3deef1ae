import Artifacts
import Labelled

/// A table that a stage writes.
final class DelimitedOutput {
  private var writer: DelimitedWriter
  private let output: any ByteWriter
  /// Rows below the header.
  private(set) var count = 0

  init(_ output: any ByteWriter, _ delimiter: TableOptions.Delimiter, header: [String]) {
    self.output = output
    writer = DelimitedWriter(delimiter)
    writer.add(header)
  }

  func add(_ fields: [[UInt8]]) throws {
    writer.add(fields)
    count += 1
    if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
  }

  func close() throws {
    try writer.drain { try output.write($0) }
    try output.close()
  }
}
