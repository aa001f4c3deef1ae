package import Artifacts
import Sequences
package import Tokens

/// One file of a `tokens` artifact, mapped into memory.
package final class TokenFile {
  /// The file of train in a `tokens` artifact.
  package static let train = "train.tokens"
  /// The file of held-out sequences in a `tokens` artifact.
  package static let heldOut = "held-out.tokens"

  package let array: TokenArray
  /// Keeps the mapping that `array` reads.
  private let file: MappedFile

  /// Maps the file `name` of an artifact. Throws a `StageFailure` for a file that is no token array.
  package init(_ artifact: any InputArtifact, _ name: String) throws {
    file = try MappedFile(artifact.localPath(name))
    do {
      array = try TokenArray(file.bytes, file: name)
    } catch { throw StageFailure(code: "bad-tokens", "\(error)") }
  }
}

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
