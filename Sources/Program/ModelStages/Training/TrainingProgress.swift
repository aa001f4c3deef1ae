import Artifacts
import System
import Training
import Wording

/// Tells of a training that runs: its live line at every step, and at intervals its numbers for the event log. The
/// clock in here reaches no result.
struct TrainingProgress {
  private let context: StageContext
  private let total: Int
  private let started = ContinuousClock.now
  private var firstStep: Int?
  private var logged: ContinuousClock.Instant?
  /// The mean over steps, of which recent ones count more.
  private var secondsPerToken = 0.0
  /// Those of the steps that were told of.
  private var operations = 0.0

  /// How often numbers go to the event log.
  private static let interval = Duration.seconds(10)

  /// Follows a training that goes on until `total` steps are finished.
  init(_ context: StageContext, total: Int) {
    self.context = context
    self.total = total
  }

  /// Tells of a finished step. `lead` comes first on the live line; `loss` is the one to show.
  mutating func tell(_ report: StepReport, loss: Double, lead: String = "") {
    let first = firstStep ?? report.step - 1
    firstStep = first
    let latest = report.seconds / Double(max(1, report.tokens))
    operations += report.operations
    secondsPerToken = secondsPerToken == 0 ? latest : 0.95 * secondsPerToken + 0.05 * latest
    let speed = secondsPerToken > 0 ? 1 / secondsPerToken : 0
    let now = ContinuousClock.now
    let left = (now - started) / .seconds(1) * Double(total - report.step) / Double(report.step - first)
    let memory = Memory.resident()
    let detail =
      "\(lead)loss \(Words.fixed(loss, 3))  \(Words.grouped(Int(saturating: speed))) tokens/s  "
      + "gradient \(Words.fixed(report.gradientNorm, 2))  rate \(Words.short(report.rate))  "
      + "\(Words.grouped(memory >> 20)) MB  \(Words.duration(left)) left"
    context.report(.progress(done: report.step, total: total, unit: "steps", detail: detail))
    guard report.step == total || logged.map({ now - $0 >= Self.interval }) ?? true else { return }
    logged = now
    let numbers = [
      ("gradient norm", report.gradientNorm), ("learning rate", report.rate), ("tokens per second", speed),
      ("operations", operations),
      ("resident megabytes", Double(memory >> 20)), ("seconds left", left),
    ]
    for (name, value) in numbers { context.report(.metric(name: name, step: report.step, value: value)) }
  }
}
