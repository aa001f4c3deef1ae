import Glibc
import System

/// A worker's guard, as the worker sees it: a process that runs the worker's commands, one after the other.
final class GuardProcess: Sendable {
  /// The end of a command.
  struct Ending {
    enum Cause {
      case ended(ExitStatus)
      /// The command was asked to end.
      case interrupted
    }
    let cause: Cause
    /// Peak resident bytes of the largest process.
    let peakMemory: Int
    /// The resources of its processes.
    let usage: ResourceUsage
    /// Whether the guard is no more.
    let isLast: Bool
  }

  enum Stream { case output, errors }

  /// Seconds that a command has to end by itself once it is asked to.
  static let grace = 10.0

  private let pid: pid_t
  private let control: Int32
  /// Standard output and error of all its commands.
  private let streams: [(stream: Stream, descriptor: Int32)]

  init() throws {
    let socket = try Descriptors.sockets()
    defer { close(socket.1) }
    do {
      let pipes = try Descriptors.pipes(2)
      defer { for pipe in pipes { close(pipe.write) } }
      do {
        // The program that runs now, even if its file has been replaced since.
        pid = try Spawn.start(
          ["bioarc", "guard"], program: "/proc/self/exe", streams: [socket.1, pipes[0].write, pipes[1].write])
      } catch {
        for pipe in pipes { close(pipe.read) }
        throw error
      }
      streams = [(.output, pipes[0].read), (.errors, pipes[1].read)]
    } catch {
      close(socket.0)
      throw error
    }
    control = socket.0
    for (_, descriptor) in streams { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
  }

  /// Has the guard start a command; false when the guard is gone.
  func start(_ request: CommandRequest) -> Bool {
    Descriptors.write(GuardMessage.run(request).encoded(), to: control)
  }

  /// Waits for the end of a command, and tells every line meanwhile. The command is asked to end once `isInterrupted`.
  func wait(isInterrupted: () -> Bool, line: (Stream, [UInt8]) -> Void) -> Ending {
    var splitters = streams.map { _ in LineSplitter() }
    var bytes: [UInt8] = []
    var isOpen = streams.map { _ in true }
    var told: [UInt8] = []
    var deadline: Double?
    var (isThere, isDrained) = (true, false)
    while !isDrained {
      // Once the command has ended, earlier lines are taken, and no more is waited for. The streams stay open:
      // they are the guard's, and if the guard is killed, for a moment the command's.
      isDrained = told.count == GuardReply.size || !isThere
      var polled = streams.indices.map { index in
        pollfd(fd: isOpen[index] ? streams[index].descriptor : -1, events: Int16(POLLIN), revents: 0)
      }
      polled.append(pollfd(fd: isDrained ? -1 : control, events: Int16(POLLIN), revents: 0))
      poll(&polled, nfds_t(polled.count), isDrained ? 0 : 100)
      for index in streams.indices where isOpen[index] && (isDrained || polled[index].revents != 0) {
        // A pipe may hold more than one reading takes: the rest would be the next command's.
        var drained = 0
        repeat {
          bytes.removeAll(keepingCapacity: true)
          isOpen[index] = Descriptors.read(streams[index].descriptor, into: &bytes)
          for text in splitters[index].take(bytes, at: Clock.monotonic()) { line(streams[index].stream, text) }
          drained += bytes.count
        } while isDrained && isOpen[index] && !bytes.isEmpty && (isThere || drained < 1 << 26)
      }
      for index in streams.indices {
        for text in splitters[index].due(at: Clock.monotonic()) { line(streams[index].stream, text) }
      }
      if polled[streams.count].revents != 0 { isThere = Descriptors.read(control, into: &told) }
      if deadline == nil, isInterrupted() {
        _ = Descriptors.write(GuardMessage.terminate.encoded(), to: control)
        deadline = Clock.monotonic() + Self.grace
      }
      if let deadline, Clock.monotonic() > deadline { break }
    }
    for index in streams.indices { for text in splitters[index].finish() { line(streams[index].stream, text) } }
    return ending(told, wasInterrupted: deadline != nil)
  }

  private func ending(_ told: [UInt8], wasInterrupted: Bool) -> Ending {
    let reply = told.count < GuardReply.size ? nil : GuardReply(told)
    let status = reply.map { ExitStatus($0.status) } ?? end()
    return Ending(
      cause: wasInterrupted ? .interrupted : .ended(status), peakMemory: reply?.peakMemory ?? 0,
      usage: reply?.usage ?? ResourceUsage(), isLast: reply == nil)
  }

  /// Has the guard end all that it looks after, and itself; returns its wait status.
  @discardableResult
  func end() -> ExitStatus {
    close(control)
    let status = ExitStatus.wait(for: pid).status
    for (_, descriptor) in streams { close(descriptor) }
    // If it was killed, the processes that it watched over are this process's now.
    if case .killed = status { Descendants.end() }
    return status
  }
}
