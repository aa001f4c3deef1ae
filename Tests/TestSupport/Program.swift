package import Foundation
import Synchronization

/// One run of a program: its output and its end.
package struct Execution: Sendable {
  package let status: Int32
  package let output: String
  package let errors: String
}

/// A folder of one test, removed at its end, with the built program to run in it.
package final class Workspace: Sendable {
  package let folder: URL

  /// A suite that a script runs in its background has SIGINT ignored, and so had all that it starts.
  private static let signals: Void = [SIGINT, SIGQUIT].forEach { signal($0, SIG_DFL) }

  package init() throws {
    Self.signals
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("bioarc-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("pipelines"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  package func write(_ name: String, _ text: String) throws {
    let url = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  package func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// A process of the built program in this folder, not started yet.
  package func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = Repository.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["NO_COLOR": "1", "XDG_STATE_HOME": path(".state")].merging(environment) { $1 }
    ) { $1 }
    return process
  }

  /// Runs the built program here to its end.
  @discardableResult
  package func bioarc(_ arguments: String..., environment: [String: String] = [:]) throws -> Execution {
    try Self.finish(process(arguments, environment: environment))
  }

  /// Starts `process`, reads all that it prints, and waits for its end.
  package static func finish(_ process: Process) throws -> Execution {
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let collected = Mutex<Data>(Data())
    let reader = Thread {
      let data = errors.fileHandleForReading.readDataToEndOfFile()
      collected.withLock { $0 = data }
    }
    reader.start()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    while !reader.isFinished { usleep(500) }
    return Execution(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: text, as: UTF8.self),
      errors: collected.withLock { String(decoding: $0, as: UTF8.self) })
  }
}
