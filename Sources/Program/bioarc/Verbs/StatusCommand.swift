import ArgumentParser
import Artifacts
import Console
import Glibc
import JSON
import Plans
import Reports
import Resolving
import Running
import Sessions
import Stores
import Tables

/// `bioarc status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how each stage of a pipeline stands.",
    discussion: """
      Examples:
        bioarc status pipelines/promoters.yaml --steps
        bioarc status pipelines/promoters.yaml --watch      a run of another terminal, until it ends
      """)

  @OptionGroup var options: PipelineOptions
  @Flag(help: "One line per step instead of one per stage.") var steps = false
  @Flag(help: "Show it again every two seconds, until the newest run of the pipeline has ended.") var watch = false
  @Flag(help: "Print as JSON.") var json = false

  /// Steps that are named below the table, because they run or were begun.
  private static let shown = 10
  /// Steps that are looked at for them.
  private static let looked = 1000

  func validate() throws {
    if watch && Places.isStream(options.pipeline) {
      throw ValidationError("--watch reads the pipeline again and again, and standard input ends")
    }
  }

  func run() throws {
    while true {
      let session = try Session(options.request(), isReading: true)
      if watch, isatty(STDOUT_FILENO) == 1 { Terminal.write("\u{1B}[H\u{1B}[2J", to: STDOUT_FILENO) }
      // Asked before the look: what came in between is shown once more.
      let isRunning = try watch && Self.isRunning(session)
      try show(session)
      guard isRunning else { return }
      if isatty(STDOUT_FILENO) == 0 { Terminal.print("") }
      sleep(2)
    }
  }

  /// Whether the newest run of the pipeline goes on, as far as can be told.
  private static func isRunning(_ session: Session) throws -> Bool {
    guard let run = try History(store: session.store).newest(of: session.plan), run.summary == nil else { return false }
    return try session.store.life(ofRun: run.id).isAlive
  }

  private func show(_ session: Session) throws {
    let resolution = try session.resolve()
    let inHand = try StepsInHand(resolution)
    if steps {
      let rows = try Standing.steps(resolution, inHand)
      if json { return try printJSON(rows) }
      var table = Table(["step", "state", "key"])
      for row in rows {
        table.add([row.step, row.state + (row.lab.map { ", by \($0)" } ?? ""), row.key?.short ?? "-"])
      }
      return Terminal.print(table.text(width: Terminal.outputWidth))
    }
    let rows = try Standing.rows(resolution, inHand: inHand)
    if json { return try printJSON(rows) }
    Terminal.print(Standing.table(rows).text(width: Terminal.outputWidth))
    for line in try OthersText(session.peers, resolution).labLines { Terminal.print(line) }
    let ready = resolution.plan.nodes.indices.lazy.flatMap(resolution.steps).filter(resolution.isReady)
    let begun = try Array(ready.prefix(Self.looked)).map { try Standing.step($0, resolution, inHand) }
      .filter { $0.isRunning || $0.keptSteps != nil }
    for step in begun.prefix(Self.shown) { Terminal.print("\(step.step): \(step.state)") }
    if begun.count > Self.shown { Terminal.print("and more; --steps shows all") }
  }
}
