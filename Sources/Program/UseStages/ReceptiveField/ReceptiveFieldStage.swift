package import Artifacts
import Inputs
import ModelStages
import Networks
import Randomness
import Sequences
import Spaces
import Tokenizers
import Tokens
import Wording

/// Measures from how far the features of a token are made.
package enum ReceptiveFieldStage: Stage {
  static let length = ParameterKey<Int>(
    "length", .int(8...1_000_000), default: 1024, neutral: 1024, unit: "tokens",
    help:
      "Tokens of a piece, whose middle token is asked: no more is found, and no more than the network has positions. "
      + "Longer sequences are cut into such pieces, shorter ones are left out, and counted.")
  static let pieces = ParameterKey<Int>(
    "pieces", .int(1...100_000), default: 32, neutral: 32, unit: "pieces", help: "Pieces that are asked, the first.")

  package static let declaration = StageDeclaration(
    name: "receptive-field", version: 1,
    summary: "Measure how far away the tokens are that the features of a token depend on, by their gradients.",
    parameters: [length.parameter, pieces.parameter, .alphabet, .seed],
    inputs: TrainedBody.ports + [InputPort("sequences", [.sequences, .labelledSequences], help: "Sequences to ask.")],
    outputs: [
      OutputPort(
        "field", .receptiveField, .file,
        help:
          "The effective receptive field (Luo et al. 2016): by distance, the root of the mean squared derivatives of "
          + "the middle token's features with respect to the embedding there, the largest being 1, and how many tokens "
          + "hold 50, 90 and 99 % of the squares; beside what the shapes of the layers allow.")
    ],
    isParallel: true,
    rules: [.fieldOfWeights],
    forms: [.architecture(at: "architecture")],
    example: """
      field:
        stage: receptive-field
        with: { length: 2048 }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: c64-h64, sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let body = try TrainedBody(context, byToken: true, pooling: nil, maximumLength: context[length])
    let length = min(context[length], body.network.limit ?? .max)
    if length < context[Self.length] {
      context.report(.warning("pieces have \(length) tokens: the network has learned the positions of no more"))
    }
    let source = SequenceSource(
      context.input("sequences"), path: SequenceSource.names(at: "sequences"), alphabet: body.alphabet, rows: 0,
      context.report)
    try body.check(source)
    let (pieces, short) = try Self.pieces(of: source, body, length: length, count: context[pieces])
    if short > 0 {
      context.report(
        .warning("\(Words.count(short, "sequence")) of fewer than \(Words.grouped(length)) tokens left out"))
    }
    guard pieces.count > 0 else {
      throw StageFailure(
        code: "no-sequence", "no sequence has \(length) tokens: state a smaller 'length'")
    }
    let squares: [Double]?
    do {
      squares = try body.network.reach(
        of: pieces, random: Philox(seed: context[.seed], stream: .reach), threads: context.threads,
        isCancelled: context.isInterrupted)
    } catch let error as ModelError { throw StageFailure(code: "not-finite", "\(error)") }
    guard let squares else { throw Interrupted() }
    let architecture = try ArchitectureText.parse(body.description.architecture)
    let field = ReceptiveField(
      architecture, isCausal: body.network.isCausal, pieces: pieces.count, squares: squares,
      asked: body.network.middle(of: length))
    try context.outputs.write("field", "", JSONArtifact.encode(field))
  }

  /// The first pieces of `length` tokens, and how many sequences before them have not one.
  private static func pieces(
    of source: SequenceSource, _ body: TrainedBody, length: Int, count: Int
  ) throws -> (PackedTokens, short: Int) {
    struct Enough: Error {}
    var (pieces, short) = (PackedTokens(), 0)
    do {
      try source.forEach { record, _ in
        let ids = body.encoding.tokenizer.encode(record.sequence)
        if ids.count < length { short += 1 }
        for first in stride(from: 0, through: ids.count - length, by: length) {
          pieces.append(ids[first..<first + length])
          if pieces.count == count { throw Enough() }
        }
      }
    } catch is Enough {}
    return (pieces, short)
  }
}

extension StageRule {
  fileprivate static let fieldOfWeights: StageRule = TrainedBody.rule(
    { ReceptiveFieldStage.declaration }, ofModel: ["alphabet"])
}

extension ArtifactKind {
  /// How far the features of a token reach.
  package static let receptiveField = ArtifactKind("receptive-field")
}
