import ArgumentParser
import Artifacts
import Console
import Glibc
import Resolving
import Sessions

/// `bioarc get`
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Copy results into a folder.",
    discussion: """
      Each output becomes a file or folder named STEP.OUTPUT. Nothing that exists is overwritten. Steps without a
      result hide no others: what they lack is said, and the exit code is 1. 'bioarc table' gives the numbers of an
      array of steps as one table.

      Example:
        bioarc get pipelines/promoters.yaml 'scores[k=6]' -o results
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, or STEP.OUTPUT.") var step: String
  @Option(name: .shortAndLong, help: "The folder.", completion: .directory) var output = "."

  func run() throws {
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    mkdir(output, 0o777)
    let (outputs, absent) = try OutputAddress.find(step, in: session, resolution)
    for found in outputs {
      let base = output + "/" + resolution.address(found.step) + "." + found.port
      let names = try found.artifact.names
      if names != [""] && mkdir(base, 0o777) != 0 {
        throw Complaint.failure("cannot make the folder '\(base)': \(String(cString: strerror(errno)))")
      }
      for name in names {
        let path = name.isEmpty ? base : base + "/" + name
        try NewFile.copy(try found.artifact.open(name), to: path)
      }
      Terminal.complain(base)
    }
    for line in Absent.lines(absent) { Terminal.complain(line) }
    if !absent.isEmpty { throw ExitCode(1) }
  }
}
