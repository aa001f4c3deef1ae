internal import Artifacts
package import Files
internal import Synchronization
import System

extension PackFolder {
  /// Sorts the logs of processes that are no more, this one's included, into packs. Packs that are not much larger are
  /// taken along, so that their number stays logarithmic in the number of entries.
  package func merge() throws(StoreError) {
    try state.table.withLock { (state) throws(StoreError) in
      try close(&state)
      try refresh(&state)
      let idle = state.files.values.filter(isIdle)
      var chosen = idle.filter { $0.isLog || !$0.isSound }
      guard !chosen.isEmpty else { return }
      var size = chosen.reduce(0) { $0 + $1.size }
      for pack in idle.filter({ !$0.isLog && $0.isSound }).sorted(by: { $0.size < $1.size }) {
        guard pack.size <= 2 * size else { break }
        chosen.append(pack)
        size += pack.size
      }
      do throws(StoreError) { try merge(chosen, &state) } catch let error where error.isAbsent {
        // Another host has merged some of them meanwhile: nothing is lost by leaving the rest as it is.
      }
    }
  }

  private func hasGrown(_ file: PackFile) throws(StoreError) -> Bool {
    do throws(StoreError) { return try !file.isAll(of: try store.files.open(file.path)) } catch let error
      where error.isAbsent
    { return false }
  }

  /// Writes the good entries of `files` into one pack, durably, and then removes them.
  package func merge(_ files: [PackFile], _ state: inout State) throws(StoreError) {
    struct Place {
      let key: Digest
      let file: PackFile
      let offset: Int
    }
    // The logs are idle, so nothing more will ever be in them.
    for file in files where file.isLog {
      do throws(StoreError) { file.reopen(try store.files.open(file.path)) } catch let error where error.isAbsent {
        state.files[file.name] = nil
        continue
      }
      for range in try file.scan() { setAside(file, range, &state) }
    }
    let files = files.filter { state.files[$0.name] === $0 }
    var places: [Place] = []
    for file in files { file.forEach { places.append(Place(key: $0, file: file, offset: $1)) } }
    places.sort { $0.key < $1.key }
    let writer = try PackWriter(store)
    var start = 0
    while start < places.count {
      var end = start
      var entries: [PackEntry] = []
      while end < places.count, places[end].key == places[start].key {
        let place = places[end]
        end += 1
        guard let head = try place.file.head(at: place.offset), head.key == place.key,
          let body = try place.file.body(of: head, at: place.offset)
        else {
          setAside(place.file, place.offset..<place.offset + PackEntry.prefix, &state)
          continue
        }
        entries.append(PackEntry(key: head.key, number: head.number, head: head.head, body: body))
      }
      try writer.add(entries)
      start = end
    }
    if !writer.isEmpty { try writer.finish(at: folder + "/" + ProcessIdentity.current.newName() + Self.packEnding) }
    for file in files {
      // One that has grown, as a late view of another host's may, stays: an entry in two files is one entry.
      if file.isLog, try hasGrown(file) { continue }
      try store.files.removeIfPresent(file.path)
      state.files[file.name] = nil
    }
    try refresh(&state)
  }
}

/// Writes a pack into `tmp/`: entries in ascending order of keys, then the index.
private final class PackWriter {
  private let store: StoreFolder
  private let temporary: String
  private let file: any OpenFile
  private var buffer: [UInt8] = []
  private var index: [UInt8] = []
  private var offset = 0
  private var isPlaced = false
  var isEmpty: Bool { index.isEmpty }

  init(_ store: StoreFolder) throws(StoreError) {
    self.store = store
    (temporary, file) = try store.newTemporary(.readOnly)
  }

  deinit { if !isPlaced { try? store.files.remove(temporary) } }

  /// Adds the entries of one key, each once, in the order of their numbers.
  func add(_ entries: [PackEntry]) throws(StoreError) {
    let sorted = entries.sorted { ($0.number, $0.head.count) < ($1.number, $1.head.count) }
    for (number, entry) in sorted.enumerated() {
      let isKnown = sorted[..<number].contains {
        $0.number == entry.number && $0.head == entry.head && $0.body == entry.body
      }
      if isKnown { continue }
      index += entry.key.bytes
      append(UInt64(offset), to: &index)
      let bytes = entry.encoded()
      offset += bytes.count
      buffer += bytes
      if buffer.count >= 1 << 20 { try flush() }
    }
  }

  private func flush() throws(StoreError) {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  func finish(at path: String) throws(StoreError) {
    var trailer = PackFile.trailerMagic + [0, 0, 0, 0]
    append(UInt64(index.count / PackFile.indexWidth), to: &trailer)
    append(UInt64(offset), to: &trailer)
    var hasher = DigestHasher()
    index.withUnsafeBytes { hasher.update($0) }
    trailer.withUnsafeBytes { hasher.update($0) }
    buffer += index + trailer + hasher.finish().bytes
    try flush()
    try file.synchronize()
    try file.close()
    try store.place(temporary, at: path, replacing: false)
    isPlaced = true
    try store.files.synchronize(folder: DiskFileSystem.parent(of: path))
  }

  private func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
  }
}
