import Artifacts
import Sequences
import Supernets

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

  /// Writes encoded sequences.
  static func write(_ encoded: EncodedSequences, vocabularySize: Int, to output: any ByteWriter) throws {
    var writer = TokenArrayWriter(vocabularySize: vocabularySize)
    for index in 0..<encoded.count {
      writer.add(encoded[index])
      if writer.pending > 1 << 18 { try writer.drain { try output.write($0) } }
    }
    writer.finish()
    try writer.drain { try output.write($0) }
    try output.close()
  }
}

extension TokenBatch {
  /// The rows of a padded batch, less their padding.
  init(_ batch: Batch) { self.init(padded: batch.ids, columns: batch.length, lengths: batch.lengths) }
}
