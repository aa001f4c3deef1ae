import Wording

/// Writes the canonical encoding (see `Canonical`) part by part, so that parts which many encodings share are written
/// once and appended as bytes.
///
/// A list or a map begins with the number of its parts: so many values follow, or so many keys with a value each,
/// which ascend by their UTF-8 bytes.
package struct CanonicalWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// The bytes that `body` writes.
  package static func bytes(_ body: (inout CanonicalWriter) -> Void) -> [UInt8] {
    var writer = CanonicalWriter()
    body(&writer)
    return writer.bytes
  }

  /// Writes the null value.
  package mutating func null() { bytes.append(0) }
  /// Writes a truth.
  package mutating func bool(_ value: Bool) { bytes.append(value ? 2 : 1) }
  /// Writes an integer.
  package mutating func int(_ value: Int) { head(3, UInt64(bitPattern: Int64(value))) }

  /// Writes a finite number.
  package mutating func float(_ value: Double) {
    precondition(value.isFinite, "\(value) has no canonical encoding")
    head(4, value == 0 ? 0 : value.bitPattern)
  }

  /// Writes a string, as a value or as the key of a map.
  package mutating func string(_ value: String) {
    head(5, UInt64(value.utf8.count))
    bytes += value.utf8
  }

  /// Writes bytes as one value.
  package mutating func bytes(_ value: some Collection<UInt8>) {
    head(6, UInt64(value.count))
    bytes += value
  }

  /// Begins a list of `count` values, which the caller writes next.
  package mutating func list(_ count: Int) { head(7, UInt64(count)) }
  /// Begins a map of `count` entries, which the caller writes next, each a key and a value.
  package mutating func map(_ count: Int) { head(8, UInt64(count)) }

  /// Writes a map with all its entries, in their order.
  package mutating func map<T>(_ entries: [String: T], value: (T, inout CanonicalWriter) -> Void) {
    map(entries.count)
    for (key, entry) in entries.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      string(key)
      value(entry, &self)
    }
  }

  /// Writes a map of as many entries as `body` returns that it has written.
  package mutating func map(_ body: (inout CanonicalWriter) -> Int) {
    map(0)
    let end = bytes.count
    let count = UInt64(body(&self))
    withUnsafeBytes(of: count.bigEndian) { bytes.replaceSubrange(end - 8..<end, with: $0) }
  }

  /// Writes a digest as its 32 bytes.
  package mutating func digest(_ digest: Digest) {
    head(6, 32)
    digest.append(to: &bytes)
  }

  /// Appends bytes of an earlier encoding: a value, a key with its value, or a front with all that follows
  /// it still to come.
  package mutating func append(_ encoded: [UInt8]) { bytes += encoded }

  /// Forgets all bytes, and keeps the room for them.
  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  private mutating func head(_ tag: UInt8, _ word: UInt64) {
    bytes.append(tag)
    withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

extension Canonical {
  /// The encoding of this value.
  package func encoded() -> [UInt8] { CanonicalWriter.bytes { write(to: &$0) } }

  /// Writes the encoding of this value.
  package func write(to writer: inout CanonicalWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .int(let value): writer.int(value)
    case .float(let value): writer.float(value)
    case .string(let value): writer.string(value)
    case .bytes(let value): writer.bytes(value)
    case .list(let values):
      writer.list(values.count)
      for value in values { value.write(to: &writer) }
    case .map(let entries): writer.map(entries) { $0.write(to: &$1) }
    }
  }
}
