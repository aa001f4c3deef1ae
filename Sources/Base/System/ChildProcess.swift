import Glibc

/// A short-lived program that was started for its output; its caller need not wait for it.
package final class ChildProcess {
  /// The output and the exit code of a program; that of a signal is negative.
  package struct Ending {
    package let status: Int32
    package let output: String
    package let errors: String

    package init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }

    /// The message of a failure, in one line.
    package var message: String {
      let lines = errors.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }
      if !lines.isEmpty { return lines.joined(separator: "; ") }
      return status < 0 ? "killed by signal \(-status)" : "exit code \(status)"
    }
  }

  private let pid: pid_t
  private let began = Clock.monotonic()
  private var pipes: [(descriptor: Int32, bytes: [UInt8], isOpen: Bool)]

  /// Starts a program, looked up in PATH, with nothing on standard input. Throws where it cannot be started.
  package init(_ arguments: [String]) throws {
    let pipes = try Descriptors.pipes()
    let (input, output, errors) = (pipes[0], pipes[1], pipes[2])
    // The program's standard input ends at once.
    close(input.write)
    defer { for descriptor in [input.read, output.write, errors.write] { close(descriptor) } }
    do { pid = try Spawn.start(arguments, streams: [input.read, output.write, errors.write]) } catch {
      for descriptor in [output.read, errors.read] { close(descriptor) }
      throw error
    }
    self.pipes = [(output.read, [], true), (errors.read, [], true)]
    for pipe in self.pipes { _ = fcntl(pipe.descriptor, F_SETFL, O_NONBLOCK) }
  }

  /// Seconds since the program was started.
  package var age: Double { Clock.monotonic() - began }

  /// Readable when the program has printed something or has ended.
  package var descriptors: [Int32] { pipes.filter(\.isOpen).map(\.descriptor) }

  /// The program's end; nil while it runs.
  package func ending() -> Ending? {
    for index in pipes.indices where pipes[index].isOpen {
      if !Descriptors.read(pipes[index].descriptor, into: &pipes[index].bytes) {
        close(pipes[index].descriptor)
        pipes[index].isOpen = false
      }
    }
    guard descriptors.isEmpty else { return nil }
    let texts = pipes.map { String(decoding: $0.bytes, as: UTF8.self) }
    let code =
      switch ExitStatus.wait(for: pid).status {
      case .exited(let code): code
      case .killed(let signal): -signal
      }
    return Ending(status: code, output: texts[0], errors: texts[1])
  }

  /// Waits for the program's end; a program that takes longer than `seconds` is killed.
  package func wait(seconds: Double) -> Ending {
    while true {
      if let ending = ending() { return ending }
      if age > seconds { kill() }
      var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&polled, nfds_t(polled.count), 100)
    }
  }

  /// Kills the program and its process group.
  package func kill() { Glibc.kill(-pid, SIGKILL) }

  /// Runs a program to its end.
  package static func run(_ arguments: [String], seconds: Double) throws -> Ending {
    try ChildProcess(arguments).wait(seconds: seconds)
  }
}
