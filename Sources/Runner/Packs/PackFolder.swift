package import Artifacts
package import Files
import Glibc
internal import Synchronization
import System

/// Sealed entries by key, many to a file: the results of a store, or its pre-images.
///
/// Each process appends to a log of its own, so that no two ever write to one file and a torn end is just not read.
/// `merge` sorts logs of processes that are no more into packs. Every entry is in at least one file at any moment,
/// and the same entry in two files is one entry; so merging needs no lock, in whatever process and however it ends.
package struct PackFolder: Sendable {
  static let packEnding = ".pack"
  static let logEnding = ".log"
  /// A log whose process has closed it.
  static let closedEnding = ".closed"

  let store: StoreFolder
  package let name: String
  let state: PackState

  package init(store: StoreFolder, name: String, state: PackState) {
    self.store = store
    self.name = name
    self.state = state
  }

  /// The table of the folder's files, touched only under its lock.
  package typealias State = PackState.Table

  /// The path of the folder, without a slash at its end.
  package var folder: String { store.root + "/" + name }

  // MARK: Reading

  /// Reads the entries that other processes have written since the last look.
  package func refresh() throws(StoreError) {
    try state.table.withLock { (state) throws(StoreError) in try refresh(&state) }
  }

  /// The head of the newest entry of a key, or nil. Unless `isFresh`, an entry may be missed that another process has
  /// written since the last look.
  package func head(_ key: Digest, isFresh: Bool) throws(StoreError) -> [UInt8]? {
    let found = try entries(key, isFresh: isFresh) { (_, _, head) throws(StoreError) in head }
    return found.max { Self.precedes(($0.number, $0.head), ($1.number, $1.head)) }?.head
  }

  /// Offers `body` the head of the entry of each of `keys` that has one, by their places there, in the order
  /// in which they lie: for many keys that is several times as fast as one by one. Returns the places of those
  /// that `head` is to be asked for: keys with several entries or a damaged one, and heads that `body` does not take.
  package func forEachHead(
    of keys: [Digest], _ body: (Int, [UInt8]) -> Bool
  ) throws(StoreError) -> [Int] {
    try state.table.withLock { (state) throws(StoreError) -> [Int] in
      if !state.isLoaded { try refresh(&state) }
      var isOpen = [Bool](repeating: false, count: keys.count)
      var isFound = isOpen
      var found: [(file: PackFile, entries: [(offset: Int, place: Int)])] = []
      for file in state.files.values where file.count > 0 {
        var entries: [(offset: Int, place: Int)] = []
        for (place, key) in keys.enumerated() {
          switch file.place(of: key) {
          case .none: continue
          case .one(let offset) where !isFound[place]: entries.append((offset, place))
          case .one, .other: isOpen[place] = true
          }
          isFound[place] = true
        }
        entries.sort { $0.offset < $1.offset }
        found.append((file, entries))
      }
      for (file, entries) in found {
        let wanted = entries.filter { !isOpen[$0.place] }
        do throws(StoreError) {
          try file.forEachHead(at: wanted.map(\.offset)) { number, head in
            let place = wanted[number].place
            if let head, head.key == keys[place], body(place, head.head) { return }
            isOpen[place] = true
          }
        } catch let error where error.isAbsent {
          // Another host has merged it away.
          for (_, place) in wanted { isOpen[place] = true }
        }
      }
      return isOpen.indices.filter { isOpen[$0] }
    }
  }

  /// The verified entries of a key in their order.
  package func entries(_ key: Digest, isFresh: Bool) throws(StoreError) -> [PackEntry] {
    try entries(key, isFresh: isFresh) { (file, offset, head) throws(StoreError) -> PackEntry? in
      guard let body = try file.body(of: head, at: offset) else { return nil }
      return PackEntry(key: key, number: head.number, head: head.head, body: body)
    }.sorted { Self.precedes(($0.number, $0.head), ($1.number, $1.head)) }
  }

  /// Calls `body` with every good entry, the entries of a file in no order.
  package func forEach(_ body: (PackEntry) throws -> Void) throws {
    try visit { file, offset, head in
      guard let content = try file.body(of: head, at: offset) else { return false }
      try body(PackEntry(key: head.key, number: head.number, head: head.head, body: content))
      return true
    }
  }

  /// Calls `body` with the front of every entry, in no order; bodies are not read.
  package func forEachHead(_ body: (PackHead) throws -> Void) throws {
    try visit { _, _, head in
      try body(head)
      return true
    }
  }

  /// Shows every entry to `read`, which says whether it is good. Nobody else reads meanwhile.
  private func visit(_ read: (PackFile, Int, PackHead) throws -> Bool) throws {
    try state.table.withLock { table in
      try refresh(&table)
      var files = Array(table.files.values)
      while let file = files.popLast() {
        do { try visit(file, &table, read) } catch let error as StoreError where error.isAbsent {
          // Another host has merged it away. Its entries are in a file that is new here.
          table.files[file.name] = nil
          renewListing()
          let known = Set(table.files.keys)
          try refresh(&table)
          files += table.files.values.filter { !known.contains($0.name) }
        }
      }
    }
  }

  private func visit(
    _ file: PackFile, _ table: inout State, _ read: (PackFile, Int, PackHead) throws -> Bool
  ) throws {
    var places: [(Digest, Int)] = []
    file.forEach { places.append(($0, $1)) }
    for (key, offset) in places.sorted(by: { $0.1 < $1.1 }) {
      if let head = try file.head(at: offset), head.key == key, try read(file, offset, head) { continue }
      quarantine(file, offset..<offset + PackEntry.prefix, &table)
    }
  }

  /// Whether a file of that name belongs into a folder of packs.
  package static func isName(_ name: String) -> Bool {
    [packEnding, logEnding, closedEnding].contains {
      name.hasSuffix($0) && ProcessIdentity(name: name.dropLast($0.count)) != nil
    }
  }

  /// The order of the entries of one key: the same for everybody, also where two processes chose one number.
  private static func precedes(_ a: (number: Int, head: [UInt8]), _ b: (number: Int, head: [UInt8])) -> Bool {
    if a.number != b.number { return a.number < b.number }
    return a.head.lexicographicallyPrecedes(b.head)
  }

  /// The values that `read` makes of each good entry of a key. One that is damaged is set aside.
  private func entries<T: Sendable>(
    _ key: Digest, isFresh: Bool, _ read: (PackFile, Int, PackHead) throws(StoreError) -> T?
  ) throws(StoreError) -> [T] {
    try state.table.withLock { (state) throws(StoreError) -> [T] in
      if !state.isLoaded { try refresh(&state) }
      for attempt in 0... {
        do throws(StoreError) {
          let found = try look(key, &state, read)
          if !found.isEmpty || !isFresh || attempt > 0 { return found }
        } catch let error where error.isAbsent && attempt < 8 {
          // A file that was merged away under this process, here or on another host.
          let own = state.log.flatMap { state.files[$0.name] }
          state.files = own.map { [$0.name: $0] } ?? [:]
          renewListing()
          if attempt > 1 { usleep(UInt32(attempt) * 100_000) }
        }
        try refresh(&state)
      }
      return []
    }
  }

  private func look<T>(
    _ key: Digest, _ state: inout State, _ read: (PackFile, Int, PackHead) throws(StoreError) -> T?
  ) throws(StoreError) -> [T] {
    var found: [T] = []
    var damaged: [(PackFile, Int)] = []
    for file in state.files.values {
      for offset in file.offsets(of: key) {
        if let head = try file.head(at: offset), head.key == key, let value = try read(file, offset, head) {
          found.append(value)
        } else {
          damaged.append((file, offset))
        }
      }
    }
    for (file, offset) in damaged { quarantine(file, offset..<offset + PackEntry.prefix, &state) }
    return found
  }

  /// Opens files that are new, forgets those that are gone, and reads new entries of logs.
  package func refresh(_ state: inout State) throws(StoreError) {
    state.isLoaded = true
    try list(&state)
    if try !scan(&state) {
      renewListing()
      try list(&state)
      _ = try scan(&state)
    }
  }

  /// Has a shared file system list the folder as it is, after another host has removed a file that is listed here:
  /// it must, once this host has changed something in the folder.
  private func renewListing() {
    // By its ending the file is one that is sorted away if this process dies here.
    let path = folder + "/" + ProcessIdentity.current.newName() + Self.logEnding
    guard let file = try? store.files.create(path, .readOnly) else { return }
    try? file.close()
    try? store.files.remove(path)
  }

  private func list(_ state: inout State) throws(StoreError) {
    var seen: Set<String> = []
    for name in try store.files.namesIfPresent(folder) {
      guard let dot = name.lastIndex(of: "."), !seen.contains(String(name[..<dot])) else { continue }
      let (base, path) = (String(name[..<dot]), folder + "/" + name)
      guard [Self.packEnding, Self.logEnding, Self.closedEnding].contains(String(name[dot...])) else { continue }
      if let known = state.files[base] {
        if known.path != path {
          known.path = path
          do throws(StoreError) { known.reopen(try store.files.open(path)) } catch let error where error.isAbsent {}
        }
      } else {
        do throws(StoreError) {
          state.files[base] = try PackFile(base, path, try store.files.open(path))
        } catch let error where error.isAbsent { continue }
      }
      seen.insert(base)
    }
    for name in state.files.keys where !seen.contains(name) { state.files[name] = nil }
  }

  /// Reads new entries of logs; false when some that are listed turn out to be gone.
  private func scan(_ state: inout State) throws(StoreError) -> Bool {
    var isAll = true
    for file in Array(state.files.values) {
      let damaged: [Range<Int>]
      do throws(StoreError) { damaged = try file.scan() } catch let error where error.isAbsent {
        state.files[file.name] = nil
        isAll = false
        continue
      }
      for range in damaged { quarantine(file, range, &state) }
      // The bytes behind the last entry of a log may still be being written, or were when its process was killed;
      // but not those of a closed log.
      if file.path.hasSuffix(Self.closedEnding), let rest = file.rest { quarantine(file, rest, &state) }
      if file.isSound || file.isReported { continue }
      file.isReported = true
      state.damage.append(shown(file))
      store.report(.quarantined(path: shown(file), reason: "its index is damaged, and was made again"))
      try? merge([file], &state)
    }
    return isAll
  }

  /// Logs that their processes have ended and nobody has sorted into a pack, as of the last look.
  package var endedLogs: Int {
    state.table.withLock { $0.files.values.reduce(0) { $0 + ($1.path.hasSuffix(Self.closedEnding) ? 1 : 0) } }
  }

  // MARK: Writing

  /// Appends an entry. Unless `isDurable`, a power failure within the next second may lose it.
  package func append(_ entry: PackEntry, isDurable: Bool) throws(StoreError) {
    precondition(entry.head.count <= PackEntry.headLimit, "a head of \(entry.head.count) bytes")
    try state.table.withLock { (state) throws(StoreError) in
      if !state.isLoaded { try refresh(&state) }
      if state.log == nil {
        let log = try PackLog(self)
        state.log = log
        state.files[log.name] = try PackFile(log.name, log.path, try store.files.open(log.path))
      }
      do throws(StoreError) {
        let offset = try state.log!.append(entry.encoded(), isDurable: isDurable)
        state.files[state.log!.name]?.note(entry.key, offset)
        state.files[state.log!.name]?.advance(to: state.log!.size)
      } catch {
        // Nothing may follow bytes that could be half an entry.
        state.log = nil
        throw error
      }
    }
  }

  /// Makes all that was appended durable, the last second included.
  package func synchronize() throws(StoreError) {
    try state.table.withLock { (state) throws(StoreError) in try state.log?.synchronize() }
  }

  /// Ends this process's log; later entries go into another.
  package func close() throws(StoreError) {
    try state.table.withLock { (state) throws(StoreError) in try close(&state) }
  }

  /// Ends this process's log, under the lock of the table.
  package func close(_ state: inout State) throws(StoreError) {
    guard var log = state.log else { return }
    state.log = nil
    try log.synchronize()
    let closed = String(log.path.dropLast(Self.logEnding.count)) + Self.closedEnding
    try store.files.move(log.path, to: closed, replacing: true)
    state.files[log.name]?.path = closed
  }

  // MARK: Damage

  /// Sets damaged bytes aside and writes the file anew without them, if nobody writes to it.
  private func quarantine(_ file: PackFile, _ range: Range<Int>, _ state: inout State) {
    setAside(file, range, &state)
    if isIdle(file) { try? merge([file], &state) }
  }

  /// Copies damaged bytes to `quarantine/` and tells so.
  func setAside(_ file: PackFile, _ range: Range<Int>, _ state: inout State) {
    let length = (try? file.head(at: range.lowerBound))??.length ?? range.count
    let bytes = (try? file.read(max(length, range.count), at: range.lowerBound)) ?? []
    file.bury(range.lowerBound)
    store.setAside(bytes, as: "\(name)-\(file.name)@\(range.lowerBound)")
    let place = "\(shown(file))@\(range.lowerBound)"
    state.damage.append(place)
    store.report(.quarantined(path: place, reason: "not a sealed entry of its key"))
  }

  private func shown(_ file: PackFile) -> String { "\(name)/\(file.path.split(separator: "/").last ?? "")" }

  /// The places of damage that were found since the last call.
  package func takeDamage() -> [String] {
    state.table.withLock { table in
      defer { table.damage = [] }
      return table.damage
    }
  }

  /// Whether nobody writes to a file any more.
  func isIdle(_ file: PackFile) -> Bool {
    !file.path.hasSuffix(Self.logEnding) || ProcessIdentity(name: file.name)?.isKnownToBeGone ?? false
  }
}

/// The knowledge of a process about a folder of packs.
package final class PackState: Sendable {
  /// The files of a folder as of the last look, and the log that this process appends to.
  package struct Table {
    var files: [String: PackFile] = [:]
    var isLoaded = false
    var log: PackLog?
    /// The places of damage.
    var damage: [String] = []
  }
  let table = Mutex(Table())

  package init() {}
}

/// The log that this process appends to; part of the table, and touched only under its lock.
struct PackLog: @unchecked Sendable {
  let name: String
  let path: String
  private let file: any OpenFile
  private(set) var size = 0
  private var isDirty = false
  private var synchronized = Clock.monotonic()

  init(_ folder: PackFolder) throws(StoreError) {
    let files = folder.store.files
    name = ProcessIdentity.current.newName()
    path = folder.folder + "/" + name + PackFolder.logEnding
    do { file = try files.create(path, .writable) } catch let error where error.isAbsent {
      try folder.store.makeFolders(folder.folder)
      file = try files.create(path, .writable)
    }
    try files.synchronize(folder: folder.folder)
  }

  /// Appends bytes and returns where they begin. They are durable at once, or within a second of the next append.
  mutating func append(_ bytes: [UInt8], isDurable: Bool) throws(StoreError) -> Int {
    try file.write(bytes)
    isDirty = true
    defer { size += bytes.count }
    if isDurable || Clock.monotonic() - synchronized > 1 { try synchronize() }
    return size
  }

  mutating func synchronize() throws(StoreError) {
    guard isDirty else { return }
    try file.synchronize()
    isDirty = false
    synchronized = Clock.monotonic()
  }
}
