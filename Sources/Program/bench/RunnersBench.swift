import ArgumentParser
import Foundation

/// The program itself beside other runners: `Peers/runners.py`, which also runs without the bench.
struct RunnersBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runners", abstract: "A graph of N copies in bioarc, Ninja, DVC, Snakemake and redun, in turns.",
    discussion: """
      Arguments beside --python go to Peers/runners.py, as -h.

      EXAMPLES
        bench runners --python venv/bin/python
        bench runners --bioarc .build/release/bioarc --steps 200 --own 10000 --limit 300
      """, helpNames: .long)

  @Option(help: "A Python that has dvc, snakemake and redun beside it.")
  var python = ProcessInfo.processInfo.environment["BIOARC_PYTHON"] ?? "python3"
  @Argument(parsing: .allUnrecognized) var arguments: [String] = []

  func run() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    process.arguments = [python, folder.appendingPathComponent("Peers/runners.py").path] + arguments
    try process.run()
    process.waitUntilExit()
    throw ExitCode(process.terminationStatus)
  }
}
