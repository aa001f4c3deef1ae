import Glibc
import System

/// A program that does the same work another way: it reads one line and answers with one.
final class Peer {
  /// The Python that is asked where none is named: `BIOARC_PYTHON`, else `python3`.
  static let python = getenv("BIOARC_PYTHON").map { String(cString: $0) } ?? "python3"

  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private var rest: [UInt8] = []

  init(_ python: String, _ script: String, _ arguments: [String] = []) throws {
    let pipes = try Descriptors.pipes(2)
    defer { for end in [pipes[0].read, pipes[1].write] { close(end) } }
    process = try Spawn.start(
      [python, Self.path(script)] + arguments, streams: [pipes[0].read, pipes[1].write, STDERR_FILENO])
    (input, output) = (pipes[0].write, pipes[1].read)
  }

  /// The path of a script beside the bench's sources.
  static func path(_ script: String) -> String {
    String(#filePath.prefix(through: #filePath.lastIndex(of: "/")!)) + "Peers/" + script
  }

  /// Sends a line and waits for the answer; nil when the peer has ended.
  func ask(_ line: String) -> String? {
    // A peer that has ended is told by the answer that does not come.
    signal(SIGPIPE, SIG_IGN)
    _ = Descriptors.write(Array((line + "\n").utf8), to: input)
    return self.line()
  }

  /// The next line that the peer writes.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: 10) {
        defer { rest.removeSubrange(...end) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      guard Descriptors.read(output, into: &rest) else { return nil }
    }
  }

  func end() {
    for end in [input, output] { close(end) }
    _ = ExitStatus.wait(for: process)
  }
}
