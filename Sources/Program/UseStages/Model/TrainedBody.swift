package import Artifacts
import Blocks
import Inputs
import ModelStages
import Networks
package import Sequences
import Spaces
import Tokenizers

/// A trained network without its outputs, and how letters become the tokens that it reads.
package struct TrainedBody {
  let network: TaskNetwork
  let encoding: SequenceEncoding
  let alphabet: Alphabet
  /// Sequences of a row of features.
  let group: Int
  let description: EmbeddedBy

  /// The body of a fine-tuned model: the features that its head reads, or those of its tokens. Throws `StageFailure`.
  package init(_ model: any InputArtifact, byToken: Bool, threads: Int) throws {
    let model = try TrainedModel(model)
    let encoding = model.encoding
    self.encoding =
      byToken
      ? SequenceEncoding(
        model.tokenizer, maximumLength: encoding.maximumLength, inMiddle: encoding.inMiddle, strands: .forward)
      : encoding
    network = try Self.network(
      model.architecture, byToken ? TaskHead(.tokens(2)) : model.head, model.weights,
      half: model.document.precision == "bf16", threads)
    alphabet = model.alphabet
    description = EmbeddedBy(architecture: model.architecture.text, parameters: network.bodyParameters)
    group = byToken || !model.document.isPaired ? 1 : 2
  }

  /// The body of pretrained weights. Throws `StageFailure`.
  /// - Parameter pooling: nil gives features of all tokens.
  package init(
    weights: any InputArtifact, tokenizer: any InputArtifact, architecture: any InputArtifact, alphabet: Alphabet,
    pooling: String?, maximumLength: Int, threads: Int
  ) throws {
    let tokenizer = try TokenizerArtifact.read(tokenizer)
    let head = pooling.map { TaskHead(.value, pooling: Pooling(rawValue: $0) ?? .mean) } ?? TaskHead(.tokens(2))
    let architecture = try ArchitectureText.read(architecture)
    network = try Self.network(
      architecture, head, Checkpoint(weights, prefix: "weights/"), half: false, threads)
    encoding = SequenceEncoding(
      tokenizer, maximumLength: min(maximumLength, network.limit ?? .max), inMiddle: false, strands: .forward)
    (self.alphabet, group) = (alphabet, 1)
    description = EmbeddedBy(architecture: architecture.text, parameters: network.bodyParameters)
    guard tokenizer.vocabularySize == network.vocabulary else {
      throw StageFailure(
        code: "other-tokenizer",
        "the weights are of a vocabulary of \(network.vocabulary) tokens, the tokenizer has \(tokenizer.vocabularySize)"
      )
    }
    guard tokenizer.reads(alphabet) else {
      throw StageFailure(
        code: "other-alphabet",
        "the tokenizer is of the alphabet \(tokenizer.alphabet.rawValue), the sequences of \(alphabet.rawValue)")
    }
  }

  private static func network(
    _ architecture: Architecture, _ head: TaskHead, _ weights: Checkpoint, half: Bool, _ threads: Int
  ) throws -> TaskNetwork {
    do {
      return try TaskNetwork(architecture, head: head, of: weights, givesOutputs: false, half: half, threads: threads)
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") } catch let error
      as BlockProblem
    { throw StageFailure(code: "bad-architecture", "\(error)") }
  }

  /// Throws a `StageFailure` for sequences of another alphabet.
  func check(_ source: SequenceSource) throws {
    guard source.reading.alphabet == alphabet else {
      throw StageFailure(
        code: "other-alphabet",
        "'\(source.name)' is of \(source.reading.alphabet.rawValue), the model of \(alphabet.rawValue)")
    }
  }
}
