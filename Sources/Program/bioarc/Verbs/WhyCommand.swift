import ArgumentParser
import Artifacts
import Console
import Explaining
import JSON
import Plans
import Reports
import Resolving
import Running
import Sessions
import Syntax
import Wording

/// `bioarc why`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say why a step runs or does not, with old and new values, up to the edit.",
    discussion: """
      Without a step, what will run is listed, a line for each stage, and the edits that are behind it. --if asks what a
      change would do; nothing is run and nothing is written. --not lists what is in a step's key and what is not, so
      that it did not run again.

      Examples:
        bioarc why pipelines/promoters.yaml
        bioarc why pipelines/promoters.yaml scores
        bioarc why pipelines/promoters.yaml 'scores[k=6,task=tata]'
        bioarc why pipelines/promoters.yaml --if supernet.lr=0.0005
        bioarc why pipelines/promoters.yaml ranking --if scores.epochs=10 --if scores.batch=64
        bioarc why pipelines/promoters.yaml ranking --not
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(
    help: "A step, as 'ranking' or 'scores[k=6]'; the first ten that match are explained. Without, all in short.")
  var step: String?
  @Option(
    name: .customLong("if"), parsing: .singleValue,
    help: ArgumentHelp("Suppose this value, as --set would give it. May be repeated.", valueName: "name=value"))
  var suppositions: [String] = []
  @Flag(name: .customLong("not"), help: "Say why a step does not run: the parts of its key, and what is no part of it.")
  var not = false
  @OptionGroup var forecasting: ForecastOptions
  @Flag(help: "Print as JSON.") var json = false

  func validate() throws {
    if not && step == nil { throw ValidationError("--not needs a step") }
    if not && !suppositions.isEmpty { throw ValidationError("--not and --if are two questions; ask one at a time") }
  }

  func run() throws {
    let session = try Session(options.request(), isReading: true, keepsNothing: !suppositions.isEmpty)
    if not { return try printKeys(session) }
    guard suppositions.isEmpty else { return try suppose(session) }
    guard let step else { return try summarize(session) }
    let resolution = try session.resolve(only: [step])
    let past = try Past(plan: session.plan, store: session.store)
    let steps = try Self.steps(step, session, resolution)
    let explainer = Explainer(resolution, past: past)
    let excerpts = try steps.shown.map { try explainer.excerpt(for: $0) }
    let isCut = past.isExhausted
    try show(excerpts, more: steps.more, try forecasting.text(resolution, past: past), isCut: isCut)
  }

  /// The steps that are explained, those that run before those that do not, and how many more there are.
  private static func steps(
    _ text: String, _ session: Session, _ resolution: Resolution
  ) throws -> (shown: [StepIndex], more: Int) {
    let all = try session.stepsAndNodes(text, in: resolution)
    let running = all.lazy.filter { !resolution.isUpToDate($0) }.prefix(10)
    let others = all.lazy.filter { resolution.isUpToDate($0) }.prefix(10)
    let shown = Array((Array(running) + Array(others)).prefix(10))
    return (shown, all.count - shown.count)
  }

  private struct Document: Encodable {
    let steps: [ReasonDocument]
    /// The edits that they all come down to.
    let edits: [ReasonDocument.Edit]
    let forecast: ForecastText.Document
    /// The number of runs that were looked at, the newest ones, where not all were; nil: all that were of use.
    let runs: Int?
  }

  private func show(_ excerpts: [Excerpt], more: Int, _ forecast: ForecastText, isCut: Bool = false) throws {
    if json {
      return try printJSON(
        Document(
          steps: excerpts.map { ReasonDocument($0) }, edits: ReasonDocument.edits(excerpts),
          forecast: forecast.document, runs: isCut ? Past.depth : nil))
    }
    for excerpt in excerpts { Terminal.print(ReasonText.text(excerpt)) }
    if isCut { Terminal.print("older runs than the newest \(Past.depth) of this store were not looked at") }
    if more > 0 { Terminal.print("and \(more) more that match '\(step ?? "")'") }
    for line in ReasonText.causes(excerpts) { Terminal.print(line) }
    guard !forecast.forecast.isNothing else { return }
    Terminal.print("for \(excerpts.count + more == 1 ? "it" : "them"), with all that is read on the way:")
    for line in forecast.lines { Terminal.print("  " + line) }
  }

  // MARK: Without a step

  /// A line for each stage with steps that run, wait or cannot, and the edits behind them.
  private func summarize(_ session: Session) throws {
    let resolution = try session.resolve()
    let past = try Past(plan: session.plan, store: session.store)
    let explainer = Explainer(resolution, past: past)
    var parts: [(excerpt: Excerpt, others: Int)] = []
    for node in session.plan.nodes.indices {
      for steps in resolution.unsettled(node) {
        parts.append((try explainer.excerpt(for: steps[0]), steps.count - 1))
      }
    }
    let isCut = past.isExhausted
    let forecast = try forecasting.text(resolution, past: past)
    let excerpts = parts.map(\.excerpt)
    if json {
      return try printJSON(
        Document(
          steps: parts.map { ReasonDocument($0.excerpt, others: $0.others) }, edits: ReasonDocument.edits(excerpts),
          forecast: forecast.document, runs: isCut ? Past.depth : nil))
    }
    for (excerpt, others) in parts { Terminal.print(ReasonText.summary(excerpt.reason, others: others)) }
    if isCut { Terminal.print("older runs than the newest \(Past.depth) of this store were not looked at") }
    for line in ReasonText.causes(excerpts) + forecast.lines { Terminal.print(line) }
  }

  // MARK: --if

  private func suppose(_ session: Session) throws {
    var request = session.request
    request.overrides += suppositions.map { Override($0, .supposition) }
    let supposed = try Session(request, isReading: true, besides: session)
    let only = step.map { [$0] } ?? []
    let (before, after) = (try session.resolve(only: only), try supposed.resolve(only: only))
    let past = try Past(plan: session.plan, store: session.store)
    let forecast = try forecasting.text(after, past: past)
    let explainer = Explainer(after, against: before)
    if let step {
      let steps = try Self.steps(step, supposed, after)
      if !json { Terminal.print("with \(suppositions.joined(separator: ", ")):") }
      return try show(steps.shown.map { try explainer.excerpt(for: $0) }, more: steps.more, forecast)
    }
    let parts = try explainer.parts()
    let now = try forecasting.text(before, past: past)
    if json { return try printJSON(SuppositionDocument(parts, forecast, now: now)) }
    Terminal.print("with \(suppositions.joined(separator: ", ")):")
    for part in parts { Terminal.print(SuppositionText.text(part, forecast)) }
    for line in forecast.lines { Terminal.print(line) }
    if !now.forecast.isNothing {
      let atMost = now.forecast.atMost.map { $0 > now.forecast.certain ? ", at most \($0)" : "" } ?? ""
      Terminal.print("without it \(Words.count(now.forecast.certain, "step")) will run\(atMost)")
    }
  }

  // MARK: --not

  private func printKeys(_ session: Session) throws {
    guard let step else { return }
    let resolution = try session.resolve(only: [step])
    let steps = try Self.steps(step, session, resolution)
    let tables = try steps.shown.prefix(json ? 10 : 1).map { try KeyTable($0, in: resolution) }
    if json { return try printJSON(tables.map(KeyTableDocument.init)) }
    for (table, step) in zip(tables, steps.shown) {
      Terminal.print(KeyTableText.text(table, isUpToDate: resolution.isUpToDate(step)))
    }
    let more = steps.shown.count - tables.count + steps.more
    if more > 0 { Terminal.print("\(more) more match '\(step)'; each has such a key of its own") }
  }
}
