package import Artifacts
import Blocks
import DataStages
import Inputs
import ModelStages
import Networks
import Rankings
import Sequences
import Training
import UseStages

/// Trains one architecture on one task.
package enum FineTuneStage: Stage {
  static let epochs = ParameterKey<Int>(
    "epochs", .int(1...100_000), default: 5, neutral: 5, unit: "epochs", role: .horizon,
    help: "Passes over the training set; the best by the hold-out counts, of equals that with the least loss.")
  static let batch = ParameterKey<Int>(
    "batch", .int(1...65_536), default: 32, neutral: 32, unit: "sequences", help: "Sequences of a step.")
  static let dropout = ParameterKey<Double>(
    "dropout", .float(0...0.9), default: 0.1, neutral: 0.1, unit: "fraction",
    help:
      "Features of what every block adds to the stream, and of the pooled sequence, that are dropped while training.")
  static let holdOut = ParameterKey<Double>(
    "hold-out", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Part of train, by sequence hash, on which the epoch is chosen; dev ranks, test is only reported.")
  package static let holdOutSeed = ParameterKey<Int>(
    "hold-out-seed", .int(0...1 << 32), default: 0, neutral: 0,
    help: "Draws another hold-out: bound to the axis of replicates, their spread holds that of the hold-out too.")
  static let duplicates = ParameterKey<String>(
    "duplicates", .choice(["drop", "keep"]), default: "drop", neutral: "drop",
    help: "Training rows whose sequence is in dev or test too: drop, they are not trained on; keep, they are.")
  static let maxLength = ParameterKey<Int>(
    "max-length", .int(1...1_000_000), default: 1024, neutral: 1024, unit: "tokens",
    help: "Longer sequences are cut, with a warning.")
  static let cut = ParameterKey<String>(
    "cut", .choice(["end", "middle"]), default: "end", neutral: "end",
    help: "The place of the cut: at their end, or in their middle, so that as much of either end stays.")
  static let positions = TrainingParameters.positions(
    auto: "those of the weights from which a training starts, learned from scratch")
  static let pooling = ParameterKey<String>(
    "pooling", .choice(Pooling.allCases.map(\.rawValue)), default: "mean", neutral: "mean",
    help: "How the features of tokens become those of a sequence: their mean, the last token's, the largest, the first "
      + "and the third side by side; flat, those of all tokens, with weights of their own for each place; attention, "
      + "means whose weights learned queries give.")
  static let classWeights = ParameterKey<String>(
    "class-weights", .choice(["none", "balanced"]), default: "none", neutral: "none",
    help: "How much labels count: all the same, or every class as a whole the same. Values have no classes.")
  static let patience = ParameterKey<Int>(
    "patience", .int(0...100_000), default: 0, neutral: 0, unit: "epochs",
    help: "Training ends after so many epochs without a better one by the hold-out; 0 goes on to the last.")
  static let strands = ParameterKey<String>(
    "strands", .choice(["auto"] + Strands.allCases.map(\.rawValue)), default: "auto", neutral: "auto",
    help: "Strands of DNA. forward: the one that is given. both: trained on either, drawn anew for each epoch, and "
      + "outputs are means over both. average: trained on both at once. auto: both where the input says 'stranded: "
      + "false', else forward.")
  static let labelSmoothing = ParameterKey<Double>(
    "label-smoothing", .float(0...0.9), default: 0, neutral: 0, unit: "fraction",
    help: "The share of each label that is spread over all classes while training.")
  static let averaging = ParameterKey<Double>(
    "ema", .float(0...0.99999), default: 0, neutral: 0, unit: "fraction",
    help: "Weights are scored and kept as an exponential moving average over the steps, which forgets all but this "
      + "share at each; 0: as the last step left them.")
  static let layerDecay = ParameterKey<Double>(
    "layer-decay", .float(0.01...1), default: 1, neutral: 1, unit: "factor",
    help: "The learning rate of a layer for that of the next: below 1 trained weights change the less the nearer they "
      + "are to the letters.")
  static let chooseBy = ParameterKey<String>(
    "choose-by", .choice(["metric", "loss", "auroc"]), default: "metric", neutral: "metric",
    help: "The measure on the hold-out by which the epoch is chosen: that which ranks, or a smoother one.")
  static let keep = ParameterKey<String>(
    "keep", .choice(["bound", "model"]), default: "bound", neutral: nil, role: .resource,
    help: "Whether the model is stored: where a stage reads it, or a pin or 'bioarc run --keep model' asks for it; or "
      + "whenever the step runs. Else it is made again when it is needed, from the training's last state while that is "
      + "kept.")
  static let linearProbe = ParameterKey<Bool>(
    "linear-probe", .bool, default: false, neutral: false,
    help: "Fit a logistic or ridge regression to the features that the weights give as they are, standardised and "
      + "without dropout; its penalty is the best on the hold-out. No step is taken.")
  package static let threshold = ParameterKey<String>(
    "threshold", .choice(["hold-out", "half"]), default: "hold-out", neutral: "hold-out",
    help: "The probability above which a row is of the second of two classes: that with the best MCC on the hold-out, "
      + "or one half.")
  static let direction = ParameterKey<String>(
    "direction", .choice(["bidirectional", "causal"]), default: "bidirectional",
    neutral: "bidirectional", help: "The tokens that a token sees, from scratch; else the weights decide.")

  package static let declaration = StageDeclaration(
    name: "fine-tune", version: 8,
    summary: "Train one architecture on one labelled task, from shared weights or from scratch.",
    parameters: [
      epochs.parameter, batch.parameter, TrainingParameters.accumulate.parameter,
    ] + OptimizerParameters.ofEpochs(warmUp: 50) + [
      dropout.parameter, holdOut.parameter, holdOutSeed.parameter, duplicates.parameter, maxLength.parameter,
      cut.parameter, positions.parameter, pooling.parameter, classWeights.parameter,
      strands.parameter, labelSmoothing.parameter, averaging.parameter, layerDecay.parameter, chooseBy.parameter,
      patience.parameter, linearProbe.parameter, threshold.parameter, direction.parameter,
      TrainingParameters.shards.parameter, .alphabet, .sampledRows,
      TrainingParameters.precision.parameter, .seed,
      keep.parameter,
    ] + TrainingParameters.resources,
    inputs: [
      InputPort("weights", [.weights], required: false, help: "Shared weights to start from; without, from scratch."),
      InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the weights."),
      InputPort(
        "architecture", [.architecture], acceptsText: true,
        help: "The path to train, as c64-t128 or c64(kernel=5,dilation=2)-t128(heads=4)."),
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences, or pairs, in train, dev and test: classes, sets of them, values, or letters."),
      InputPort(
        "refit", [.metrics], required: false,
        help:
          "Metrics of a fine-tune that differs in no more than its seed and in how its epoch was chosen: this one "
          + "trains on its hold-out too, for as many epochs as that one chose, and takes its threshold."),
    ],
    outputs: [
      OutputPort(
        "metrics", .metrics, .file, help: "MCC, Spearman's correlation or what else the labels ask for, with intervals."
      ),
      .predictions,
      OutputPort(
        "model", .model, .tree, isOnDemand: true,
        help: "The network of the chosen epoch with its tokenizer, which 'predict' and 'embed' read."),
    ],
    rules: [
      .trainedArchitecture, .schedule(.epochs, warmUp: 50), .fall(.epochs, in: epochs.name),
      .longFall(.epochs, of: epochs.name),
      .unreadByLabels, .unreadByProbe, .refitTrains,
    ],
    presets: presets, forms: [.architecture(at: "architecture")], tolerance: MetricsDocument.tolerance,
    example: """
      scores:
        stage: fine-tune
        for: { architecture: $space.architectures, seed: [1, 2, 3] }
        with: { epochs: 5, seed: $seed }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: $architecture, task: $tasks }
      """)

  package static func run(_ context: StageContext) throws {
    try context.runTraining(declaration) { try FineTuning(context).run() }
  }
}
