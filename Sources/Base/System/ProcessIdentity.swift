import Glibc
internal import Synchronization

/// The process that a temporary file belongs to, as its name tells: host, boot and process namespace, process, start.
package struct ProcessIdentity: Hashable, Sendable {
  package let host: String
  /// Differs after a reboot and between containers, so that a process number is only compared where it means something.
  package let boot: String
  package let process: Int
  /// In clock ticks since boot: a process number that was given out again has another.
  package let start: Int

  private static let counter = Atomic<Int>(0)

  /// This process.
  package static let current: ProcessIdentity = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.filter { byte in
      (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z")
        || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte) && byte != UInt8(ascii: "/")
    }
    var status = stat()
    let namespace = stat("/proc/self/ns/pid", &status) == 0 ? Int(status.st_ino) : 0
    let boot = ProcFile.bytes("/proc/sys/kernel/random/boot_id") ?? []
    return ProcessIdentity(
      host: String(decoding: host.prefix(64), as: UTF8.self),
      boot: String(decoding: boot.prefix(8), as: UTF8.self) + "-\(namespace)", process: Int(getpid()),
      start: startTime(of: Int(getpid())) ?? 0)
  }()

  /// A name that no other file of `tmp/` has.
  package func newName() -> String {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    return "\(host)~\(boot)~\(process)~\(start)~\(number)"
  }

  /// The owner that a name tells, or nil when it is not of that form.
  package init?(name: some StringProtocol) {
    let parts = name.split(separator: "~", omittingEmptySubsequences: false)
    guard parts.count == 5, let process = Int(parts[2]), let start = Int(parts[3]), Int(parts[4]) != nil else {
      return nil
    }
    self.init(host: String(parts[0]), boot: String(parts[1]), process: process, start: start)
  }

  private init(host: String, boot: String, process: Int, start: Int) {
    self.host = host
    self.boot = boot
    self.process = process
    self.start = start
  }

  /// True when this process can tell that the owner is no more.
  package var isKnownToBeGone: Bool {
    let current = Self.current
    guard host == current.host, boot == current.boot else { return false }
    if kill(pid_t(truncatingIfNeeded: process), 0) != 0 && errno == ESRCH { return true }
    // A file that cannot be read, as of another user's process, says nothing.
    return ProcFile.status(of: process).map { Self.start($0) != start } ?? false
  }

  /// True when this process can tell that the owner is at work.
  package var isKnownToLive: Bool {
    let current = Self.current
    return host == current.host && boot == current.boot && Self.startTime(of: process) == start
  }

  /// The time at which a process started, in clock ticks since boot; nil when there is none.
  private static func startTime(of process: Int) -> Int? { ProcFile.status(of: process).flatMap(start) }

  /// The time at which a process started, from its line in `/proc`, whose first field here is its state.
  /// One that has ended and was not waited for is no more.
  private static func start(_ status: [Substring]) -> Int? {
    guard let state = status.first, state != "Z", state != "X" else { return nil }
    return status.count > 19 ? Int(status[19]) : nil
  }
}
