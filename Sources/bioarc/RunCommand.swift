import ArgumentParser
import Glibc
import Plans
import Scheduling
import Stages
import Stores

/// `bioarc run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the steps of a pipeline that have no result yet.",
    discussion: """
      Interrupt once (Ctrl-C) and running steps save their state and stop; twice, and they stop at once. The next run
      goes on from there by itself.

      Examples:
        bioarc run pipelines/quickstart.yaml -j 2
        bioarc run pipelines/promoters.yaml --set supernet.steps=4000
        bioarc run pipelines/promoters.yaml --only 'scores[k=6,task=tata]'
        bioarc run pipelines/promoters.yaml --force ranking --json
      """)

  @OptionGroup var options: PipelineOptions
  @Option(name: [.customShort("j", allowingJoined: true), .long], help: "Cores to use. Default: all of this machine.")
  var jobs: Int?
  @Option(parsing: .singleValue, help: "Steps to end at, as 'scores[k=6]'; what they read runs as needed.")
  var only: [String] = []
  @Option(parsing: .singleValue, help: "Steps to begin at: these and all that reads them.") var from: [String] = []
  @Option(parsing: .singleValue, help: "Steps that run even if they have a result, as 'ranking' or '*'.")
  var force: [String] = []
  @Flag(help: "Go on with steps that do not depend on a failed one.") var keepGoing = false
  @Flag(help: "Try failures that are results again.") var retryFailed = false
  @Option(help: "Further attempts at a step whose worker was lost.") var retries = 2
  @Flag(help: "Print every event as a line of JSON on standard output.") var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
    if retries < 0 { throw ValidationError("--retries takes a number of at least 0") }
  }

  func run() throws {
    Terminal.survivesBrokenPipes()
    let session = try Session(options)
    let resolution = try session.resolve(only: only, from: from, force: force, retryFailed: retryFailed)
    let display = Display(plan: session.plan, resolution: resolution, json: json)
    if resolution.isComplete { return try finish(try reused(resolution, session, display), session, resolution) }
    let log = try session.store.newRun()
    let emit: (Event) -> Void = { event in
      display.show(event)
      if event.isLogged { try? log.append(EventLine.encode(event)) }
    }
    let cores = jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    emit(.runStarted(pipeline: session.plan.name, file: session.plan.file, cores: cores))
    try importInputs(session, resolution, emit)
    // Until here an interrupt ends the program as usual: nothing is running.
    let signals = try SignalPipe()
    let runner = Runner(
      resolution: resolution,
      options: RunOptions(keepGoing: keepGoing, retries: retries),
      executor: LocalExecutor(
        cores: cores, command: [Executable.path, "worker", "--store", session.store.root]),
      signals: signals, emit: emit)
    display.start()
    let summary: RunSummary
    do { summary = try runner.run() } catch let finding as InputFinding {
      display.stop()
      try session.refuse([finding])
      return
    }
    display.stop()
    try History(store: session.store).log(resolution, to: emit)
    try session.store.merge()
    try finish(summary, session, resolution)
  }

  /// Everything has a result: nothing to start. The run is logged if it differs from the one before.
  private func reused(_ resolution: Resolution, _ session: Session, _ display: Display) throws -> RunSummary {
    let summary = resolution.tally { display.show($0) }
    try History(store: session.store).logIfChanged(resolution, summary)
    display.show(.runFinished(summary))
    return summary
  }

  private func importInputs(_ session: Session, _ resolution: Resolution, _ emit: (Event) -> Void) throws {
    var findings: [InputFinding] = []
    for input in resolution.pendingInputs.sorted() {
      findings += try session.catalog.require(input) { emit(.inputImported(name: $0, bytes: $1)) }
    }
    try session.refuse(findings)
  }

  private func finish(_ summary: RunSummary, _ session: Session, _ resolution: Resolution) throws {
    if !json { try Results.print(of: resolution, session) }
    if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
  }
}

/// The program itself, for starting workers.
enum Executable {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    return count > 0 ? buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } : CommandLine.arguments[0]
  }()
}

/// `bioarc worker`, which `run` and cluster jobs start.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Run steps by key, told on standard input.", shouldDisplay: false)
  @Option(help: "The store.") var store: String

  func run() throws {
    let store = try Store(root: store, create: false)
    Worker(store: store, registry: Session.registry) { Numerics.environment() }.serve()
  }
}
