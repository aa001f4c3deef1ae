import Foundation

/// The Python of tests that hold results against another program's.
package enum Python {
  /// One that can import `module`: `BIOARC_PYTHON`, else `python3` in PATH; nil when neither can.
  package static func program(importing module: String) -> String? {
    let candidates = [ProcessInfo.processInfo.environment["BIOARC_PYTHON"], "python3"].compactMap { $0 }
    return candidates.first { (try? run($0, ["-c", "import \(module)"])) != nil }
  }

  private struct Failure: Error { let status: Int32 }

  /// The output of a run. Throws when it fails.
  @discardableResult
  package static func run(_ program: String, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = Array(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    return output
  }
}
