package import Artifacts
import Inputs

/// Trains the shared weights of a space, or one architecture alone.
package enum PretrainStage: Stage {
  static let objective = ParameterKey<String>(
    "objective", .choice(PretrainObjective.all.map(\.name)), default: "mm", neutral: "mm",
    help: "The objective: mm, masked modelling; cl, contrastive learning; ntp, next-token prediction, which makes "
      + "every block causal; mae, a masked autoencoder, whose layers see visible tokens alone.")
  static let steps = ParameterKey<Int>(
    "steps", .int(1...1_000_000_000), default: 1000, neutral: 1000, unit: "steps", role: .horizon,
    help: "How many steps; more continue from those already trained.")
  static let batch = ParameterKey<Int>(
    "batch", .int(1...65_536), default: 64, neutral: 64, unit: "sequences", help: "Sequences of a step.")
  static let length = ParameterKey<Int>(
    "length", .int(1...1_000_000), default: 128, neutral: 128, unit: "tokens",
    help: "Longest crop of a sequence.")
  static let maxPositions = ParameterKey<Int>(
    "max-positions", .int(0...1_000_000), default: 0, neutral: 0, unit: "tokens",
    help: "Learned positions that the weights have, for later trainings on longer sequences; 0 takes 'length'.")
  static let strands = ParameterKey<String>(
    "strands", .choice(["auto", "forward", "both", "sum"]), default: "auto", neutral: "auto",
    help: "both: each sequence is read on a strand drawn at random. sum: mm on both strands of each at once, scores "
      + "are sums over them and so the same for either (letters, and k-mers at every place). auto: both for the views "
      + "of cl where the tokens are nucleotides or k-mers of them, else forward.")
  static let paths = ParameterKey<String>(
    "paths", .choice(["uniform", "cycle"]), default: "uniform", neutral: "uniform",
    help: "How the path of a step is drawn: uniformly, or each once per cycle.")
  static let heldOut = ParameterKey<String>(
    "held-out", .choice(["sample", "all"]), default: "sample", neutral: "sample", role: .horizon,
    help:
      "The rows that measure every path at the end: batches drawn from the held-out split, or all of it in order."
  )
  static let heldOutBatches = ParameterKey<Int>(
    "held-out-batches", .int(0...10_000), default: 2, neutral: 2, unit: "batches", role: .horizon,
    help: "How many batches the sample has; 0 measures nothing.")
  static let heldOutLength = ParameterKey<Int>(
    "held-out-length", .int(0...1_000_000), default: 0, neutral: 0, unit: "tokens", role: .horizon,
    help: "With held-out: all, the longest piece of a sequence; 0 takes 'length'.")
  static let heldOutContext = ParameterKey<Int>(
    "held-out-context", .int(0...1_000_000), default: 0, neutral: 0, unit: "tokens", role: .horizon,
    help: "With held-out: all, tokens at the front of a piece that repeat the end of the one before and are not "
      + "counted.")

  package static let declaration = StageDeclaration(
    name: "pretrain", version: 7,
    summary: "Train the shared weights of a space, one path per step, or one architecture, on sequences alone.",
    parameters: course + TrainingParameters.resources + OptimizerParameters.ofSteps(warmUp: 100)
      + PretrainObjective.all.flatMap(\.parameters) + measurement,
    inputs: [
      InputPort("tokens", [.tokens], help: "The tokens to learn from."),
      InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the tokens."),
      InputPort(
        "space", [.space], required: false, alternative: "architecture",
        help: "The architectures whose blocks are trained."),
      InputPort(
        "architecture", [.architecture], required: false, acceptsText: true,
        help: "One architecture to train alone: the best of a ranking, or a text as c64(kernel=5,dilation=2)-t128."),
      InputPort(
        "weights", [.weights], required: false,
        help: "Weights to go on from, with moments from zero; without, from scratch. The objective may be another that "
          + "reads in the same direction."),
    ],
    outputs: [
      OutputPort("weights", .weights, .tree, help: "The trained blocks, one safetensors file each."),
      OutputPort("state", .trainingState, .tree, help: "Moments and step counts, for going on."),
      OutputPort("history", .history, .file, help: "Losses at steps, and on the held-out split."),
    ],
    isParallel: true,
    rules: [
      .pretrainedArchitecture, .schedule(.steps), .fall(.steps, in: steps.name), .longFall(.steps, of: steps.name),
      .objective, .budget,
    ],
    forms: [.architecture(at: "architecture")],
    example: """
      supernet:
        stage: pretrain
        with: { steps: 2000, batch: 64 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      """)

  private static let course: [Parameter] = [
    objective.parameter, steps.parameter, TrainingParameters.budget.parameter, batch.parameter,
    TrainingParameters.accumulate.parameter, length.parameter,
    TrainingParameters.positions(
      auto: "those of the weights from which a training starts, none from scratch"
    ).parameter, maxPositions.parameter, strands.parameter, paths.parameter,
    TrainingParameters.shards.parameter, TrainingParameters.precision.parameter,
    .seed,
  ]

  private static let measurement: [Parameter] = [
    heldOut.parameter, heldOutBatches.parameter, heldOutLength.parameter, heldOutContext.parameter,
  ]

  package static func run(_ context: StageContext) throws {
    try context.runTraining(declaration) { try Pretraining(context).run() }
  }
}

extension ArtifactKind {
  /// Trained weights: a tree with one safetensors file per block.
  package static let weights = ArtifactKind("weights")
}
