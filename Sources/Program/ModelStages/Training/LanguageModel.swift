package import Artifacts
import Blocks
import Inputs
package import Networks
import Spaces
package import Tokenizers

/// Pretrained weights with their tokenizer and a path, as scores over tokens.
package struct LanguageModel {
  package let network: TokenNetwork
  package let tokenizer: Tokenizer
  /// The path, in one line.
  package let architecture: String

  /// The ports of stages that read a language model.
  package static let ports = [
    InputPort("weights", [.weights], help: "Pretrained weights: of ntp, or of mm."),
    InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the weights."),
    InputPort("architecture", [.architecture], acceptsText: true, help: "The path of the weights."),
  ]

  /// The model that is bound to the `ports` of a step. Throws `StageFailure`.
  package init(_ context: StageContext) throws {
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    let path = try ArchitectureText.read(context.input("architecture"))
    architecture = path.text
    do {
      network = try TokenNetwork(
        path, of: Checkpoint(context.input("weights"), prefix: "weights/"), threads: context.threads)
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") } catch let error
      as BlockProblem
    { throw StageFailure(code: "bad-architecture", "\(error)") }
    guard tokenizer.vocabularySize == network.vocabulary else {
      throw StageFailure(
        code: "other-tokenizer",
        "the weights are of a vocabulary of \(network.vocabulary) tokens, the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
  }
}
