package import Artifacts
import Tokens

/// A file of tokens that a stage writes.
package final class TokenOutput {
  private var writer: TokenArrayWriter
  private let output: any ByteWriter

  package init(_ output: any ByteWriter, vocabularySize: Int) {
    self.output = output
    writer = TokenArrayWriter(vocabularySize: vocabularySize)
  }

  /// Adds ids to the sequence in hand.
  package func append(_ ids: ArraySlice<Int32>) throws {
    writer.append(ids)
    if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
  }

  /// Ends the sequence in hand.
  package func endSequence() { writer.endSequence() }

  /// Writes the rest and ends the file.
  package func close() throws {
    writer.finish()
    try writer.drain { try output.write($0) }
    try output.close()
  }
}
