import ArgumentParser
import Plans
import Scheduling
import Stages
import Stores

/// Options of verbs on a store alone.
struct StoreOptions: ParsableArguments {
  @Option(help: "The store. Default: BIOARC_STORE, else 'cache' in this folder or beside it.", completion: .directory)
  var store: String?

  func open() throws -> Store {
    do { return try Store(root: path, create: false) } catch {
      throw Complaint(text: "error: \(error)", code: 2)
    }
  }

  /// In a folder of pipelines the store lies beside.
  private var path: String {
    let path = Session.storePath(store, pipeline: nil)
    let isDefault = store == nil && path == Session.storeName && FileKind(path) == .missing
    return isDefault && FileKind("../\(path)/FORMAT") == .file ? "../\(path)" : path
  }
}

/// `bioarc runs`
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a store, newest first.", discussion: "Example:\n  bioarc runs -n 5"
  )

  @OptionGroup var options: StoreOptions
  @Option(name: .shortAndLong, help: "How many.") var number = 20
  @Flag(help: "Print as JSON.") var json = false

  func validate() throws {
    if number < 1 { throw ValidationError("-n takes a number of at least 1") }
  }

  struct Document: Encodable {
    let id: String
    let started: Double
    let file: String
    let pipeline: String
    let summary: RunSummary?
    /// Whether it goes on, as far as can be told.
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
            id: run.id, started: run.started, file: run.file, pipeline: run.pipeline, summary: run.summary,
            isRunning: life.isAlive, owner: life.owner)
        })
    }
    var table = Table(["run", "started", "pipeline", "outcome"])
    for (run, life) in runs {
      table.add([run.id, Words.time(run.started), run.file, run.summary.map(Display.words) ?? Self.words(life)])
    }
    Terminal.print(runs.isEmpty ? "no runs yet" : table.text)
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

/// `bioarc log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what happened in a run, or to one step.",
    discussion: """
      Examples:
        bioarc log                                the newest run
        bioarc log 20261121                       the newest run whose id starts so
        bioarc log --step 'supernet[k=6]'
      """)

  @OptionGroup var options: StoreOptions
  @Argument(help: "A run, or how its id begins. Default: the newest.") var id: String?
  @Option(help: "Only the events of this step.") var step: String?
  @Flag(help: "Print the events as lines of JSON.") var json = false

  func run() throws {
    let store = try options.open()
    let runs = try store.runs()
    guard let found = runs.first(where: { id == nil || $0.hasPrefix(id ?? "") }) else {
      throw Complaint.usage(id.map { "no run is named '\($0)'; see 'bioarc runs'" } ?? "this store has no runs yet")
    }
    for logged in try History(store: store).events(of: found) {
      if let step, logged.event.step != step { continue }
      if json {
        Terminal.print(EventLine.encode(logged))
      } else if let text = Self.text(logged.event) {
        Terminal.print("\(Words.time(logged.time))  \(ControlCharacters.escaped(text))")
      }
    }
  }

  static func text(_ event: Event) -> String? {
    switch event {
    case .runStarted(let pipeline, let file, let cores):
      "run of '\(pipeline)' (\(file)) on \(Words.count(cores, "core"))"
    case .resolved: nil
    case .inputImported(let name, let bytes): "input \(name): \(Words.bytes(bytes)) into the store"
    case .stepStarted(let step, let key, let reason, let threads, let attempt):
      "\(step): attempt \(attempt) on \(Words.count(threads, "thread")), key \(key.prefix(12)): \(reason)"
    case .progress(let step, let done, let total, let unit, let detail): "\(step): \(done)/\(total) \(unit)  \(detail)"
    case .metric(let step, let name, let at, let value):
      "\(step): \(name) \(abs(value) < 0.01 ? Figures.short(value) : Words.fixed(value, 4)) at \(at)"
    case .stepResumed(let step, let at, let total): Display.resumed(step, at, total)
    case .warning(let step, let message): "\(step): warning: \(message)"
    case .output(let step, let line): "\(step): | \(line)"
    case .stepFinished(let step, _, let seconds, let memory):
      "\(step): done in \(Words.seconds(seconds)), peak \(Words.bytes(memory))"
    case .stepFailed(let step, _, let code, let message, _): "\(step): failed (\(code)): \(message)"
    case .stepBroken(let step, _, let message, let willRetry): "\(step): \(message)\(willRetry ? "; trying again" : "")"
    case .stepInterrupted(let step, _): "\(step): stopped; what it had is saved"
    case .stepSkipped(let step, let because): "\(step): skipped, because \(because) failed"
    case .stepElsewhere(let step, let owner): "\(step): waits for \(owner), which works on it"
    case .stepFound(let step, _): "\(step): another run has made its result"
    case .divergence(let step, let key, let ports):
      "\(step): divergence under \(key.prefix(12)) in \(ports.joined(separator: ", "))"
    case .runFinished(let summary): Display.words(summary)
    }
  }
}

/// `bioarc fsck`
struct FsckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Verify every byte of a store; move what is bad aside.",
    discussion: """
      What was moved aside is computed again by the next run that needs it. Exit code 1 when something was bad.

      Example:
        bioarc fsck --store cache
      """)

  @OptionGroup var options: StoreOptions
  @Flag(help: "Print as JSON.") var json = false

  struct Document: Encodable {
    let checked: Int
    let objects: Int
    let results: Int
    let removedTemporaries: Int
    let problems: [[String: String]]
  }

  func run() throws {
    let report = try options.open().fsck()
    if json {
      try printJSON(
        Document(
          checked: report.checked, objects: report.objects, results: report.results,
          removedTemporaries: report.removedTemporaries,
          problems: report.problems.map { ["path": $0.path, "reason": $0.reason] }))
    } else {
      for problem in report.problems {
        Terminal.print("\(problem.path): \(problem.reason)" + (problem.isQuarantined ? " (moved to quarantine/)" : ""))
      }
      let problems = Words.count(report.problems.count, "problem")
      Terminal.print("\(report.checked) files and entries checked, \(problems)")
    }
    if !report.problems.isEmpty { throw ExitCode(1) }
  }
}

extension FsckReport {
  /// Files that were read and verified.
  var checked: Int { objects + results + preimages + segments }
}

extension Life {
  var isAlive: Bool { if case .alive = self { true } else { false } }

  /// The process, as long as it may be at work.
  var owner: String? {
    switch self {
    case .alive(let owner), .silent(let owner, _): owner
    case .gone: nil
    }
  }
}
