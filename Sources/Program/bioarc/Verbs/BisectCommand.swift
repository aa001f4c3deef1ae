import ArgumentParser
import Artifacts
import Console
import Differences
import Explaining
import Rankings
import Reports
import Sessions
import Statistics
import Syntax
import System
import TaskStages
import Wording

/// `bioarc bisect`
struct BisectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the edits between two versions that moved a score, and by how much.",
    discussion: """
      Versions are runs, as 'diff' names them, or the file now. Each value of a parameter that differs is an edit, and
      so is each input with other bytes; all else together is one. With up to 4 edits all combinations are made, and
      each edit's part is its Shapley value; with more, each edit is added to the old version and taken from the new
      one. Versions that have run cost nothing, work that several need is done once, and a bisection that was ended goes
      on where it was. A version that fails is done without; edits that work only together are measured as one. Errors
      are those over seeds and rows of the split; seeds are the stage's axis that 'over' calls replicates, or 'seed'.

      Exit codes: 0 something is named, 1 undecided, 3 nothing to explain.

      Examples:
        bioarc bisect pipelines/promoters.yaml scores ~1 ~
        bioarc bisect pipelines/promoters.yaml scores.auroc ~ now --at-least 0.01
        bioarc bisect pipelines/promoters.yaml scores ~1 ~ --set 'seeds=[1, 2, 3, 4, 5, 6]' --budget 2h
        bioarc bisect pipelines/promoters.yaml scores ~1 ~ --dry-run
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A stage with scores, or STAGE.METRIC. Without a metric: the primary one.") var score: String
  @Argument(help: "The earlier version: a run, or ~N.") var old = "~"
  @Argument(help: "The later version: a run, ~N, or 'now'.") var new = Side.now
  @Option(help: "The split whose scores are read: dev or test.") var split = "dev"
  @Option(
    help: """
      The smallest effect that counts. Default: half the earlier version's interval, at most a quarter of the change.
      """)
  var atLeast: Double?
  @Option(help: "Measure nothing where more time is expected, as 90s or 2h.") var budget: String?
  @Flag(help: "Say what would be measured, and how long that takes; run nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false
  @OptionGroup var forecasting: ForecastOptions
  @OptionGroup var commands: CommandOptions

  func validate() throws {
    guard Metrics.Split(rawValue: split) != nil else { throw ValidationError("--split takes dev or test") }
    if let budget, Quantity.seconds.parse(budget) == nil {
      throw ValidationError("--budget takes a time, as 90s or 1h30m, not '\(budget)'")
    }
    if let atLeast, !(atLeast >= 0) { throw ValidationError("--at-least takes a number of at least 0") }
    if let metric = parts.metric, Metric(rawValue: metric) == nil {
      let near = nearest(to: metric, in: Metric.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError("there is no metric '\(metric)'\(near)")
    }
  }

  private var parts: (stage: String, metric: String?) {
    guard let dot = score.lastIndex(of: ".") else { return (score, nil) }
    return (String(score[..<dot]), String(score[score.index(after: dot)...]))
  }

  func run() throws {
    let session = try Session(options.request())
    let resampling = Resampling(threads: Machine.cores, report: { _ in }, isInterrupted: { false })
    let bisector = try Bisector(
      from: old, to: new, stage: parts.stage, metric: parts.metric, split: Metrics.Split(rawValue: split) ?? .dev,
      session, resampling)
    guard !bisector.edits.isEmpty else {
      if try bisector.isMoved([]) { throw Complaint.failure("no edit of the file differs; \(bisector.notes[0])") }
      if json {
        try printJSON(["answer": BisectText.Answer.nothing.rawValue])
      } else {
        Terminal.print("nothing differs")
      }
      throw ExitCode(3)
    }
    for (index, edit) in bisector.edits.enumerated() { Terminal.complain("edit \(index + 1): \(edit)") }
    let permission = CommandPermission(isGiven: commands.allowCommands)
    while case let asked = bisector.next, !asked.isEmpty {
      let outlook = try bisector.outlook(asked, forecasting)
      Terminal.complain(
        "\(Words.count(outlook.probes, "version")) to measure, \(outlook.ready) of them from the store"
          + (outlook.steps > 0
            ? "; at most \(Words.count(outlook.steps, "step")), expected to take \(Words.duration(outlook.seconds))"
            : ""))
      if dryRun { return }
      let spent = bisector.probes.reduce(0) { $0 + $1.seconds }
      if let budget, let limit = Quantity.seconds.parse(budget), spent + outlook.seconds > Double(limit) {
        throw Complaint.failure("that is more than --budget \(budget): nothing more was run")
      }
      for subset in asked { try bisector.measure(subset, permission: permission) }
    }
    let text = BisectText(bisector, atLeast: atLeast)
    if json { try printJSON(text) } else { for line in text.lines { Terminal.print(line) } }
    switch text.answer {
    case .named: return
    case .undecided: throw ExitCode(1)
    case .nothing: throw ExitCode(3)
    }
  }
}
