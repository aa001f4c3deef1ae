import Glibc

/// SIGINT and SIGTERM as bytes in a pipe, so that a loop over file descriptors sees them.
package final class SignalPipe {
  let descriptor: Int32

  package init() throws {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = signalfd(-1, &signals, Int32(SFD_CLOEXEC.rawValue | SFD_NONBLOCK.rawValue))
    guard descriptor >= 0 else { throw SystemError("signalfd", errno) }
  }

  /// How many signals have come since the last call.
  func take() -> Int {
    var bytes: [UInt8] = []
    _ = Descriptors.read(descriptor, into: &bytes)
    return bytes.count / MemoryLayout<signalfd_siginfo>.size
  }
}
