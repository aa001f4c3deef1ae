import Glibc

/// A running command, as its worker sees it: its guard, and three pipes.
final class CommandProcess {
  enum Ending {
    case exited(Int32)
    case killed(Int32)
    /// It was asked to end.
    case interrupted
  }

  enum Stream { case output, errors }

  /// Seconds that a command has to end by itself once it is asked to.
  static let grace = 10.0

  private let pid: pid_t
  private let control: Int32
  private let streams: [(stream: Stream, descriptor: Int32)]
  /// How the guard ended, once it has.
  private var status: Int32?
  /// Peak resident bytes of the largest process, once it has ended.
  private(set) var peakMemory = 0

  /// Starts `arguments` in `folder` with nothing but `environment`.
  init(arguments: [String], environment: [String: String], folder: String) throws {
    let pipes = try Descriptors.pipes()
    let (input, output, errors) = (pipes[0], pipes[1], pipes[2])
    defer { for descriptor in [input.read, output.write, errors.write] { close(descriptor) } }
    do {
      // The program that runs now, even if its file has been replaced since.
      pid = try Spawn.start(
        ["bioarc", "guard", "--"] + arguments, program: "/proc/self/exe",
        environment: environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }, folder: folder,
        streams: [input.read, output.write, errors.write])
    } catch {
      for descriptor in [input.write, output.read, errors.read] { close(descriptor) }
      throw error
    }
    control = input.write
    streams = [(.output, output.read), (.errors, errors.read)]
    for (_, descriptor) in streams { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
  }

  /// Waits for the end, and tells every line meanwhile. The command is asked to end once `isInterrupted`.
  func wait(isInterrupted: () -> Bool, line: (Stream, [UInt8]) -> Void) -> Ending {
    var splitters = streams.map { _ in LineSplitter() }
    var bytes: [UInt8] = []
    var isOpen = streams.map { _ in true }
    var deadline: Double?
    // The streams stay open when the guard is killed, since the command has them too.
    var isDrained = false
    while isOpen.contains(true), !isDrained {
      // Once the command has ended, what it wrote before is taken, and no more is waited for.
      isDrained = status != nil
      var polled = streams.indices.map { index in
        pollfd(fd: isOpen[index] ? streams[index].descriptor : -1, events: Int16(POLLIN), revents: 0)
      }
      if poll(&polled, nfds_t(polled.count), isDrained ? 0 : 100) == 0, status == nil { reap(WNOHANG) }
      for index in streams.indices where polled[index].revents != 0 {
        bytes.removeAll(keepingCapacity: true)
        isOpen[index] = Descriptors.read(streams[index].descriptor, into: &bytes)
        for text in splitters[index].take(bytes, at: Clock.monotonic()) { line(streams[index].stream, text) }
      }
      for index in streams.indices {
        for text in splitters[index].due(at: Clock.monotonic()) { line(streams[index].stream, text) }
      }
      if deadline == nil, isInterrupted() {
        _ = Descriptors.write([CommandGuard.terminate], to: control)
        deadline = Clock.monotonic() + Self.grace
      }
      if let deadline, Clock.monotonic() > deadline { break }
    }
    for index in streams.indices { for text in splitters[index].finish() { line(streams[index].stream, text) } }
    return end(wasInterrupted: deadline != nil)
  }

  /// Ends what is left, and says how the command ended.
  private func end(wasInterrupted: Bool) -> Ending {
    close(control)
    while status == nil { reap(0) }
    for (_, descriptor) in streams { close(descriptor) }
    let status = status ?? 0
    let signal = status & 0x7f
    // If it was the guard that was killed, what it watched over is this process's now.
    if signal != 0 { Descendants.end() }
    if wasInterrupted { return .interrupted }
    return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal)
  }

  /// Notes that the guard has ended, if it has.
  private func reap(_ options: Int32) {
    var status: Int32 = 0
    var usage = rusage()
    let ended = wait4(pid, &status, options, &usage)
    guard ended == pid || ended < 0 && errno == ECHILD else { return }
    self.status = status
    peakMemory = usage.ru_maxrss * 1024
  }
}
