import ArgumentParser
import Catalogs
import Console
import Glibc
import Plans
import Resolving
import ShareVerbs
import Wording
import Working

/// The command line.
@main
struct Bioarc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bioarc",
    abstract: "Runs architecture searches of biological foundation models from one YAML file.",
    discussion: """
      Each step is cached under a key of what it computes, so that an edit reruns only what it changes.

      Examples:
        bioarc run pipelines/quickstart.yaml
        bioarc run pipelines/gue-core-promoters.yaml --set data=../shared/data/gue
        bioarc plan pipelines/quickstart.yaml            what would run, and how long it takes
        bioarc why pipelines/quickstart.yaml ranking     why a step runs or does not
        bioarc show pipelines/quickstart.yaml ranking    a result as a table

      Exit codes: 0 done, 1 a step failed, 2 bad usage or a bad pipeline, 3 'plan --exit-code' and there is work,
      130 interrupted.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Run:", subcommands: [InitCommand.self, RunCommand.self, PlanCommand.self, CheckCommand.self]),
      CommandGroup(
        name: "Ask:",
        subcommands: [
          StatusCommand.self, WhyCommand.self, DiffCommand.self, BisectCommand.self, GraphCommand.self,
          RunsCommand.self, LogCommand.self, ReportCommand.self,
        ]),
      CommandGroup(
        name: "Results:",
        subcommands: [
          ShowCommand.self, TableCommand.self, CatCommand.self, GetCommand.self, PredictCommand.self,
          EmbedCommand.self, ExportCommand.self,
        ]),
      CommandGroup(
        name: "Share:",
        subcommands: [
          RemoteCommand.self, PushCommand.self, PullCommand.self, CloneCommand.self, BundleCommand.self,
          SignCommand.self, ImportCommand.self, TrustCommand.self, WhoCommand.self, ConflictsCommand.self,
          VerifyCommand.self,
        ]),
      CommandGroup(
        name: "Reference and care:",
        subcommands: [
          StagesCommand.self, ArchitecturesCommand.self, FormatsCommand.self, SchemaCommand.self, FsckCommand.self,
          DoctorCommand.self, LspCommand.self,
          WorkerCommand.self,
          GuardCommand.self,
        ]),
      CommandGroup(
        name: "Space:",
        subcommands: [DuCommand.self, GcCommand.self, PinCommand.self, PinsCommand.self, UnpinCommand.self]),
    ])

  private static var verbs: [String] {
    configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap { $0.configuration.commandName }
  }

  /// A run with many workers, or many logs of a cluster's jobs, has more files open than the usual soft limit.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  static func main() {
    StandardStreams.open()
    // A worker that crashes is told of by its last words; where somebody asks for backtraces, they have them.
    setenv("SWIFT_BACKTRACE", "enable=no", 0)
    raiseFileLimit()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch let error as Complaint {
      Terminal.complain(error.text)
      Glibc.exit(error.code)
    } catch let finding as InputFinding {
      Terminal.complain("\(finding)")
      Glibc.exit(2)
    } catch {
      let code = Bioarc.exitCode(for: error)
      // Help and version are no errors; bad usage is exit code 2.
      if code == .success {
        Terminal.print(Bioarc.fullMessage(for: error))
        Glibc.exit(0)
      }
      if code == .validationFailure {
        if let verb = CommandLine.arguments.dropFirst().first, !verb.hasPrefix("-"), !verbs.contains(verb) {
          let hint = nearest(to: verb, in: verbs).map { "; did you mean '\($0)'?" } ?? ""
          Terminal.complain("error: there is no verb '\(verb)'\(hint)\n  See 'bioarc --help' for more information.")
          Glibc.exit(2)
        }
        Terminal.complain(Bioarc.fullMessage(for: error))
        Glibc.exit(2)
      }
      Terminal.complain("error: \(error)")
      Glibc.exit(1)
    }
  }
}
