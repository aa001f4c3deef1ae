import ArgumentParser
import Console
import Sessions
import Working

/// `bioarc guard`, which a worker starts for its commands of a lab's own stages.
struct GuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard",
    abstract: "Run the commands told on standard input, and end all that came of them when that ends.",
    shouldDisplay: false)

  func run() throws {
    // A worker starts it as `/proc/self/exe`, and `ps` would show that name.
    Executable.rename("bioarc guard")
    CommandGuard.serve()
  }
}
