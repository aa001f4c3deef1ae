import Artifacts
import Sequences
import Training

/// One file of a `tokens` artifact, mapped into memory.
final class TokenFile {
  static let train = "train.tokens"
  static let heldOut = "held-out.tokens"

  let array: TokenArray
  /// Keeps the mapping that `array` reads.
  private let file: MappedFile

  init(_ artifact: any InputArtifact, _ name: String) throws {
    file = try MappedFile(artifact.localPath(name))
    do {
      array = try TokenArray(file.bytes, file: name)
    } catch { throw StageFailure(code: "bad-tokens", "\(error)") }
  }

}

/// A file of tokens that a stage writes.
final class TokenOutput {
  private var writer: TokenArrayWriter
  private let output: any ByteWriter

  init(_ output: any ByteWriter, vocabularySize: Int) {
    self.output = output
    writer = TokenArrayWriter(vocabularySize: vocabularySize)
  }

  /// Adds ids to the sequence in hand.
  func append(_ ids: some Collection<Int32>) throws {
    writer.append(ids)
    if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
  }

  func endSequence() { writer.endSequence() }

  func close() throws {
    writer.finish()
    try writer.drain { try output.write($0) }
    try output.close()
  }
}

extension TokenBatch {
  /// The rows of a padded batch, less their padding.
  init(_ batch: Batch) { self.init(padded: batch.ids, columns: batch.length, lengths: batch.lengths) }
}
