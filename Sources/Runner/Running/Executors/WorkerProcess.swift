import Artifacts
import Glibc
import JSON
import System
import Working

/// A worker as its parent sees it: a process with a control pipe, a reply pipe and a pipe for its standard error.
final class WorkerProcess {
  let pid: pid_t
  /// Replies, and lines of standard error, come out of these.
  let replies: Int32
  let errors: Int32
  private let control: Int32
  var replyBuffer: [UInt8] = []
  var errorLines = LineSplitter()
  /// The last lines of its standard error during the step in hand.
  var lastErrors = LastWords()
  var task: StepTask?
  var threads = 0
  private var isOpen = true
  /// Processes that the kernel had killed for want of memory when the step in hand began.
  private var kills = 0

  /// Starts `arguments` in a process group of its own.
  init(arguments: [String]) throws {
    let pipes = try Descriptors.pipes()
    let (input, output, error) = (pipes[0], pipes[1], pipes[2])
    defer { for descriptor in [input.read, output.write, error.write] { close(descriptor) } }
    do {
      pid = try Spawn.start(arguments, streams: [input.read, output.write, error.write])
    } catch let failure {
      for descriptor in [input.write, output.read, error.read] { close(descriptor) }
      throw failure
    }
    control = input.write
    replies = output.read
    errors = error.read
    for descriptor in [replies, errors] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
  }

  /// Notes the step that the worker is given now.
  func begin(_ task: StepTask, threads: Int) {
    self.task = task
    self.threads = threads
    lastErrors = LastWords()
    kills = Memory.kills()
  }

  /// False when the worker is gone.
  func send(_ command: WorkerCommand) -> Bool { Descriptors.write(JSONLines.encode(command), to: control) }

  /// Kills the worker and all that it started.
  func kill() { Glibc.kill(-pid, SIGKILL) }

  /// The end of a worker.
  struct Ending {
    /// The end in words, the worker's last words included.
    let words: String
    /// Peak resident bytes over its life.
    let peakMemory: Int
    let isOutOfMemory: Bool
  }

  /// Closes the pipes, which ends the worker, and returns its end.
  func end() -> Ending {
    guard isOpen else { return Ending(words: "", peakMemory: 0, isOutOfMemory: false) }
    isOpen = false
    for descriptor in [control, replies, errors] { close(descriptor) }
    let (ended, peakMemory) = ExitStatus.wait(for: pid)
    Glibc.kill(-pid, SIGKILL)
    let signal: Int32? = if case .killed(let signal) = ended { signal } else { nil }
    let isKilledForMemory = signal == SIGKILL && Memory.kills() > kills
    // A limit on the address space ends no process by itself: an allocation fails, which ends it.
    let isOfRuntime = [SIGABRT, SIGILL, SIGTRAP, SIGSEGV].contains(signal ?? 0)
    let lack: String? = isKilledForMemory ? "" : isOfRuntime ? lastErrors.lackOfMemory.map { ": " + $0 } : nil
    let said = isOfRuntime ? lastErrors.fatal ?? lastErrors.text : lastErrors.text
    return Ending(
      words: ended.words + (lack.map { ", out of memory\($0)" } ?? (said.isEmpty ? "" : ": " + said)),
      peakMemory: peakMemory, isOutOfMemory: lack != nil)
  }
}
