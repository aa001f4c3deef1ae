package import Artifacts
import Inputs
import ModelStages
import Networks
import Sequences

/// Writes the features that a network has for sequences.
package enum EmbedStage: Stage {
  package static let by = ParameterKey<String>(
    "by", .choice(["sequence", "token"]), default: "sequence", neutral: "sequence",
    help: "Whether a row is of a sequence, or of a token.")
  package static let pooling = ParameterKey<String>(
    "pooling", .choice(Pooling.allCases.filter { $0 != .flat && $0 != .attention }.map(\.rawValue)), default: "mean",
    neutral: "mean",
    help: "How the features of tokens become those of a sequence, of pretrained weights; a model has "
      + "its own way.")
  static let maxLength = ParameterKey<Int>(
    "max-length", .int(1...1_000_000), default: 1024, neutral: 1024, unit: "tokens",
    help: "Longer sequences are cut, with a warning, of pretrained weights; a model states its own limit.")

  package static let strands = ParameterKey<String>(
    "strands", .choice(["forward", "both"]), default: "forward", neutral: "forward",
    help:
      "both: features of the other strand stand beside those of the given one, of pretrained weights, so that those "
      + "of the reverse complement are the same with halves exchanged, where no sequence is cut (letters, and k-mers "
      + "at every place).")

  package static let declaration = StageDeclaration(
    name: "embed", version: 2,
    summary: "Write the features of sequences by a trained model or by pretrained weights, as a NumPy table.",
    parameters: [by.parameter, pooling.parameter, maxLength.parameter, strands.parameter, .alphabet],
    inputs: TrainedBody.ports + [
      InputPort(
        "sequences", [.sequences, .labelledSequences],
        help: "Sequences to embed, for a model of pairs two by two; or a task: each sequence of train, dev and test "
          + "once.")
    ],
    outputs: [
      OutputPort(
        "embeddings", .embeddings, .tree,
        help: "features.npy, rows of 32-bit floats; names.tsv: the name, the first row, the rows and the sequence of "
          + "each, a hash of its letters; model.json: the architecture.")
    ],
    isParallel: true,
    rules: [.weightsWhole],
    forms: [.architecture(at: "architecture")],
    example: """
      features:
        stage: embed
        with: { pooling: mean }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: c64-t128, sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let byToken = context[by] == "token"
    let body = try TrainedBody(
      context, byToken: byToken, pooling: byToken ? nil : context[pooling], maximumLength: context[maxLength])
    let embedder = try Embedder(body, onBothStrands: context[strands] == "both", threads: context.threads)
    let source = SequenceSource(
      context.input("sequences"), path: SequenceSource.names(at: "sequences"), alphabet: embedder.alphabet, rows: 0,
      context.report)
    let isComplete = try embedder.embed(
      source, features: context.outputs.create("embeddings", "features.npy"),
      names: context.outputs.create("embeddings", "names.tsv"), isCancelled: context.isInterrupted
    ) { context.report(.progress(done: $0, total: $1, unit: "sequences", detail: "")) }
    guard isComplete else { throw Interrupted() }
    try context.outputs.write("embeddings", EmbeddedBy.file, JSONArtifact.encode(embedder.model))
    if embedder.cut > 0 {
      context.report(.warning("\(embedder.cut) sequences are longer than what the model reads, and were cut"))
    }
  }
}

extension StageRule {
  fileprivate static let weightsWhole: StageRule = TrainedBody.rule(
    { EmbedStage.declaration },
    ofModel: [EmbedStage.pooling.name, EmbedStage.maxLength.name, EmbedStage.strands.name, "alphabet"],
    reads: [EmbedStage.by.name]
  ) { settings in
    guard settings[EmbedStage.by] == "token" else { return [] }
    return EmbedStage.declaration.unread([EmbedStage.pooling.name], settings, because: "rows are of tokens")
  }
}

extension ArtifactKind {
  /// Features of sequences: a NumPy table and the names of its rows.
  package static let embeddings = ArtifactKind("embeddings")
}
