import ArgumentParser
import Artifacts
import Console
import Explaining
import Figures
import JSON
import Reports
import Resolving
import Sessions
import Tables

/// `bioarc plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what 'run' would do, without running anything.",
    discussion: """
      Times are expected from earlier runs: for a step what it took last, else what steps of its stage take.
      With -o the plan is written to a file, and 'bioarc run FILE' carries out exactly that plan: it refuses, and says
      what moved, when the pipeline, an input, a stage or the key of a step is no longer the same.

      Examples:
        bioarc plan pipelines/promoters.yaml -j 8
        bioarc plan pipelines/promoters.yaml --exit-code || echo there is work
        bioarc plan pipelines/promoters.yaml -o tonight.plan && bioarc run tonight.plan
      """)

  @OptionGroup var options: PipelineOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var forecasting: ForecastOptions
  @Option(name: .shortAndLong, help: "Write the plan to this new file.", completion: .file()) var output: String?
  @Flag(help: "Exit with 3 when there is work.") var exitCode = false
  @Flag(help: "Print the plan as JSON.") var json = false

  struct Document: Encodable {
    let stages: [Standing.Row]
    let forecast: ForecastText.Document
    let others: OthersText.Document
  }

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    try session.synchronize()
    let resolution = try session.resolve(selection)
    let text = try forecasting.text(resolution, past: Past(plan: session.plan, store: session.store))
    let rows = try Standing.rows(resolution, text)
    let others = try OthersText(session.peers, resolution)
    if json {
      try printJSON(Document(stages: rows, forecast: text.document, others: others.document))
    } else {
      Terminal.print(Standing.table(rows, isForecast: true).text(width: Terminal.outputWidth))
      for line in text.lines.prefix(1) + others.lines + text.lines.dropFirst() { Terminal.print(line) }
    }
    if let output { try write(session, resolution, to: output) }
    if exitCode && !text.forecast.isNothing { throw ExitCode(3) }
  }

  private func write(_ session: Session, _ resolution: Resolution, to path: String) throws {
    guard session.request.pipeline != Places.standardInput else {
      throw Complaint.usage("a plan in a file is of a pipeline in a file: '\(options.pipeline)' cannot be read again")
    }
    let plan = DecidedPlan(
      resolution,
      request: DecidedPlan.Request(
        folder: try PlanFile.workingFolder(), pipeline: options.pipeline,
        store: Places.store(options.store, pipeline: options.pipeline), stages: options.stageOptions.stages,
        set: options.overrides, only: selection.only, from: selection.from, force: selection.force,
        retryFailed: selection.retryFailed),
      pipeline: session.request.text)
    try NewFile.write(path, try plan.encoded())
    Terminal.complain("the plan is in \(path); 'bioarc run \(path)' carries it out")
  }
}
