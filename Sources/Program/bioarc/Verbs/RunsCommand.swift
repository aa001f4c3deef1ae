import ArgumentParser
import Console
import Events
import JSON
import Reports
import Resolving
import Sessions
import Stores
import System
import Tables
import Wording

/// `bioarc runs`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a store, newest first.", discussion: "Example:\n  bioarc runs -n 5"
  )

  @OptionGroup var options: StoreOptions
  @Option(name: .shortAndLong, help: "The number of runs.") var number = 20
  @Flag(help: "Print as JSON.") var json = false

  func validate() throws {
    if number < 1 { throw ValidationError("-n takes a number of at least 1") }
  }

  struct Document: Encodable {
    let id: String
    let started: Double
    let file: String
    let pipeline: String
    /// nil: the run is one of the pipeline as its file says.
    let purpose: String?
    let summary: RunSummary?
    /// Whether the run goes on, as far as can be told.
    let isRunning: Bool
    /// The process that carries it out, as long as it may.
    let owner: String?
  }

  func run() throws {
    let store = try options.open()
    let runs = try History(store: store).runs(limit: number).map { run -> (run: PastRun, life: Life) in
      if run.summary != nil { return (run, .gone) }
      return (run, try store.life(ofRun: run.id))
    }
    if json {
      return try printJSON(
        runs.map { run, life in
          Document(
            id: run.id, started: run.started, file: run.file, pipeline: run.pipeline, purpose: run.purpose,
            summary: run.summary, isRunning: life.isAlive, owner: life.owner)
        })
    }
    var table = Table(["run", "started", "pipeline", "outcome"])
    for (run, life) in runs {
      table.add([
        run.id, Words.time(run.started), run.file + (run.purpose.map { " (\($0))" } ?? ""),
        run.summary.map { EventText.summary($0, emphasis: Terminal.red) } ?? Self.words(life),
      ])
    }
    Terminal.print(runs.isEmpty ? "no runs yet" : table.text(width: Terminal.outputWidth))
  }

  private static func words(_ life: Life) -> String {
    switch life {
    case .alive(let owner): "running: \(owner)"
    case .silent(let owner, let seconds):
      "may be running: \(owner); no sign of life for \(Words.seconds(seconds))"
    case .gone: "was killed or lost: it logged no end"
    }
  }
}
