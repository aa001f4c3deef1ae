import Artifacts
import Inputs
import RecallTasks
import Tokens
import Training

/// A `token-task` artifact, as it is read.
struct TokenTaskFile {
  let document: TokenTaskDocument
  private let artifact: any InputArtifact

  init(_ artifact: any InputArtifact) throws {
    self.artifact = artifact
    document = try JSONArtifact.decode(TokenTaskDocument.self, artifact.bytes(TokenTaskDocument.file))
  }

  /// The name of a split's file.
  static func name(_ split: RecallExample.Split) -> String { "\(split).tokens" }

  /// The sequences of a split, the first so many or all. Throws a `StageFailure` for a file that is not of pairs.
  func tokens(_ split: RecallExample.Split, first most: Int = .max) throws -> LabelledTokens {
    let name = Self.name(split)
    let file = try TokenFile(artifact, name)
    return try withExtendedLifetime(file) {
      let array = file.array
      guard array.count % 2 == 0, array.vocabularySize == document.vocabulary + 1 else {
        throw StageFailure(code: "bad-task", "\(name) is not of pairs of tokens and targets")
      }
      var tokens = PackedTokens()
      var targets: [Int32] = []
      for number in 0..<min(most, array.count / 2) {
        let (inputs, asked) = (array.tokens(2 * number), array.tokens(2 * number + 1))
        guard inputs.count == asked.count, inputs.allSatisfy({ $0 < document.vocabulary }) else {
          throw StageFailure(code: "bad-task", "\(name): sequence \(number) and its targets are not of one task")
        }
        tokens.append(inputs)
        targets += asked.map { $0 - 1 }
      }
      return LabelledTokens(tokens: tokens, targets: .tokens(targets))
    }
  }
}
