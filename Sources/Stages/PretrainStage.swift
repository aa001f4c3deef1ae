package import Artifacts
import Layers
import Sequences
import Supernets

/// Trains the shared weights of a space.
package enum PretrainStage: Stage {
  package static let declaration = StageDeclaration(
    name: "pretrain", version: 1,
    summary: "Train the shared weights of a space: one path per step, masked modelling.",
    parameters: [
      Parameter(
        "objective", .choice(["mm"]), default: .string("mm"), neutral: .string("mm"),
        help: "What is learnt: mm, masked modelling."),
      Parameter(
        "steps", .int(1...1_000_000_000), default: .int(1000), neutral: .int(1000), unit: "steps", role: .horizon,
        help: "How many steps; more continue from those already trained."),
      Parameter(
        "batch", .int(1...65_536), default: .int(64), neutral: .int(64), unit: "sequences", help: "Sequences of a step."
      ),
      Parameter(
        "length", .int(1...1_000_000), default: .int(128), neutral: .int(128), unit: "tokens",
        help: "Longest crop of a sequence."),
      Parameter(
        "lr", .float(1e-9...10), default: .float(1e-3), neutral: .float(1e-3), help: "Learning rate of AdamW."),
      Parameter(
        "warm-up", .int(0...1_000_000), default: .int(100), neutral: .int(100), unit: "steps",
        help: "Steps over which the learning rate rises from zero."),
      Parameter(
        "weight-decay", .float(0...10), default: .float(0.01), neutral: .float(0.01),
        help: "Decoupled decay; norms and biases are exempt."),
      Parameter(
        "clip", .float(0...1e6), default: .float(1), neutral: .float(1),
        help: "Largest norm of a gradient; 0 sets no bound."),
      Parameter(
        "mask", .float(0.01...0.99), default: .float(0.15), neutral: .float(0.15), unit: "fraction",
        help: "Tokens to predict; of them 80 % are masked, 10 % replaced, 10 % kept."),
      Parameter(
        "held-out-batches", .int(0...10_000), default: .int(2), neutral: .int(2), unit: "batches",
        help: "Batches of the held-out split on which every path is measured at the end."),
      Parameter(
        "paths", .choice(["uniform", "cycle"]), default: .string("uniform"), neutral: .string("uniform"),
        help: "How the path of a step is drawn: uniformly, or each once per cycle."),
      Parameter(
        "shards", .int(1...256), default: .int(4), neutral: .int(4), unit: "shards",
        help: "Parts of a batch that threads work on; the result does not depend on the threads."),
      .seed, .checkpointInterval,
    ],
    inputs: [
      InputPort("tokens", [.tokens], help: "What is learnt from."),
      InputPort("tokenizer", [.tokenizer], help: "The tokenizer of the tokens."),
      InputPort("space", [.space], help: "The architectures whose blocks are trained."),
    ],
    outputs: [
      OutputPort("weights", .weights, .tree, help: "The trained blocks, one safetensors file each."),
      OutputPort("state", .trainingState, .tree, help: "Moments and step counts, for going on."),
      OutputPort("history", .history, .file, help: "Losses at steps, and on the held-out split."),
    ],
    isParallel: true,
    example: """
      supernet:
        stage: pretrain
        with: { steps: 2000, batch: 64 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      """)

  package static func run(_ context: StageContext) throws {
    do { try Pretraining(context).run() } catch let error as TrainingError {
      throw StageFailure(code: error.code, "\(error)")
    } catch let error as BlockError { throw StageFailure(code: "bad-architecture", "\(error)") }
  }
}
