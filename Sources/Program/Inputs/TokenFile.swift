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
