import ArgumentParser
import Artifacts
import Console
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
    discussion: "Example:\n  bioarc status pipelines/promoters.yaml --steps")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "One line per step instead of one per stage.") var steps = false
  @Flag(help: "Print as JSON.") var json = false

  /// Steps that are named below the table, because they run or were begun.
  private static let shown = 10
  /// Steps that are looked at for them.
  private static let looked = 1000

  func run() throws {
    let session = try Session(options.request(), isReading: true)
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
