import Wording

/// A value in the project's one canonical encoding: keys are digests of it, and records are written in it.
///
/// Every value starts with a tag byte; integers and lengths are 8 bytes, most significant first:
///
///     00                     null
///     01 / 02                false / true
///     03 int64               integer, two's complement
///     04 bits64              IEEE 754 double; -0 is written as 0; NaN and infinities are not values
///     05 count bytes         string, raw UTF-8
///     06 count bytes         bytes
///     07 count values        list
///     08 count (05 value)    map: string keys, ascending by their UTF-8 bytes, each once
/// Equal values have equal bytes and different values different bytes, so a digest of the bytes is an identity.
package enum Canonical: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case bytes([UInt8])
  case list([Canonical])
  case map([String: Canonical])

  /// The value that `bytes` encode. Throws `CanonicalError` for anything that `encoded()` would not have written.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    var decoder = Decoder(bytes: bytes)
    self = try decoder.value(depth: 0)
    guard decoder.offset == bytes.count else { throw CanonicalError(offset: decoder.offset, reason: "trailing bytes") }
  }

  private struct Decoder {
    let bytes: [UInt8]
    var offset = 0

    mutating func value(depth: Int) throws(CanonicalError) -> Canonical {
      guard depth < 64 else { throw fail("nested deeper than 64") }
      guard offset < bytes.count else { throw fail("ends early") }
      let tag = bytes[offset]
      offset += 1
      switch tag {
      case 0: return .null
      case 1: return .bool(false)
      case 2: return .bool(true)
      case 3: return .int(Int(Int64(bitPattern: try word())))
      case 4:
        let value = Double(bitPattern: try word())
        guard value.isFinite, value != 0 || value.sign == .plus else { throw fail("not a canonical number") }
        return .float(value)
      case 5: return .string(try text())
      case 6: return .bytes(Array(try run(try count(unit: 1))))
      case 7:
        let total = try count(unit: 1)
        var values: [Canonical] = []
        // Nested lists could each claim all that is left, so a claim is not yet worth its memory.
        values.reserveCapacity(min(total, 1024))
        for _ in 0..<total { values.append(try value(depth: depth + 1)) }
        return .list(values)
      case 8: return try map(depth: depth)
      default: throw fail("unknown tag \(tag)")
      }
    }

    private mutating func map(depth: Int) throws(CanonicalError) -> Canonical {
      let total = try count(unit: 10)
      var entries: [String: Canonical] = [:]
      entries.reserveCapacity(min(total, 1024))
      var last: String?
      for _ in 0..<total {
        guard offset < bytes.count, bytes[offset] == 5 else { throw fail("a map key is a string") }
        offset += 1
        let key = try text()
        if let last, !last.precedesInBytes(key) { throw fail("map keys out of order") }
        last = key
        // Strings that differ in bytes only by Unicode normalisation are one key of a Dictionary.
        guard entries.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
          throw fail("two map keys that read alike")
        }
      }
      return .map(entries)
    }

    private mutating func text() throws(CanonicalError) -> String {
      guard let text = String(validating: try run(try count(unit: 1)), as: UTF8.self) else { throw fail("not UTF-8") }
      return text
    }

    private mutating func word() throws(CanonicalError) -> UInt64 { try run(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// A count of things of at least `unit` bytes each: bounded by what is left, so that a bad count allocates nothing.
    private mutating func count(unit: Int) throws(CanonicalError) -> Int {
      let value = try word()
      guard value <= UInt64((bytes.count - offset) / unit) else { throw fail("a count of \(value) is past the end") }
      return Int(value)
    }

    private mutating func run(_ count: Int) throws(CanonicalError) -> ArraySlice<UInt8> {
      guard count <= bytes.count - offset else { throw fail("ends early") }
      defer { offset += count }
      return bytes[offset..<offset + count]
    }

    private func fail(_ reason: String) -> CanonicalError { CanonicalError(offset: offset, reason: reason) }
  }
}

/// Typed access to decoded maps, each lookup an error that names the missing field.
extension Canonical {
  /// The value of a field of a map. Throws where this is no map or has no such field.
  package func field(_ name: String) throws(CanonicalError) -> Canonical {
    guard case .map(let entries) = self, let value = entries[name] else {
      throw CanonicalError(offset: 0, reason: "no field '\(name)'")
    }
    return value
  }
  /// The value as a string; throws for any other value.
  package func string() throws(CanonicalError) -> String {
    guard case .string(let value) = self else { throw CanonicalError(offset: 0, reason: "not a string") }
    return value
  }
  /// The value as an integer; throws for any other value.
  package func int() throws(CanonicalError) -> Int {
    guard case .int(let value) = self else { throw CanonicalError(offset: 0, reason: "not an integer") }
    return value
  }
  /// The value as bytes; throws for any other value.
  package func bytes() throws(CanonicalError) -> [UInt8] {
    guard case .bytes(let value) = self else { throw CanonicalError(offset: 0, reason: "not bytes") }
    return value
  }
  /// The value as a list; throws for any other value.
  package func list() throws(CanonicalError) -> [Canonical] {
    guard case .list(let value) = self else { throw CanonicalError(offset: 0, reason: "not a list") }
    return value
  }
  /// The value as a map; throws for any other value.
  package func map() throws(CanonicalError) -> [String: Canonical] {
    guard case .map(let value) = self else { throw CanonicalError(offset: 0, reason: "not a map") }
    return value
  }
  /// The value as a digest, from its 32 bytes; throws for any other value.
  package func digest() throws(CanonicalError) -> Digest {
    let value = try bytes()
    guard value.count == 32 else { throw CanonicalError(offset: 0, reason: "not a digest") }
    return Digest(value)
  }
}
