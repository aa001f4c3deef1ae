import Artifacts
import Glibc
import Synchronization
import System

/// Standard output for results, standard error for everything else.
package enum Terminal {
  package static func print(_ text: String) {
    write(ControlCharacters.escaped(text, keepingStyles: usesOutputColor) + "\n", to: STDOUT_FILENO)
  }

  package static func complain(_ text: String) {
    write(ControlCharacters.escaped(text, keepingStyles: usesColor) + "\n", to: STDERR_FILENO)
  }

  /// Whether lines on standard error can be drawn over.
  package static let isLive = isatty(STDERR_FILENO) == 1 && getenv("TERM").map { strcmp($0, "dumb") } != 0
  package static let usesColor = isLive && getenv("NO_COLOR") == nil
  package static let usesOutputColor = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil

  /// Columns of the terminal, or 100 where there is none.
  package static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// Columns that tables may take: those of the terminal that they are printed on; no limit in a file or a pipe.
  package static var outputWidth: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return .max
    }
    return Int(size.ws_col)
  }

  private static let survives = Atomic<Bool>(false)
  /// The error for which results could not be printed, the first time: an error number, else 0.
  private static let failure = Atomic<Int32>(0)

  /// From here on a reader that is gone, as a `tee` that died, does not end the program, nor does a full disk: work
  /// goes on unseen.
  package static func survivesBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
    survives.store(true, ordering: .relaxed)
  }

  /// Ends the program with a message where results could not be printed; a reader that is gone wants none.
  package static func endIfUnprinted() {
    let code = failure.load(ordering: .relaxed)
    guard code != 0, code != EPIPE else { return }
    complain("error: cannot write to standard output: \(String(cString: strerror(code)))")
    exit(1)
  }

  package static func write(_ text: String, to descriptor: Int32) {
    Array(text.utf8).withUnsafeBytes { write($0, to: descriptor) }
  }

  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
        continue
      }
      guard count > 0 else { return fail(descriptor, errno) }
      offset += count
    }
  }

  private static func fail(_ descriptor: Int32, _ code: Int32) {
    if descriptor == STDOUT_FILENO { _ = failure.compareExchange(expected: 0, desired: code, ordering: .relaxed) }
    if survives.load(ordering: .relaxed) { return }
    // A reader that is gone, as in `bioarc show ... | head`, is no error of ours.
    if code == EPIPE { exit(0) }
    if descriptor == STDOUT_FILENO { endIfUnprinted() }
    exit(1)
  }

  package static func red(_ text: String) -> String { usesColor ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
