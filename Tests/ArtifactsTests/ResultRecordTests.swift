import Artifacts
import Testing

@Suite struct ResultRecordTests {
  /// A record whose one output has these inline contents, encoded by hand.
  private static func record(_ inline: [String]) -> [UInt8] {
    let artifact = ArtifactReference(
      kind: .metrics, format: "", options: [:], layout: .file, digest: .of("a".utf8), size: 1)
    let contents = inline.map { Canonical.list([.bytes(Digest.of($0.utf8).bytes), .bytes(Array($0.utf8))]) }
    return Canonical.list([
      .string("bioarc-result/1"),
      .list([.string("outputs"), .map(["metrics": .list([artifact.canonical, .null, .list(contents)])])]),
      .map([:]), .float(1), .float(2), .int(3),
    ]).encoded()
  }

  /// What decodes encodes to the same bytes, so that nothing has two encodings.
  @Test func inlineContentsHaveOneOrder() throws {
    let ordered = ["a", "b", "c"].sorted { Digest.of($0.utf8) < Digest.of($1.utf8) }
    #expect(try ResultRecord(decoding: Self.record(ordered)).encoded() == Self.record(ordered))
    #expect(throws: CanonicalError.self) { try ResultRecord(decoding: Self.record(ordered.reversed())) }
    #expect(throws: CanonicalError.self) { try ResultRecord(decoding: Self.record(["a", "a"])) }
  }
}
