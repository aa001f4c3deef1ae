import ArgumentParser
import Console
import Explaining
import Glibc
import JSON
import Plans
import Resolving
import Running
import Stores
import Syntax
import System
import Working

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
        bioarc run pipelines/promoters.yaml --executor slurm
        bioarc run tonight.plan -j 8                                   a plan that 'plan -o' wrote
      """)

  @OptionGroup var options: PipelineOptions
  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "Cores to use. Default: all that this process may. With Slurm, steps in its queue at a time: 1000.")
  var jobs: Int?
  @Option(help: "The place in which steps run: in processes of this machine, or as jobs of a Slurm cluster.")
  var executor = ExecutorKind.local
  @Option(help: "Seconds between two questions to the cluster, which are about all jobs.") var poll = 15.0
  @OptionGroup var selection: SelectionOptions
  @Flag(help: "Go on with steps that do not depend on a failed one.") var keepGoing = false
  @Option(help: "Further attempts at a step whose worker was lost.") var retries = 2
  @Flag(help: "Print every event as a line of JSON on standard output.") var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
    if !(0.1...3600).contains(poll) { throw ValidationError("--poll takes seconds from 0.1 to 3600") }
    if retries < 0 { throw ValidationError("--retries takes a number of at least 0") }
  }

  func run() throws {
    Terminal.survivesBrokenPipes()
    let (session, resolution) = try prepare()
    let display = Display(session, resolution, json: json)
    if resolution.isComplete { return try finish(try reused(resolution, session, display), session, resolution) }
    let log = try session.store.newRun(reading: resolution.pendingInputs.sorted().map(session.catalog.reference))
    let emit: (Event) -> Void = { event in
      display.show(event)
      if event.isLogged { try? log.append(event) }
    }
    let cores = executor.steps(jobs)
    emit(.runStarted(pipeline: session.plan.name, file: session.plan.file, cores: cores))
    do { try importInputs(session, resolution, emit) } catch {
      var summary = RunSummary()
      summary.isRefused = true
      emit(.runFinished(summary))
      throw error
    }
    // Now, for a run that is killed logs nothing at its end; and at the end, when all keys are known.
    let history = History(store: session.store)
    try history.log(resolution, to: emit)
    let executor = try executor(cores, session, run: log.id)
    // Until here an interrupt ends the program as usual: nothing is running.
    let signals = try SignalPipe()
    let runner = Runner(
      resolution: resolution,
      options: RunOptions(keepGoing: keepGoing, retries: retries, run: log.id),
      executor: executor, signals: signals, emit: emit)
    display.start()
    let summary: RunSummary
    do { summary = try runner.run() } catch {
      display.stop()
      throw error
    }
    display.stop()
    try history.log(resolution, to: emit)
    // Logs that cannot be sorted now are sorted later.
    try? session.store.merge()
    try session.refuseUnknownItems(selection.all, in: resolution)
    try finish(summary, session, resolution)
  }

  private func executor(_ jobs: Int, _ session: Session, run: String) throws -> any Executor {
    switch executor {
    case .local:
      return LocalExecutor(cores: jobs, command: [Executable.path, "worker", "--store", session.store.root])
    case .slurm:
      let options = SlurmOptions(program: Executable.path, limit: jobs, interval: poll)
      do { return try SlurmExecutor(store: session.store, run: run, options: options) } catch let error as SlurmError {
        throw Complaint(text: "error: \(error)\n  'bioarc doctor --executor slurm' tests the cluster", code: 2)
      }
    }
  }

  /// The pipeline against its store, or a plan that was made of it and still holds.
  private func prepare() throws -> (Session, Resolution) {
    let stated = try options.request()
    guard let decided = try PlanFile.read(options.pipeline, stated.text) else {
      let session = try Session(stated)
      return (session, try session.resolve(selection))
    }
    guard options.isDefault, selection.isDefault else {
      throw Complaint.usage(
        "'\(options.pipeline)' is a plan, which says already what runs; give --set, --store, --stages, --only, --from, "
          + "--force and --retry-failed to 'bioarc plan'")
    }
    try PlanFile.enter(decided, options.pipeline)
    let request = decided.request
    let session = try Session(
      PipelineRequest(
        pipeline: request.pipeline, text: try Places.read(request.pipeline),
        overrides: request.set.map { Override($0) }, store: request.store, stages: request.stages))
    let resolution = try session.resolve(
      only: request.only, from: request.from, force: request.force, retryFailed: request.retryFailed)
    try PlanFile.refuse(decided, options.pipeline, session, resolution)
    return (session, resolution)
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
    // Code is taken as it is now, whatever is saved over it while the run goes on.
    for node in session.plan.nodes.indices where resolution.isWanted(node: node) {
      do { try session.catalog.commands.require(node) } catch let finding as InputFinding { findings.append(finding) }
    }
    try session.refuse(findings)
  }

  private func finish(_ summary: RunSummary, _ session: Session, _ resolution: Resolution) throws {
    if !json { try Results.show(of: resolution, session) }
    Terminal.endIfUnprinted()
    if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
  }
}
