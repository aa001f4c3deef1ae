import Catalogs
import Console
package import Events
import Explaining
import Glibc
import Plans
package import Resolving
import Running
import Stores
import Syntax
import System
import Working

/// A run of a resolved pipeline, told on the terminal.
package struct PipelineRun {
  private let session: Session
  private let resolution: Resolution
  private let executor: ExecutorKind
  private let jobs: Int?
  private let poll: Double
  private let keepGoing: Bool
  private let retries: Int
  private let json: Bool
  private let permission: CommandPermission
  private let purpose: String?

  /// - Parameters:
  ///   - jobs: cores to use, or with Slurm steps in its queue; nil: the executor's default.
  ///   - poll: seconds between two questions to a cluster.
  ///   - keepGoing: whether steps that do not depend on a failed one run.
  ///   - retries: further attempts at a step whose worker was lost.
  ///   - json: whether events are lines of JSON on standard output.
  ///   - permission: that to run commands of others.
  ///   - purpose: that of a run which is none of the pipeline as its file says, as `bisect`.
  package init(
    _ session: Session, _ resolution: Resolution, executor: ExecutorKind = .local, jobs: Int? = nil, poll: Double = 15,
    keepGoing: Bool = false, retries: Int = 2, json: Bool = false, permission: CommandPermission = CommandPermission(),
    purpose: String? = nil
  ) {
    (self.session, self.resolution, self.executor, self.jobs) = (session, resolution, executor, jobs)
    (self.poll, self.keepGoing, self.retries, self.json) = (poll, keepGoing, retries, json)
    (self.permission, self.purpose) = (permission, purpose)
  }

  /// Runs what has no result. Throws `Complaint` for inputs and clusters that cannot be used, and for
  /// commands that the user does not allow.
  package func run() throws -> RunSummary {
    let display = Display(session, resolution, json: json)
    if resolution.isComplete { return try reused(display) }
    try permission.obtain(for: session, resolution)
    let log = try session.store.newRun(reading: resolution.pendingInputs.sorted().map(session.catalog.reference))
    let emit: (Event) -> Void = { event in
      display.show(event)
      if event.isLogged { try? log.append(event) }
    }
    let cores = executor.steps(jobs)
    let history = History(store: session.store)
    emit(try beginning(history, cores: cores))
    do { try importInputs(emit) } catch {
      var summary = RunSummary()
      summary.isRefused = true
      emit(.runFinished(summary))
      throw error
    }
    // Now, for a run that is killed logs nothing at its end; and at the end, when all keys are known.
    try history.log(resolution, to: emit)
    let executor = try executor(cores, run: log.id)
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
    return summary
  }

  private func beginning(_ history: History, cores: Int) throws -> Event {
    try history.beginning(
      of: resolution, session.request.text, settings: session.request.overrides.map(\.text), cores: cores,
      purpose: purpose)
  }

  private func executor(_ jobs: Int, run: String) throws -> any Executor {
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

  /// Everything has a result: nothing to start. The run is logged if it differs from the one before.
  private func reused(_ display: Display) throws -> RunSummary {
    let summary = resolution.tally { display.show($0) }
    let history = History(store: session.store)
    try history.logIfChanged(resolution, { try beginning(history, cores: 0) }, summary)
    display.show(.runFinished(summary))
    return summary
  }

  private func importInputs(_ emit: (Event) -> Void) throws {
    var findings: [InputFinding] = []
    for input in resolution.pendingInputs.sorted() {
      findings += try session.catalog.require(input) { emit(.inputImported(name: $0, bytes: $1)) }
    }
    // Code is taken as it is now, whatever is saved over it while the run goes on.
    for node in session.plan.nodes.indices
    where resolution.isWanted(node: node) && !session.catalog.commands.isRefused(node) {
      do { try session.catalog.commands.require(node) } catch let finding as InputFinding { findings.append(finding) }
    }
    try session.refuse(findings)
  }
}
