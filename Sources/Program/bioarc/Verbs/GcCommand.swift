import ArgumentParser
import Console
import Explaining
import Figures
import Glibc
import Inputs
import JSON
import Reports
import Running
import Sessions
import Space
import Stores
import Syntax
import Wording

/// `bioarc gc`
struct GcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Free space: remove bytes that nobody needs. Records stay.",
    discussion: """
      It keeps results that pins name, those that runs of the last days asked for, the newest run of each pipeline, and
      bytes that running processes need. From the rest, bytes go first that take least time to compute again. A result
      whose bytes are gone still counts: they are computed again when a step needs them. Logs of runs go when they are
      older than \(RootSurvey.logDays) days, more than --keep-runs are newer, and nothing of theirs is kept.

      It shows what it would do, and asks on a terminal; elsewhere it removes only with --yes.

      Examples:
        bioarc gc                        all that nobody needs
        bioarc gc --free 20GB            as much of that as it takes
        bioarc gc --max-size 100GB --yes
        bioarc gc --keep-days 7 --dry-run
      """)

  @OptionGroup var options: StoreOptions
  @Option(help: ArgumentHelp("Keep what runs of so many days asked for.", valueName: "days")) var keepDays = 30
  @Option(
    help: ArgumentHelp(
      "Keep the logs of so many runs, and all that are not old. Others go whatever else is asked.", valueName: "number")
  )
  var keepRuns = 1000
  @Flag(inversion: .prefixedNo, help: "Keep what the newest run of each pipeline asked for, whatever its age.")
  var keepNewest = true
  @Option(help: ArgumentHelp("Remove no more than frees so much, as 20GB.", valueName: "size")) var free: String?
  @Option(help: ArgumentHelp("Remove until the store is not larger, as 100GB.", valueName: "size")) var maxSize: String?
  @Flag(help: "Show what would be removed, and remove nothing.") var dryRun = false
  @Flag(help: "Remove without asking.") var yes = false
  @Flag(help: "Print as JSON.") var json = false
  @Option(help: .hidden) var graceSeconds = GarbageCollection.grace

  func validate() throws {
    if keepDays < 0 { throw ValidationError("--keep-days takes a number of at least 0") }
    if keepRuns < 0 { throw ValidationError("--keep-runs takes a number of at least 0") }
    if free != nil && maxSize != nil { throw ValidationError("--free and --max-size exclude each other") }
    _ = try goal()
  }

  func run() throws {
    let store = try options.open()
    let collection = try GarbageCollection(
      store: store, goal: goal(), keepDays: keepDays, keepsNewest: keepNewest, keepRuns: keepRuns,
      grace: max(0, graceSeconds))
    if !json {
      let text = EvictionText(keepDays: keepDays, keepsNewest: keepNewest, grace: max(0, graceSeconds))
      Terminal.print(text.text(collection, width: Terminal.outputWidth))
    }
    let bytes = collection.plan.bytes + collection.logs.bytes
    let hasWork = !collection.plan.items.isEmpty || !collection.logs.runs.isEmpty
    let acts = !dryRun && hasWork && (yes || asked(bytes))
    let freed = acts ? try collection.carryOut() : 0
    if json { return try printJSON(EvictionDocument(collection, removed: acts, freed: freed)) }
    if acts {
      let rest = bytes - freed
      let stayed = rest > 0 ? "; \(Words.bytes(rest)) stayed, needed by now or another user's" : ""
      Terminal.print("freed \(Words.bytes(freed))" + stayed)
    } else if hasWork {
      Terminal.print("nothing was removed" + (dryRun || isTerminal ? "" : "; with --yes it would be"))
    }
  }

  private var isTerminal: Bool { !json && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  private func asked(_ bytes: Int) -> Bool {
    guard isTerminal else { return false }
    Terminal.write("Remove \(Words.bytes(bytes))? [y/N] ", to: STDOUT_FILENO)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  private func goal() throws -> EvictionPlan.Goal {
    if let free { return .free(try bytes(free, "--free")) }
    if let maxSize { return .size(try bytes(maxSize, "--max-size")) }
    return .all
  }

  private func bytes(_ text: String, _ option: String) throws -> Int {
    guard let bytes = Quantity.byteCount(text) else {
      throw ValidationError("\(option) takes a size, as 20GB, 512MiB or 1.5TB; '\(text)' is none")
    }
    return bytes
  }
}
