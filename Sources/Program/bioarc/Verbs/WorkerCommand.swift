import ArgumentParser
import Artifacts
import Console
import Running
import Sessions
import Stages
import Stores
import Working

/// `bioarc worker`, which `run` and cluster jobs start.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Run steps by key: told on standard input, or as a cluster's job the one on a line of a file.",
    shouldDisplay: false)
  @Option(help: "The store.") var store: String
  @Option(help: "A file of tasks.") var tasks: String?
  @Option(help: "The line of the task to run, from 0.") var index = 0
  @Flag(help: "Run nothing, but show that this host can use the store.") var probe = false

  func run() throws {
    let store = try Store(root: store, create: false)
    let worker = Worker(store: store, registry: StageRegistry.builtIn) { Numerics.environment() }
    guard let tasks else { worker.serve() }
    if probe {
      return Terminal.print(try Probe.answer(store: store, question: Places.read(tasks), version: Version.text))
    }
    guard let task = WorkerTask(lines: try Places.read(tasks), index: index) else {
      throw Complaint.usage("'\(tasks)' has no task on line \(index)")
    }
    worker.perform(task)
  }
}
