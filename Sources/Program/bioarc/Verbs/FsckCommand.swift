import ArgumentParser
import Console
import JSON
import Sessions
import Space
import Stores
import Wording

/// `bioarc fsck`
struct FsckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Verify every byte of a store; move bad files aside.",
    discussion: """
      A result whose files were moved aside is computed again by the next run that needs it. Exit code 1 when
      something was bad.

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
