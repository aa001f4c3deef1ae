import ArgumentParser
import Artifacts
import Console
import Differences
import Rankings
import Sessions
import System
import TaskStages
import Wording

/// `bioarc diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two runs, or a run and the file as it is: edits, steps, scores, rankings.",
    discussion: """
      A run is named by the beginning of its id; ~ is the newest of the pipeline, ~1 the one before; 'now' is the file
      as it is. Scores are compared on the same rows and over seeds, after Holm's correction; differences that the data
      do not show are said to be not told apart. Only keys, pre-images and results are compared: comments, the order of
      keys in the file and times make no difference.

      Examples:
        bioarc diff pipelines/promoters.yaml              the newest run and the file now
        bioarc diff pipelines/promoters.yaml ~1 ~         the last two runs
        bioarc diff pipelines/promoters.yaml 20261121 now --step ranking
        bioarc diff pipelines/promoters.yaml ~1 ~ --fail-if 'mcc<-0.01'
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "The earlier side: a run, or ~N.") var old = "~"
  @Argument(help: "The later side: a run, ~N, or 'now'.") var new = Side.now
  @Option(help: "Scores and rankings of this step or stage alone.") var step: String?
  @Option(help: "The split whose scores are compared: dev or test.") var split = "dev"
  @Flag(help: "Show stages without a difference, and all rows of scores.") var all = false
  @Flag(help: "Print as JSON.") var json = false
  @Flag(help: "Print as Markdown.") var markdown = false
  @Flag(help: "Exit with 3 where something differs.") var exitCode = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Exit with 1 where a difference of a metric, or of a stage's scores, is beyond: 'mcc<-0.01'. May be repeated.",
      valueName: "name<value"))
  var failIf: [String] = []

  func validate() throws {
    if json && markdown { throw ValidationError("--json and --markdown are two forms; choose one") }
    guard Metrics.Split(rawValue: split) != nil else { throw ValidationError("--split takes dev or test") }
    for text in failIf where ScoreBound(text) == nil {
      throw ValidationError("--fail-if takes NAME<NUMBER or NAME>NUMBER, as 'mcc<-0.01', not '\(text)'")
    }
  }

  func run() throws {
    let session = try Session.comparing([old, new], options.request())
    let sides = try [old, new].map { name in try Side(name, session) { try session.resolve() } }
    let resampling = Resampling(threads: Machine.cores, report: { _ in }, isInterrupted: { false })
    let diff = try PipelineDiff(
      sides[0], sides[1], session, only: step, split: Metrics.Split(rawValue: split) ?? .dev, resampling)
    if json {
      try printJSON(DiffDocument(diff))
    } else {
      let text = DiffText(diff, showsAll: all)
      Terminal.print(markdown ? text.markdown : text.text(width: Terminal.outputWidth))
    }
    let broken = failIf.compactMap(ScoreBound.init).flatMap { $0.violations(in: diff) }
    for violation in broken { Terminal.complain(violation) }
    if !broken.isEmpty { throw ExitCode(1) }
    if exitCode, diff.differs { throw ExitCode(3) }
  }
}
