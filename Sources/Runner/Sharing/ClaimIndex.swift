import Artifacts

/// The claims of several pushes, found by key. The texts were read whole when they came; here a line is read when
/// somebody asks for it.
struct ClaimIndex {
  /// A line of one of the texts.
  struct Entry {
    let key: Digest
    /// The place of the push, and of the claim among those of its push, which is that of its record too.
    let push: Int
    let place: Int
    fileprivate let offset: Int
  }

  private let texts: [[UInt8]]
  /// Ascending by key.
  private let entries: [Entry]
  /// Claims of each push.
  let counts: [Int]

  private static let headLines = 6

  init(_ texts: [[UInt8]]) {
    self.texts = texts
    var (entries, counts): ([Entry], [Int]) = ([], [])
    for (push, text) in texts.enumerated() {
      let before = entries.count
      text.withUnsafeBytes { bytes in
        var (line, start) = (0, 0)
        while start < bytes.count {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
          if line >= Self.headLines, rest.count > 64 {
            let hex = String(decoding: rest.prefix(64), as: UTF8.self)
            if let key = Digest(hex: hex) {
              entries.append(Entry(key: key, push: push, place: line - Self.headLines, offset: start))
            }
          }
          line += 1
          start += (rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count) + 1
        }
      }
      counts.append(entries.count - before)
    }
    self.counts = counts
    self.entries = texts.count == 1 ? entries : entries.sorted { ($0.key, $0.push) < ($1.key, $1.push) }
  }

  /// The claims of a step, in the order of the pushes.
  subscript(key: Digest) -> ArraySlice<Entry> {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    var end = low
    while end < entries.count, entries[end].key == key { end += 1 }
    return entries[low..<end]
  }

  /// Reads the line.
  func claim(_ entry: Entry) throws -> Claims.Claim {
    let line = texts[entry.push][entry.offset...].prefix { $0 != UInt8(ascii: "\n") }
    return try Claims.claim(String(decoding: line, as: UTF8.self))
  }

  /// All claims of a push.
  func entries(of push: Int) -> [Entry] { entries.filter { $0.push == push } }

  /// The claims of each step, ascending by key.
  var groups: [ArraySlice<Entry>] {
    var (found, start): ([ArraySlice<Entry>], Int) = ([], 0)
    for end in entries.indices.dropFirst() where entries[end].key != entries[start].key {
      found.append(entries[start..<end])
      start = end
    }
    if !entries.isEmpty { found.append(entries[start...]) }
    return found
  }
}
