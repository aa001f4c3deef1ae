internal import Artifacts
import Files

/// A file of entries. A log grows while its process lives; a pack is sorted by key, has an index at its end, and never
/// changes.
///
/// The index of a pack is (key, offset: 8 bytes) per entry, ascending; then a trailer: "bpki", 4 zero bytes,
/// the number of entries and the offset of the index in 8 bytes each, and the SHA-256 of the index and the 24 bytes
/// before it. If the index is damaged the entries are found by reading the file from its front. The file is part of
/// the table of its folder, and touched only under that table's lock.
package final class PackFile: @unchecked Sendable {
  static let trailerMagic: [UInt8] = Array("bpki".utf8)
  static let trailer = 24 + 32
  static let indexWidth = 40
  /// Bytes that hold the front of most entries.
  private static let usual = 512

  /// The name without its ending: it stays when a log is closed.
  let name: String
  var path: String
  private var file: any OpenFile
  /// The index of a pack; empty for a log.
  private var index: [UInt8] = []
  /// Offsets by key, where there is no index: the last, and those before it.
  private var last: [Digest: Int] = [:]
  private var earlier: [Digest: [Int]] = [:]
  /// Entries that turned out to be damaged.
  private var dead: Set<Int> = []
  /// Whether damage to its index has been told.
  var isReported = false
  /// The bytes that have been read of a log.
  private var end = 0
  private(set) var size = 0

  init(_ name: String, _ path: String, _ file: any OpenFile) throws(StoreError) {
    self.name = name
    self.path = path
    self.file = file
    size = try file.status().size
    if path.hasSuffix(PackFolder.packEnding) { try readIndex() }
  }

  /// Goes on with the file as it is now: the open one may be another host's earlier view of it.
  func reopen(_ file: any OpenFile) { self.file = file }

  /// Whether nothing has been added since the last look.
  func isAll(of file: any OpenFile) throws(StoreError) -> Bool { try file.status().size == size }

  var isLog: Bool { !path.hasSuffix(PackFolder.packEnding) }
  /// Whether the index is good, or the file needs none.
  var isSound: Bool { isLog || !index.isEmpty }
  var count: Int {
    index.isEmpty ? last.count + earlier.values.reduce(0) { $0 + $1.count } : index.count / Self.indexWidth
  }

  // MARK: Finding

  /// The offsets of the entries of a key.
  func offsets(of key: Digest) -> [Int] {
    let found = index.isEmpty ? (earlier[key] ?? []) + (last[key].map { [$0] } ?? []) : indexed(key)
    return dead.isEmpty ? found : found.filter { !dead.contains($0) }
  }

  /// Calls `body` with every key and offset.
  func forEach(_ body: (Digest, Int) throws -> Void) rethrows {
    for (key, offset) in last where !dead.contains(offset) { try body(key, offset) }
    for (key, offsets) in earlier { for offset in offsets where !dead.contains(offset) { try body(key, offset) } }
    for entry in 0..<index.count / Self.indexWidth {
      let (key, offset) = self.entry(entry)
      if !dead.contains(offset) { try body(key, offset) }
    }
  }

  func bury(_ offset: Int) { dead.insert(offset) }

  private func entry(_ number: Int) -> (Digest, Int) {
    index.withUnsafeBytes { bytes in
      let start = number * Self.indexWidth
      let offset = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 32, as: UInt64.self))
      return (
        Digest(raw: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 32])), Int(truncatingIfNeeded: offset)
      )
    }
  }

  private func indexed(_ key: Digest) -> [Int] {
    let range = range(of: key)
    return range.isEmpty ? [] : range.map { entry($0).1 }
  }

  /// The entries of a key in the index. Keys are digests and so spread evenly: the place of a key can be guessed,
  /// and the keys there tell how far off a guess is.
  private func range(of key: Digest) -> Range<Int> {
    index.withUnsafeBytes { bytes in
      let total = bytes.count / Self.indexWidth
      let target = key.leadingWord
      func lead(_ number: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: number * Self.indexWidth, as: UInt64.self))
      }
      let density = Double(total) / 18_446_744_073_709_551_616.0
      var place = min(Int(Double(target) * density), max(0, total - 1))
      for _ in 0..<4 where total > 0 {
        let (found, isBelow) = (lead(place), lead(place) < target)
        let move = Int(Double(isBelow ? target - found : found - target) * density)
        if move < 4 { break }
        place = isBelow ? min(total - 1, place + move) : max(0, place - move)
      }
      // To the first that is not below.
      while place > 0, lead(place - 1) >= target { place -= 1 }
      while place < total, lead(place) < target { place += 1 }
      // Others may share the front of the key.
      while place < total, lead(place) == target, entry(place).0 < key { place += 1 }
      var end = place
      while end < total, lead(end) == target, entry(end).0 == key { end += 1 }
      return place..<end
    }
  }

  /// The rows that there are of a key.
  enum Place {
    case none
    case one(offset: Int)
    /// Several entries, or a damaged one.
    case other
  }

  func place(of key: Digest) -> Place {
    guard dead.isEmpty else { return offsets(of: key).isEmpty ? .none : .other }
    if index.isEmpty { return earlier[key] != nil ? .other : last[key].map(Place.one) ?? .none }
    let range = range(of: key)
    return range.isEmpty ? .none : range.count == 1 ? .one(offset: entry(range.lowerBound).1) : .other
  }

  // MARK: Reading

  /// The verified head of the entry at `offset`, or nil when it is damaged.
  func head(at offset: Int) throws(StoreError) -> PackHead? {
    var wanted = Self.usual
    while true {
      let bytes = try read(wanted, at: offset)
      switch bytes.withUnsafeBytes({ PackHead.read($0) }) {
      case .head(let head): return head
      case .short(let more) where more > bytes.count && bytes.count == wanted: wanted = more
      case .short, .wrong: return nil
      }
    }
  }

  /// Calls `body` with the verified heads of the entries at `offsets`, ascending, by their places there, or nil for
  /// what is damaged or longer than most. Bytes between entries that lie close together are read too, in large
  /// pieces.
  func forEachHead(at offsets: [Int], _ body: (Int, PackHead?) -> Void) throws(StoreError) {
    var (base, window) = (0, [UInt8]())
    for (place, offset) in offsets.enumerated() {
      if offset + Self.usual > base + window.count, base + window.count < size || window.isEmpty {
        let isDense = place + 1 < offsets.count && offsets[place + 1] - offset < 4 << 10
        (base, window) = (offset, try read(isDense ? 1 << 18 : Self.usual, at: offset))
      }
      let reading = window.withUnsafeBytes {
        PackHead.read(UnsafeRawBufferPointer(rebasing: $0[min($0.count, offset - base)...].prefix(Self.usual)))
      }
      if case .head(let head) = reading { body(place, head) } else { body(place, nil) }
    }
  }

  /// The verified body of an entry, or nil when it is damaged.
  func body(of head: PackHead, at offset: Int) throws(StoreError) -> [UInt8]? {
    var bytes = try read(head.bodyCount + PackEntry.seal, at: offset + head.bodyOffset)
    guard bytes.count == head.bodyCount + PackEntry.seal else { return nil }
    let seal = Digest(bytes[head.bodyCount...])
    bytes.removeLast(PackEntry.seal)
    return PackEntry.bodySeal(head.key, bytes[...]) == seal ? bytes : nil
  }

  /// Up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    let count = max(0, min(count, size - offset))
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let part = try bytes.withUnsafeMutableBytes { space in
        Result { () throws(StoreError) in
          try file.read(into: UnsafeMutableRawBufferPointer(rebasing: space[done...]), at: offset + done)
        }
      }.get()
      if part == 0 { break }
      done += part
    }
    if done < count { bytes.removeLast(count - done) }
    return bytes
  }

  private func readIndex() throws(StoreError) {
    guard size >= Self.trailer else { return }
    let trailer = try read(Self.trailer, at: size - Self.trailer)
    guard trailer.count == Self.trailer, trailer.starts(with: Self.trailerMagic) else { return }
    let word = { (offset: Int) in trailer[offset..<offset + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    let (count, start) = (word(8), word(16))
    guard count < UInt64(size), start < UInt64(size),
      Int(start) + Int(count) * Self.indexWidth + Self.trailer == size
    else { return }
    let bytes = try read(Int(count) * Self.indexWidth, at: Int(start))
    var hasher = DigestHasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    trailer[..<24].withUnsafeBytes { hasher.update($0) }
    if hasher.finish() == Digest(trailer[24...]) { index = bytes }
  }

  /// Notes the entries that a log has got since the last look. Returns damaged bytes between good entries.
  func scan() throws(StoreError) -> [Range<Int>] {
    guard index.isEmpty else { return [] }
    size = try file.status().size
    var damaged: [Range<Int>] = []
    var (base, window) = (end, [UInt8]())
    while end < size {
      if end < base || end >= base + window.count || base + window.count < min(size, end + PackEntry.prefix) {
        (base, window) = (end, try read(1 << 18, at: end))
      }
      var reading = window.withUnsafeBytes { PackHead.read(UnsafeRawBufferPointer(rebasing: $0[(end - base)...])) }
      if case .short(let more) = reading, end + more <= size {
        (base, window) = (end, try read(max(more, 1 << 18), at: end))
        reading = window.withUnsafeBytes { PackHead.read($0) }
      }
      if case .head(let head) = reading, end + head.length <= size {
        note(head.key, end)
        end += head.length
      } else if let next = try nextEntry(after: end) {
        damaged.append(end..<next)
        end = next
      } else {
        break
      }
    }
    return damaged
  }

  /// The bytes behind the last good entry of a log.
  var rest: Range<Int>? { isLog && end < size && !dead.contains(end) ? end..<size : nil }

  func note(_ key: Digest, _ offset: Int) {
    if let before = last.updateValue(offset, forKey: key) { earlier[key, default: []].append(before) }
  }

  /// Bytes that this process has appended itself need not be read.
  func advance(to size: Int) {
    end = size
    self.size = size
  }

  /// The place of the next good entry, behind bytes that are none; nil at the end, where one may still
  /// be being written.
  private func nextEntry(after offset: Int) throws(StoreError) -> Int? {
    let bytes = try read(size - offset, at: offset)
    return bytes.withUnsafeBytes { bytes in
      for start in 1..<max(2, bytes.count) where start < bytes.count && bytes[start] == PackEntry.magic[0] {
        if case .head = PackHead.read(UnsafeRawBufferPointer(rebasing: bytes[start...])) { return offset + start }
      }
      return nil
    }
  }
}
