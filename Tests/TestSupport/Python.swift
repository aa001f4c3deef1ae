import Foundation

/// The Python of tests that hold results against another program's.
package enum Python {
  /// One that can import `module`: of those that a variable lists, a colon between two, else `python3` in PATH; nil
  /// when none can.
  package static func program(importing module: String, variable: String = "BIOARC_PYTHON") -> String? {
    let named = ProcessInfo.processInfo.environment[variable]?.split(separator: ":").map(String.init) ?? []
    return (named + ["python3"]).first { (try? run($0, ["-c", "import \(module)"])) != nil }
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
