package import Artifacts
import Blocks
import Inputs
package import Networks
import Spaces
package import Tokenizers
package import Tokens
import Wording

/// Pretrained weights with their tokenizer and a path, as scores over tokens, of sequences behind a tag or none.
package struct LanguageModel {
  package let network: TokenNetwork
  package let tokenizer: Tokenizer
  /// The path, in one line.
  package let architecture: String
  /// The token of the stated tag.
  package let tag: Int32?

  /// The tag of the sequences that a stage asks a model for or about.
  package static let tag = ParameterKey<String>(
    "tag", .string, default: "", neutral: "",
    help: "A tag of the tokenizer, with which the model reads sequences to begin: they are drawn or scored as those of "
      + "that name. Without one a model of tags reads what it never saw in its training.")

  /// The ports of stages that read a language model.
  package static let ports = [
    InputPort("weights", [.weights], help: "Pretrained weights: of ntp, or of mm."),
    InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the weights."),
    InputPort("architecture", [.architecture], acceptsText: true, help: "The path of the weights."),
  ]

  /// The model that is bound to the `ports` of a step. Throws `StageFailure`.
  package init(_ context: StageContext) throws {
    tokenizer = try TokenizerArtifact.read(context.input("tokenizer"))
    tag = try Self.tag(context[Self.tag], tokenizer, context)
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

  private static func tag(_ name: String, _ tokenizer: Tokenizer, _ context: StageContext) throws -> Int32? {
    if name.isEmpty {
      context.warn(ofTags: tokenizer)
      return nil
    }
    if let tag = tokenizer.id(ofTag: name) { return tag }
    let hint = nearest(to: name, in: tokenizer.tags).map { "; did you mean '\($0)'?" } ?? ""
    throw StageFailure(
      code: "unknown-tag",
      tokenizer.tags.isEmpty
        ? "'tag' is '\(name)', and the tokenizer has no tags"
        : "there is no tag '\(name)', only \(tokenizer.tags.joined(separator: ", "))\(hint)")
  }

  /// The tokens of sequences, each behind the tag where there is one.
  package func encode(_ sequences: [[UInt8]], threads: Int) -> PackedTokens {
    tokenizer.encode(sequences, behind: tag, threads: threads)
  }
}

extension StageContext {
  /// Warns where sequences are read without a tag by weights that were trained behind tags.
  package func warn(ofTags tokenizer: Tokenizer) {
    if tokenizer.tags.isEmpty { return }
    report(
      .warning(
        "sequences are read without a tag, and the weights were trained behind one of "
          + tokenizer.tags.joined(separator: ", ")))
  }
}
