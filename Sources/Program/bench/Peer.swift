import Foundation

/// A program that does the same work another way: it reads one line and answers with one.
final class Peer {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  init(_ python: String, _ script: String, _ arguments: [String] = []) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers/\(script)")
    process.arguments = [python, path.path] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// Sends a line and waits for the answer; nil when the peer has ended.
  func ask(_ line: String) -> String? {
    // A peer that has ended is told by the answer that does not come.
    signal(SIGPIPE, SIG_IGN)
    try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    return self.line()
  }

  /// The next line that the peer writes.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: 10) {
        defer { rest = Data(rest[(end + 1)...]) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      rest.append(more)
    }
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
