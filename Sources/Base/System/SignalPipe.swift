import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP as bytes in a pipe, so that a loop over file descriptors sees them.
package final class SignalPipe: Sendable {
  package let descriptor: Int32
  /// A signal handler can only reach what is global: the pipe's other end.
  private static let target = Atomic<Int32>(-1)

  /// Takes these signals of this process over, for good; not one that its parent has it ignore, as `nohup` does.
  package init(_ numbers: [Int32] = [SIGINT, SIGTERM, SIGHUP]) throws {
    let ends = try Descriptors.pipe()
    descriptor = ends.read
    for end in [ends.read, ends.write] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    Self.target.store(ends.write, ordering: .releasing)
    // A parent may have blocked them.
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in numbers where !Self.isIgnored(number) {
      sigaddset(&unblocked, number)
      signal(number) { _ in
        var byte: UInt8 = 1
        _ = Glibc.write(SignalPipe.target.load(ordering: .acquiring), &byte, 1)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var old = sigaction()
    guard sigaction(number, nil, &old) == 0 else { return false }
    return unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The number of signals that have come since the last call.
  package func take() -> Int {
    var bytes: [UInt8] = []
    _ = Descriptors.read(descriptor, into: &bytes)
    return bytes.count
  }
}
