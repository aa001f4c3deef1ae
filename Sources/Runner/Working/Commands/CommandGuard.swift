import Glibc
import System

/// The process between a worker and its commands: it sees to it that nothing of a command outlives the worker.
///
/// Its standard input is a socket, of which the worker holds the other end. There come the commands to run, one after
/// the other, and there it tells how each ended. At the socket's end, however the worker ended, it kills the command
/// and all its descendants, those that left their process group included. It is in a process group of its own,
/// so that a kill of the worker's group does not reach it. If both are killed at once the kernel kills the command,
/// though not the processes that the command has started.
package struct CommandGuard {
  /// The command in hand, and its process group.
  private var command: pid_t?
  private var received: [UInt8] = []
  /// The guard's own use before the command.
  private var before = ResourceUsage()

  /// Runs the commands that come until there is nobody to ask for more.
  package static func serve() -> Never {
    Linux.adoptOrphans()
    var guardian = CommandGuard()
    do {
      let children = try SignalPipe([SIGCHLD])
      while true {
        var polled = [0, children.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&polled, 2, -1)
        if polled[0].revents != 0, !Descriptors.read(0, into: &guardian.received) { break }
        guardian.obey()
        if polled[1].revents != 0 {
          _ = children.take()
          guardian.reap()
        }
      }
    } catch {
      complain("\(error)")
      _exit(1)
    }
    Descendants.end()
    _exit(0)
  }

  private mutating func obey() {
    while let message = GuardMessage.take(from: &received) {
      switch message {
      case .run(let request): start(request)
      // A process that has ended by itself need not be asked.
      case .terminate: if let command { kill(-command, SIGTERM) }
      }
    }
  }

  private mutating func start(_ request: CommandRequest) {
    let isPath = request.arguments[0].contains("/")
    let path = request.environment.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? ""
    // The path of a program may be relative to the folder in which it starts.
    guard chdir(request.folder) == 0 else { return fail("cannot start in '\(request.folder)'", errno) }
    let found = isPath ? request.arguments[0] : Self.program(request.arguments[0], in: path)
    before = .ofThisProcess()
    // The kernel alone decides what it can run: execvp would hand anything else to a shell.
    let (pid, code) = found.map { Linux.startTied($0, request.arguments, request.environment) } ?? (0, ENOENT)
    guard code == 0 else {
      return fail("cannot start '\(request.arguments[0])'", code, isPath ? "" : "; looked for in PATH=\(path)")
    }
    command = pid
  }

  private static func program(_ name: String, in path: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(name)" }.first { place in
      var status = stat()
      return stat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(place, X_OK) == 0
    }
  }

  /// Ends the request as a command that reports a failure would: there is no command.
  private func fail(_ words: String, _ code: Int32, _ more: String = "") {
    Self.complain("\(words): \(String(cString: strerror(code)))\(more)")
    reply(GuardReply(status: 127 << 8, peakMemory: 0, usage: ResourceUsage()))
  }

  private static func complain(_ text: String) { _ = Descriptors.write(Array((text + "\n").utf8), to: 2) }

  /// Takes processes that have ended off the kernel's hands. When the command is among them, all that is left
  /// of it ends.
  private mutating func reap() {
    var status: Int32 = 0
    var usage = rusage()
    while case let ended = wait4(-1, &status, WNOHANG, &usage), ended > 0 {
      guard ended == command else { continue }
      command = nil
      Descendants.end()
      // Bytes of processes that were waited for are the guard's, and but for a request and a reply there are no others.
      var used = ResourceUsage.ofThisProcess() - before
      used.cpuSeconds = usage.cpuSeconds
      return reply(GuardReply(status: status, peakMemory: usage.ru_maxrss * 1024, usage: used))
    }
  }

  /// The process ends here when the worker is gone, for it has nothing left to look after.
  private func reply(_ reply: GuardReply) { _ = Descriptors.write(reply.encoded(), to: 0) }
}
