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
    inputs: [
      InputPort("model", [.model], required: false, alternative: "weights", help: "The fine-tuned model."),
      InputPort("weights", [.weights], required: false, help: "Pretrained weights, instead."),
      InputPort("tokenizer", [.tokenizer], required: false, help: "The tokenizer of the weights."),
      InputPort(
        "architecture", [.architecture], required: false, acceptsText: true, help: "The path of the weights."),
      InputPort(
        "sequences", [.sequences, .labelledSequences],
        help: "Sequences to embed, for a model of pairs two by two; or a task: each sequence of train, dev and test "
          + "once."),
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
    let embedder =
      if let model = context.optionalInput("model") {
        try Embedder(model, byToken: byToken, threads: context.threads)
      } else {
        try Embedder(
          weights: context.input("weights"), tokenizer: context.input("tokenizer"),
          architecture: context.input("architecture"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
          pooling: byToken ? nil : context[pooling], maximumLength: context[maxLength],
          onBothStrands: context[strands] == "both", threads: context.threads)
      }
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
  /// Weights come with their tokenizer and a path; parameters that a model states itself are not stated beside it.
  fileprivate static let weightsWhole: StageRule = StageRule(
    reads: [
      EmbedStage.pooling.name, EmbedStage.maxLength.name, EmbedStage.by.name, EmbedStage.strands.name, "alphabet",
    ], isOfAll: true
  ) { settings in
    let others = ["tokenizer", "architecture"]
    if settings.bound.contains("model") {
      let surplus = others.filter(settings.bound.contains).map {
        StageFinding.error("bad-ports", "a model has its own \($0): leave '\($0)' out", at: $0)
      }
      return surplus
        + EmbedStage.declaration.unread(
          [EmbedStage.pooling.name, EmbedStage.maxLength.name, EmbedStage.strands.name, "alphabet"], settings,
          because: "a model states it itself")
    }
    let pooling =
      settings[EmbedStage.by] == "token"
      ? EmbedStage.declaration.unread([EmbedStage.pooling.name], settings, because: "rows are of tokens") : []
    guard settings.bound.contains("weights") else { return [] }
    return pooling
      + others.filter { !settings.bound.contains($0) }.map {
        .error("bad-ports", "weights need '\($0)' beside them", at: "weights")
      }
  }
}

extension ArtifactKind {
  /// Features of sequences: a NumPy table and the names of its rows.
  package static let embeddings = ArtifactKind("embeddings")
}
