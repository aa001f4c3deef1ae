package import Artifacts
import Files
internal import Synchronization

/// Digests of input files by what `stat` tells of them, so that a run that changes nothing reads no input.
///
/// A file is (device, inode, size, time of modification, time of change). An entry is made only when both times were
/// older than the moment of hashing by `margin`: a file that changes twice within one tick of its clock would look
/// unchanged. The moment is by the clock that gives the file its times, as far as it can be asked: see `present`. The
/// cache is one file of the store, rewritten whole; of two processes that save it at once one loses its news, and a
/// damaged one counts as empty. It can be removed at any time.
package final class StatCache: Sendable {
  /// Nanoseconds. More than the coarsest clock of a usual file system (1 s).
  package static let margin: Int64 = 2_000_000_000
  /// Nanoseconds by which the clock of a file server that cannot be asked may be behind this host's: an hour.
  static let skew: Int64 = 3600 * 1_000_000_000
  /// Beyond this many entries the cache starts anew.
  static let capacity = 1 << 17

  /// The content of a file, uncompressed.
  package struct Content: Hashable, Sendable {
    package let digest: Digest
    package let size: Int
    package init(digest: Digest, size: Int) { (self.digest, self.size) = (digest, size) }
  }

  private struct State {
    var entries: [FileStatus: Content]?
    var hasNews = false
    /// The clock of the store's file system, read before the first file was hashed.
    var clock: (device: UInt64, time: Int64)?
    /// Whether other file systems are shared, by device.
    var isShared: [UInt64: Bool] = [:]
  }

  private let store: Store
  private let keepsNothing: Bool
  private let state = Mutex(State())

  /// With `keepsNothing` nothing is written into the store, not even to ask for the time.
  package init(_ store: Store, keepsNothing: Bool = false) {
    self.store = store
    self.keepsNothing = keepsNothing
  }

  /// The content of a file, if an entry has it that can be trusted.
  func content(_ status: FileStatus) -> Content? {
    state.withLock { state in
      if state.entries == nil { state.entries = load() }
      return state.entries![status]
    }
  }

  /// A moment that is not after the present by the clock that gives a file its times. The clock of the store's own file
  /// system is asked once, which is early enough; this host's is that of its own disks.
  func present(for status: FileStatus, _ path: String) -> Int64 {
    state.withLock { state in
      if state.clock == nil, !keepsNothing { state.clock = try? store.clock() }
      if let clock = state.clock, clock.device == status.device { return clock.time }
      let isShared = state.isShared[status.device] ?? SharedFileSystems.has(path)
      state.isShared[status.device] = isShared
      return .now - (isShared ? Self.skew : 0)
    }
  }

  /// Remembers a file that was hashed at `time`, unless its times are too close to it, or stand for many others.
  func remember(_ status: FileStatus, _ content: Content, hashedAt time: Int64) {
    guard time - max(status.modified, status.changed) >= Self.margin,
      min(status.modified, status.changed) > .earliest
    else { return }
    state.withLock { state in
      if state.entries == nil { state.entries = load() }
      if state.entries!.count >= Self.capacity { state.entries = [:] }
      state.entries![status] = content
      state.hasNews = true
    }
  }

  /// Writes the cache if there is news. A store that cannot be written is no error: it only stays slower.
  package func save() {
    state.withLock { state in
      guard state.hasNews, !keepsNothing, let entries = state.entries else { return }
      let bytes = Sealed.seal(Self.encode(entries), Self.key)
      if (try? store.folder.write(bytes, to: store.statCachePath, .writable, replacing: true)) != nil {
        state.hasNews = false
      }
    }
  }

  private static let key = Digest.of(Array("bioarc-stat-cache/1".utf8))
  /// Five words of status, the digest, the size.
  private static let width = 5 * 8 + 32 + 8

  private func load() -> [FileStatus: Content] {
    guard let bytes = try? store.files.contents(store.statCachePath) ?? [], let content = Sealed.open(bytes, Self.key),
      content.count % Self.width == 0
    else { return [:] }
    var entries: [FileStatus: Content] = [:]
    entries.reserveCapacity(content.count / Self.width)
    for start in stride(from: 0, to: content.count, by: Self.width) {
      let word = { (index: Int) in
        content[start + 8 * index..<start + 8 * index + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      }
      let status = FileStatus(
        device: word(0), inode: word(1), size: Int(truncatingIfNeeded: word(2)),
        modified: Int64(bitPattern: word(3)), changed: Int64(bitPattern: word(4)), isFolder: false)
      entries[status] = Content(
        digest: Digest(content[start + 40..<start + 72]), size: Int(truncatingIfNeeded: word(9)))
    }
    return entries
  }

  private static func encode(_ entries: [FileStatus: Content]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * width)
    let append = { (word: UInt64) in
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    for (status, content) in entries {
      append(status.device)
      append(status.inode)
      append(UInt64(status.size))
      append(UInt64(bitPattern: status.modified))
      append(UInt64(bitPattern: status.changed))
      bytes += content.digest.bytes
      append(UInt64(content.size))
    }
    return bytes
  }
}

extension Store {
  var statCachePath: String { root + "/stat-cache" }
}
