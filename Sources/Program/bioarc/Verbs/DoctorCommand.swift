import ArgumentParser
import Console
import JSON
import Running
import Sessions
import Stores
import Syntax

/// `bioarc doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Test what a run needs: the store, and a cluster with a job of its own.",
    discussion: """
      Exit code 1 when something is wrong.

      Examples:
        bioarc doctor
        bioarc doctor --executor slurm --store /shared/cache --partition gpu
      """)

  @Option(help: "The store. Default: BIOARC_STORE, else 'cache' in this folder.", completion: .directory)
  var store: String?
  @Option(help: "The place in which steps are to run.") var executor = ExecutorKind.local
  @Option(help: "The cluster's partition for the test job.") var partition: String?
  @Option(help: "The cluster's account for the test job.") var account: String?
  @Option(help: "Seconds to wait for the test job.") var patience = 120.0
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let store: Store
    do { store = try Store(root: Places.store(self.store, pipeline: nil), create: true) } catch {
      throw Complaint(text: "error: \(error)", code: 2)
    }
    var checks: [Check] = []
    let report: (Check) -> Void = { check in
      checks.append(check)
      if json { return }
      let mark = check.isGood ? "ok  " : Terminal.red("bad ")
      Terminal.print("\(mark)  \(check.name): \(check.finding)")
    }
    Probe.checks(of: store).forEach(report)
    if executor == .slurm && checks.allSatisfy(\.isGood) {
      let demand = Resources(cores: 1, time: 300, partition: partition, account: account)
      try SlurmDoctor(
        store: store, program: Executable.path, version: Version.text, demand: demand, patience: patience,
        report: report
      ).examine()
    }
    if json { try printJSON(checks) }
    if !checks.allSatisfy(\.isGood) { throw ExitCode(1) }
  }
}
