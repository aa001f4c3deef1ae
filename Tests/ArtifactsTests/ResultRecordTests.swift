import Artifacts
import Testing

@Suite struct ResultRecordTests {
  /// A record whose one output has these inline contents, encoded by hand.
  private static func record(_ inline: [String]) -> [UInt8] {
    let artifact = ArtifactReference(
      kind: .metrics, format: "", options: [:], layout: .file, digest: .of("a".utf8), size: 1)
    let reference = try! Canonical(decoding: CanonicalWriter.bytes { artifact.write(to: &$0) })
    let contents = inline.map { Canonical.list([.bytes(Digest.of($0.utf8).bytes), .bytes(Array($0.utf8))]) }
    return Canonical.list([
      .string("bioarc-result/1"),
      .list([.string("outputs"), .map(["metrics": .list([reference, .null, .list(contents)])])]),
      .map([:]), .float(1), .float(2), .int(3),
    ]).encoded()
  }

  /// Bytes that decode encode to the same bytes, so that nothing has two encodings.
  @Test func `inline contents have one order`() throws {
    let ordered = ["a", "b", "c"].sorted { Digest.of($0.utf8) < Digest.of($1.utf8) }
    #expect(try ResultRecord(decoding: Self.record(ordered)).encoded() == Self.record(ordered))
    #expect(throws: CanonicalError.self) { try ResultRecord(decoding: Self.record(ordered.reversed())) }
    #expect(throws: CanonicalError.self) { try ResultRecord(decoding: Self.record(["a", "a"])) }
  }

  /// A row with these last fields, encoded by hand.
  private static func row(_ port: [UInt8], isWhole: Bool, _ objects: [Digest], finished: UInt64) -> [UInt8] {
    let start = Canonical.list([
      .string("bioarc-row/1"), .bool(false),
      .list([.list([.bytes(port), .bytes(Digest.of("a".utf8).bytes), .int(1)])]), .bool(isWhole),
      .list(objects.map { .bytes($0.bytes) }), .int(Int(bitPattern: UInt(finished))), .float(2),
    ]).encoded()
    // The port's name as a string of any bytes, and the time as a number of any bits.
    var bytes = start
    bytes[bytes.count - 18] = 4
    bytes[31 + 9 + 9] = 5
    return bytes
  }

  @Test func `rows of results have one encoding`() throws {
    let time = (1.5).bitPattern
    let fine = Self.row([97], isWhole: true, [.of("b".utf8)], finished: time)
    let row = try ResultRow(decoding: fine)
    #expect(row.encoded() == fine && row.outputs.map(\.port) == ["a"] && row.finished == 1.5)
    for bad in [
      Self.row([0xFF], isWhole: true, [], finished: time), Self.row([97], isWhole: false, [.of([])], finished: time),
      Self.row([97], isWhole: true, [], finished: Double.nan.bitPattern),
      Self.row([97], isWhole: true, [], finished: (-0.0).bitPattern),
    ] {
      #expect(throws: CanonicalError.self) { try ResultRow(decoding: bad) }
    }
  }
}
