import Artifacts
import Testing

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }.joined()
}

@Suite struct CanonicalTests {
  /// The encoding byte by byte. A change here loses every result that anyone has.
  private static let vectors: [(Canonical, String)] = [
    (Canonical.null, "00"), (.bool(false), "01"), (.bool(true), "02"),
    (.int(0), "030000000000000000"), (.int(1), "030000000000000001"), (.int(-1), "03ffffffffffffffff"),
    (.int(.max), "037fffffffffffffff"), (.int(.min), "038000000000000000"),
    (.float(0), "040000000000000000"), (.float(-0.0), "040000000000000000"), (.float(1), "043ff0000000000000"),
    (.float(0.001), "043f50624dd2f1a9fc"), (.float(-2.5), "04c004000000000000"),
    (.float(.leastNonzeroMagnitude), "040000000000000001"),
    (.string(""), "050000000000000000"), (.string("k"), "0500000000000000016b"),
    (.string("é"), "050000000000000002c3a9"), (.string("e\u{301}"), "05000000000000000365cc81"),
    (.bytes([]), "060000000000000000"), (.bytes([0, 255]), "06000000000000000200ff"),
    (.list([]), "070000000000000000"), (.list([.null, .bool(true)]), "0700000000000000020002"),
    (.map([:]), "080000000000000000"),
    (
      .map(["b": .null, "a": .int(1), "B": .bool(false)]),
      """
      080000000000000003 050000000000000001 42 01 050000000000000001 61 030000000000000001
      050000000000000001 62 00
      """
    ),
  ]

  @Test(arguments: vectors) func `values are encoded as the golden vectors`(value: Canonical, expected: String) throws {
    #expect(hex(value.encoded()) == expected.filter { !$0.isWhitespace })
    #expect(try Canonical(decoding: value.encoded()).encoded() == value.encoded())
  }

  private static let bad: [String] = [
    "", "09", "03", "0300000000000000", "0000", "048000000000000000", "047ff0000000000000", "047ff8000000000000",
    "05ffffffffffffffff", "050000000000000001ff", "050000000000000002", "060000000000000001", "07ffffffffffffffff",
    "070000000000000001", "080000000000000001000000", "0800000000000000010300000000000000010000",
    // Keys out of order, twice, and alike but for Unicode normalisation.
    "080000000000000002050000000000000001620005000000000000000161" + "00",
    "080000000000000002050000000000000001610005000000000000000161" + "00",
    "08000000000000000205000000000000000365cc8100050000000000000002c3a9" + "00",
  ]

  @Test(arguments: bad) func `bytes that are not canonical are rejected`(text: String) {
    #expect(throws: CanonicalError.self) { try Canonical(decoding: bytes(text)) }
  }

  @Test func `the nesting of values is bounded`() throws {
    var value = Canonical.null
    for _ in 0..<63 { value = .list([value]) }
    #expect(try Canonical(decoding: value.encoded()) == value)
    #expect(throws: CanonicalError.self) { try Canonical(decoding: Canonical.list([value]).encoded()) }
    #expect(throws: CanonicalError.self) {
      try Canonical(decoding: [UInt8](repeating: 7, count: 100_000))
    }
  }

  @Test func `random values come back and different ones differ`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    var seen: [[UInt8]: String] = [:]
    for _ in 0..<2000 {
      let value = Canonical.random(depth: 0, using: &generator)
      let bytes = value.encoded()
      let back = try Canonical(decoding: bytes)
      #expect(back.encoded() == bytes, "seed \(seed)")
      #expect(back == value, "seed \(seed)")
      let text = String(reflecting: back)
      if let other = seen.updateValue(text, forKey: bytes), !text.contains(", ") {
        #expect(other == text, "seed \(seed)")
      }
    }
  }

  /// A decoder accepts bytes exactly when it would write them.
  @Test func `mutated bytes are rejected or canonical`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SplitMix(state: seed)
    for _ in 0..<3000 {
      var bytes = Canonical.random(depth: 0, using: &generator).encoded()
      for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, using: &generator) }
      if let value = try? Canonical(decoding: bytes) { #expect(value.encoded() == bytes, "seed \(seed)") }
    }
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { UInt8(String(UnicodeScalar($0)), radix: 16) ?? 0 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

func mutate(_ bytes: inout [UInt8], using generator: inout SplitMix) {
  let place = Int.random(in: 0...bytes.count, using: &generator)
  switch Int.random(in: 0..<4, using: &generator) {
  case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
  case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...9, using: &generator)
  case 2 where place < bytes.count: bytes.remove(at: place)
  default: bytes.insert(UInt8.random(in: 0...9, using: &generator), at: place)
  }
}

extension Canonical {
  static func random(depth: Int, using generator: inout SplitMix) -> Canonical {
    let count = Int.random(in: 0...3, using: &generator)
    switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .int(Int(bitPattern: UInt(generator.next() >> UInt64.random(in: 0..<64, using: &generator))))
    case 3:
      let value = Double(bitPattern: generator.next())
      return .float(value.isFinite ? value : 0.5)
    case 4: return .string(String.random(using: &generator))
    case 5: return .bytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    case 6: return .list((0..<count).map { _ in random(depth: depth + 1, using: &generator) })
    default:
      var entries: [String: Canonical] = [:]
      for _ in 0..<count { entries[String.random(using: &generator)] = random(depth: depth + 1, using: &generator) }
      return .map(entries)
    }
  }
}

extension String {
  static func random(using generator: inout SplitMix) -> String {
    let pieces = ["a", "b", "é", "e\u{301}", "基", "\0", "😀", "="]
    return (0..<Int.random(in: 0...4, using: &generator)).map { _ in
      pieces[Int.random(in: 0..<pieces.count, using: &generator)]
    }.joined()
  }
}

/// A small generator, so that a printed seed repeats a test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
