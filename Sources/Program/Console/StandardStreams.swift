import Glibc

/// The standard streams of this process.
package enum StandardStreams {
  /// Opens `/dev/null` where one is closed: else the next file that is opened would get its number, and all
  /// that is printed.
  package static func open() {
    for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
      // The lowest number that is free is this one, as all below are in use.
      _ = Glibc.open("/dev/null", O_RDWR)
    }
  }
}
