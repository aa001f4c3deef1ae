package import Artifacts
import Blocks
import DataStages
import Inputs
import Rankings
import Sequences
import Training

/// Trains one architecture on one task.
package enum FineTuneStage: Stage {
  package static let declaration = StageDeclaration(
    name: "fine-tune", version: 4,
    summary: "Train one architecture on one labelled task, from shared weights or from scratch.",
    parameters: [
      Parameter(
        "epochs", .int(1...100_000), default: .int(5), neutral: .int(5), unit: "epochs", role: .horizon,
        help: "Passes over the training set; the best by the hold-out counts, of equals that with the least loss."),
      Parameter(
        "batch", .int(1...65_536), default: .int(32), neutral: .int(32), unit: "sequences", help: "Sequences of a step."
      ),
      Parameter(
        "accumulate", .int(1...65_536), default: .int(1), neutral: .int(1), unit: "parts",
        help: "Parts that a batch is worked through in: the same step but for rounding, with the memory of one part."),
    ] + Parameter.optimizer(warmUp: 50) + [
      Parameter(
        "dropout", .float(0...0.9), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Features of every block's output, and of the pooled sequence, that are dropped while training."),
      Parameter(
        "hold-out", .float(0.01...0.5), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
        help: "Part of train, by sequence hash, on which the epoch is chosen; dev ranks, test is only reported."),
      Parameter(
        "duplicates", .choice(["drop", "keep"]), default: .string("drop"), neutral: .string("drop"),
        help: "Training rows whose sequence is in dev or test too: drop, they are not trained on; keep, they are."),
      Parameter(
        "max-length", .int(1...1_000_000), default: .int(1024), neutral: .int(1024), unit: "tokens",
        help: "Longer sequences are cut, with a warning."),
      Parameter(
        "cut", .choice(["end", "middle"]), default: .string("end"), neutral: .string("end"),
        help: "Where they are cut: at their end, or in their middle, so that as much of either end stays."),
      Parameter(
        "pooling", .choice(Pooling.allCases.map(\.rawValue)), default: .string("mean"), neutral: .string("mean"),
        help: "How the features of tokens become those of a sequence: their mean, the last token's, or the largest."),
      Parameter(
        "class-weights", .choice(["none", "balanced"]), default: .string("none"), neutral: .string("none"),
        help: "How much labels count: all the same, or every class as a whole the same. Values have no classes."),
      Parameter(
        "patience", .int(0...100_000), default: .int(0), neutral: .int(0), unit: "epochs",
        help: "Training ends after so many epochs without a better one by the hold-out; 0 goes on to the last."),
      Parameter(
        "linear-probe", .bool, default: .bool(false), neutral: .bool(false),
        help: "Train the head alone; the other weights stay."),
      Parameter(
        "direction", .choice(["bidirectional", "causal"]), default: .string("bidirectional"),
        neutral: .string("bidirectional"), help: "What a token sees, from scratch; else the weights decide."),
      Parameter(
        "shards", .int(1...256), default: .int(4), neutral: .int(4), unit: "shards",
        help: "Parts of a batch that threads work on; the result does not depend on the threads."),
      .alphabet, .rows("training sequences"), .precision, .seed,
    ] + Parameter.checkpoints,
    inputs: [
      InputPort("weights", [.weights], required: false, help: "Shared weights to start from; without, from scratch."),
      InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the weights."),
      InputPort(
        "architecture", [.architecture], acceptsText: true,
        help: "The path to train, as c64-t128 or c64(kernel=5,dilation=2)-t128(heads=4)."),
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences, or pairs, in train, dev and test: classes, sets of them, values, or letters."),
    ],
    outputs: [
      OutputPort(
        "metrics", .metrics, .file, help: "MCC, Spearman's correlation or what else the labels ask for, with intervals."
      )
    ],
    rules: [.trainedArchitecture, .schedule, .fallFromTheStart, .unreadByLabels],
    forms: [.architecture(at: "architecture")],
    example: """
      scores:
        stage: fine-tune
        for: { architecture: $space.architectures, seed: [1, 2, 3] }
        with: { epochs: 5, seed: $seed }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: $architecture, task: $tasks }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    do { try FineTuning(context).run() } catch let error as TrainingError {
      throw StageFailure(code: error.code, "\(error)")
    } catch let error as BlockProblem { throw StageFailure(code: "bad-architecture", "\(error)") }
  }
}
