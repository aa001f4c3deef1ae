import Artifacts
import Inputs
import ModelStages
import Networks
import Rankings
import RecallTasks
import Spaces
import TaskStages
import Tokens
import Training
import Wording

/// One training on a task of tokens, and how well its outcome does.
struct Solving {
  private let context: StageContext
  private let task: TokenTaskFile
  private let architecture: Architecture

  init(_ context: StageContext) throws {
    self.context = context
    task = try TokenTaskFile(context.input("task"))
    architecture = try ArchitectureText.read(context.input("architecture"))
  }

  func run() throws {
    let train = try task.tokens(.train)
    var setup = FineTuneSetup(
      architecture,
      description: SupernetDescription(
        vocabulary: task.document.vocabulary, architectures: [architecture], causal: true, seed: context[.seed]),
      on: train, holdOut: nil)
    setup.head = TaskHead(.tokens(task.document.vocabulary))
    setup.head.isOfLast = task.document.isOfLast
    setup.batchSize = context[SolveMADStage.batch]
    setup.options = context.stepOptions(FineTuner.unit(of: setup))
    let epochs = context[SolveMADStage.epochs]
    var run = try CourseRun<FineTuner>(context, setup, until: epochs)
    try run.train()
    let (dev, test) = (try measured(.dev, run.course), try measured(.test, run.course))
    let parts = task.document.parts
    let rows = TaskRows(
      train: train.count, dev: dev.rows, test: test.rows, devInTrain: parts[1].inTrain ?? 0,
      testInTrain: parts[2].inTrain ?? 0, testInDev: parts[2].inDev ?? 0,
      notes: ["a guess is right in \(Words.fixed(100 * task.document.chance, 2)) %"])
    let metrics = Metrics(primary: .macroAccuracy, dev: dev.metrics(), test: test.metrics())
    try MetricsDocument(
      architecture: architecture.text, model: nil, settings: Words.count(epochs, "epoch"),
      parameters: run.course.parameterCount, rows: rows, threshold: nil, classes: nil, metrics: metrics
    ).write(context)
  }

  private func measured(_ split: RecallExample.Split, _ course: FineTuner) throws -> RecallAccuracy {
    let data = try task.tokens(split)
    guard case .tokens(let labels) = data.targets else { preconditionFailure("targets are not of tokens") }
    let named = try course.classes(of: data)
    let byRow = { (values: [Int32]) in
      (0..<data.count).map { Array(values[data.tokens.starts[$0]..<data.tokens.starts[$0 + 1]]) }
    }
    return RecallAccuracy(targets: byRow(labels), named: byRow(named), vocabulary: task.document.vocabulary)
  }
}
