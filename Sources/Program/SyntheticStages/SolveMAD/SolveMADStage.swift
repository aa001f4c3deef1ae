package import Artifacts
import DataStages
import Inputs
import ModelStages
import TaskStages

/// Trains one architecture on a task of tokens from scratch.
package enum SolveMADStage: Stage {
  static let epochs = ParameterKey<Int>(
    "epochs", .int(1...100_000), default: 200, neutral: 200, unit: "epochs", role: .horizon,
    help: "Passes over the training set; the last counts.")
  static let batch = ParameterKey<Int>(
    "batch", .int(1...65_536), default: 128, neutral: 128, unit: "sequences", help: "Sequences of a step.")

  package static let declaration = StageDeclaration(
    name: "solve-mad", version: 1,
    summary: "Train one architecture on a synthetic task on tokens from scratch, and measure how much it solves.",
    parameters: [
      epochs.parameter, batch.parameter, TrainingParameters.accumulate.parameter,
    ] + OptimizerParameters.ofEpochs(warmUp: 0) + [
      TrainingParameters.shards.parameter, TrainingParameters.precision.parameter, .seed,
    ] + TrainingParameters.resources,
    inputs: [
      InputPort(
        "architecture", [.architecture], acceptsText: true,
        help: "The path to train, as m64-m64 or g64-t64. Every block sees the past alone, and no position is told "
          + "beyond what blocks know."),
      InputPort("task", [.tokenTask], help: "The task."),
    ],
    outputs: [
      OutputPort(
        "metrics", .metrics, .file,
        help: "The accuracy of the tokens that are asked for on dev and test: its mean over tokens of the vocabulary "
          + "(macro-accuracy, which ranks, as in MAD) and over places, with intervals over sequences.")
    ],
    rules: [
      .architecture(reads: epochs.name) { _ in true }, .schedule(.epochs), .fall(.epochs, in: epochs.name),
      .longFall(.epochs, of: epochs.name),
    ],
    forms: [.architecture(at: "architecture")], tolerance: MetricsDocument.tolerance,
    example: """
      solved:
        stage: solve-mad
        for: { architecture: [t64-t64, m64-m64, h64-h64] }
        with: { epochs: 20, lr: 0.001 }
        in: { architecture: $architecture, task: $tasks.task }
      """)

  package static func run(_ context: StageContext) throws {
    try context.runTraining(declaration) { try Solving(context).run() }
  }
}
