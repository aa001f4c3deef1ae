import Glibc
import Synchronization

/// The process between a worker and a command: it sees to it that nothing of the command outlives the worker.
///
/// The worker holds the other end of its standard input. At its end, however the worker ended, it kills the command and
/// all that came of it, grandchildren and those that left their process group included. It is in a process group of its
/// own, so that what kills the worker's does not kill it; and it ends as the command ends. Where both are killed at
/// once the kernel kills the command, though not what it has started.
package enum CommandGuard {
  /// The byte on standard input that asks the command to end: SIGTERM to its process group.
  static let terminate = UInt8(ascii: "T")

  /// The command, and its process group; 0 before it has started.
  private static let command = Atomic<pid_t>(0)

  /// Runs the program and arguments to their end.
  package static func run(_ arguments: [String]) -> Never {
    Linux.adoptOrphans()
    // First, since where there is no thread for it nothing may start.
    StepThread { control() }.start()
    let command = start(arguments)
    self.command.store(command, ordering: .relaxed)
    var status: Int32 = 0
    while true {
      let ended = waitpid(-1, &status, 0)
      if ended == command || ended < 0 && errno != EINTR { break }
    }
    Descendants.end()
    end(as: status)
  }

  private static func start(_ arguments: [String]) -> pid_t {
    let isPath = arguments[0].contains("/")
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    let found = isPath ? arguments[0] : program(arguments[0], in: path)
    // The kernel alone decides what it can run: execvp would hand anything else to a shell.
    let (pid, code) = found.map { Linux.startTied($0, arguments) } ?? (0, ENOENT)
    guard code == 0 else {
      let place = isPath ? "" : "; looked for in PATH=\(path)"
      let text = "cannot start '\(arguments[0])': \(String(cString: strerror(code)))\(place)\n"
      _ = Descriptors.write(Array(text.utf8), to: 2)
      _exit(127)
    }
    return pid
  }

  private static func program(_ name: String, in path: String) -> String? {
    path.split(separator: ":").map { "\($0)/\(name)" }.first { place in
      var status = stat()
      return stat(place, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(place, X_OK) == 0
    }
  }

  private static func control() {
    var bytes: [UInt8] = []
    while Descriptors.read(0, into: &bytes) {
      if bytes.contains(terminate) {
        while command.load(ordering: .relaxed) == 0 { usleep(1000) }
        kill(-command.load(ordering: .relaxed), SIGTERM)
      }
      bytes.removeAll()
    }
    // The main thread notices and ends the process.
    while true {
      Descendants.kill()
      usleep(2000)
    }
  }

  /// Ends this process with the exit code or the signal in `status`.
  private static func end(as status: Int32) -> Never {
    let number = status & 0x7f
    if number == 0 { _exit(status >> 8 & 0xff) }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    signal(number, SIG_DFL)
    kill(getpid(), number)
    _exit(128 + number)
  }
}
