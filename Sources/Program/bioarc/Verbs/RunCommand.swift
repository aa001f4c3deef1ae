import ArgumentParser
import Console
import Events
import Explaining
import Glibc
import JSON
import Plans
import Resolving
import Running
import Sessions
import ShareVerbs
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

      Own stages that came with a crate or a cloned study are shown first: they run after a yes on the terminal, or with
      --allow-commands, which is remembered until their command or code changes.

      Examples:
        bioarc run pipelines/quickstart.yaml -j 2
        bioarc run pipelines/promoters.yaml --set supernet.steps=4000
        bioarc run pipelines/promoters.yaml --only 'scores[k=6,task=tata]'
        bioarc run pipelines/promoters.yaml --force ranking --json
        bioarc run pipelines/promoters.yaml --only 'scores[k=6]' --keep model
        bioarc run pipelines/promoters.yaml --executor slurm
        bioarc run pipelines/promoters.yaml --push --sign ~/.ssh/id_ed25519
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
  @Option(
    parsing: .singleValue,
    help: "An output that is stored only where something reads it, as 'model': store it, of steps with a result too.")
  var keep: [String] = []
  @Flag(help: "Go on with steps that do not depend on a failed one.") var keepGoing = false
  @Option(help: "Further attempts at a step whose worker was lost.") var retries = 2
  @OptionGroup var commands: CommandOptions
  @Flag(help: "Push the results at the end, as 'push' does. The run's exit code stays what it is.") var push = false
  @Option(help: "With --push: the remote. Default: the only one that can be written.") var to: String?
  @OptionGroup var signing: SigningOptions
  @Flag(help: "With --push: send claims that nobody has signed ('bioarc sign' signs them later).") var unsigned = false
  @Flag(help: "Print every event as a line of JSON on standard output.") var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
    if !(0.1...3600).contains(poll) { throw ValidationError("--poll takes seconds from 0.1 to 3600") }
    if !push && (to != nil || unsigned || signing.lab != nil || signing.sign != nil) {
      throw ValidationError("--to, --lab, --sign and --unsigned are of --push: say that too")
    }
    if retries < 0 { throw ValidationError("--retries takes a number of at least 0") }
  }

  func run() throws {
    Terminal.survivesBrokenPipes()
    let (session, resolution) = try prepare()
    let delivery =
      try push ? Delivery(to: to, session.request.pipeline, signing, isUnsigned: unsigned, isDry: false) : nil
    let run = PipelineRun(
      session, resolution, executor: executor, jobs: jobs, poll: poll, keepGoing: keepGoing, retries: retries,
      json: json, permission: CommandPermission(isGiven: commands.allowCommands))
    let summary = try run.run()
    try session.refuseUnknownItems(selection.all, in: resolution)
    if !json {
      for line in try OthersText(session.peers, resolution).labLines { Terminal.complain(line) }
      try Results.show(of: resolution, session)
    }
    if let delivery, summary.exitCode != 130 { deliver(delivery, resolution) }
    Terminal.endIfUnprinted()
    if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
  }

  /// Pushes what the run has given. A failure is told and changes nothing of the run.
  private func deliver(_ delivery: Delivery, _ resolution: Resolution) {
    do { Terminal.complain(delivery.words(try delivery.send(resolution.steps, of: resolution))) } catch {
      let reason = (error as? Complaint)?.text.trimmingPrefix("error: ") ?? "\(error)"
      Terminal.complain("warning: the results were not pushed: \(reason); 'bioarc push' sends them")
    }
  }

  /// The pipeline against its store, or a plan that was made of it and still holds.
  private func prepare() throws -> (Session, Resolution) {
    let stated = try options.request()
    guard let decided = try PlanFile.read(options.pipeline, stated.text) else {
      let session = try Session(stated)
      try session.fetchesInputs()
      try session.synchronize()
      return (session, try session.resolve(selection, keep: keep))
    }
    guard options.isDefault, selection.isDefault, keep.isEmpty else {
      throw Complaint.usage(
        "'\(options.pipeline)' is a plan, which says already what runs; give --set, --store, --stages, --only, --from, "
          + "--force and --retry-failed to 'bioarc plan', and --keep to a run of the pipeline")
    }
    try PlanFile.enter(decided, options.pipeline)
    let request = decided.request
    let session = try Session(
      PipelineRequest(
        pipeline: request.pipeline, text: try Places.read(request.pipeline),
        overrides: request.set.map { Override($0) }, store: request.store, stages: request.stages,
        remotes: stated.remotes))
    try session.fetchesInputs()
    try session.synchronize()
    let resolution = try session.resolve(
      only: request.only, from: request.from, force: request.force, retryFailed: request.retryFailed)
    try PlanFile.refuse(decided, options.pipeline, session, resolution)
    return (session, resolution)
  }
}
