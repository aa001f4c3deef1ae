import Glibc
import Synchronization
import System

/// Things that threads hand to one other thread, in their order.
final class Inbox<Item: Sendable>: Sendable {
  private let items = Mutex<[Item]>([])
  private let ends: (read: Int32, write: Int32)

  /// Throws `SystemError` where the machine has no pipe left.
  init() throws { ends = try Descriptors.pipe() }

  func post(_ item: Item) {
    items.withLock { $0.append(item) }
    _ = Descriptors.write([0], to: ends.write)
  }

  /// Takes the next thing; waits for it, at most for so many seconds, or without end. nil: none came.
  func next(within seconds: Double? = nil) -> Item? {
    var ready = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
    let wait = seconds.map { Int32(max(0, $0 * 1000).rounded(.up)) } ?? -1
    guard poll(&ready, 1, wait) > 0 else { return nil }
    var byte: UInt8 = 0
    guard read(ends.read, &byte, 1) == 1 else { return nil }
    return items.withLock { $0.removeFirst() }
  }
}
