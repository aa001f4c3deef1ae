import ArgumentParser
import Glibc
import System

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
  var python = Peer.python
  @Argument(parsing: .allUnrecognized) var arguments: [String] = []

  func run() throws {
    Strings.withPointers([python, Peer.path("runners.py")] + arguments) { _ = execvp(python, $0) }
    throw SystemError("start \(python)", errno)
  }
}
