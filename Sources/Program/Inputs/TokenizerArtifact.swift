package import Artifacts
import Sequences
package import Tokenizers

/// A `tokenizer` artifact.
package enum TokenizerArtifact {
  /// The tokenizer of an artifact. Throws a `StageFailure` for a file that is none.
  package static func read(_ artifact: any InputArtifact) throws -> Tokenizer {
    do { return try Tokenizer(json: artifact.bytes(), file: "tokenizer.json") } catch let error as SequenceError {
      throw StageFailure(code: "bad-tokenizer", "\(error)")
    }
  }
}
