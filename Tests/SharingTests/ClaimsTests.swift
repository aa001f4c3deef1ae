import Artifacts
import Testing

@testable import Sharing

@Suite struct ClaimsTests {
  private static let claims = Claims(
    lab: "lab-a", writer: "9f3c2a1b7d5e4c60", number: 42, previous: Plant.zeros(), issued: "2026-11-28T17:00:00Z",
    Plant.results.map { Claims.Claim($1, $0.key) })

  /// The text is signed and kept by others: no byte of it may change.
  @Test func `claims are the text that they always were`() throws {
    let lines = String(decoding: Self.claims.encoded(), as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(6) == [
        "bioarc-claims 1", "lab lab-a", "writer 9f3c2a1b7d5e4c60", "push 42",
        "previous " + String(repeating: "0", count: 64), "issued 2026-11-28T17:00:00Z",
      ])
    let digest = Digest.of(Plant.large).hex, small = Digest.of(Plant.small).hex
    let second = try #require(lines.first { $0.hasPrefix(Plant.identity(2).key.hex) })
    #expect(second.hasSuffix(" note=f:\(small):5 out=f:\(digest):5000"))
    #expect(second.contains(" computed env="))
    #expect(second.contains(" record=\(Digest.of(Plant.results[1].1.encoded())) "))
    #expect(lines.first { $0.hasPrefix(Plant.identity(4).key.hex) }?.hasSuffix(" failed !diverged") == true)
    let tree = try #require(lines.first { $0.hasPrefix(Plant.identity(3).key.hex) })
    #expect(tree.contains(" all=t:"))
    #expect(try Claims(decoding: Self.claims.encoded()) == Self.claims)
    for (identity, record) in Plant.results {
      #expect(Self.claims[identity.key]?.outcome == Claims.Claim(record, identity.key).outcome)
    }
    #expect(Self.claims[Plant.identity(9).key] == nil)
  }

  /// One byte more, less or other is refused, or is another statement that is written exactly so.
  @Test func `a text that is not written so is refused`() throws {
    let text = Self.claims.encoded()
    for place in text.indices {
      for other in [text[place] ^ 1, UInt8(ascii: " "), UInt8(ascii: "\n"), 0] where other != text[place] {
        var changed = text
        changed[place] = other
        if let read = try? Claims(decoding: changed) { #expect(read.encoded() == changed && read != Self.claims) }
      }
      #expect((try? Claims(decoding: Array(text[..<place]))) != Self.claims)
    }
    for change in [
      { (text: String) in text + "\n" }, { $0.replacing("lab lab-a", with: "lab Lab A") },
      { $0.replacing("push 42", with: "push 042") }, { $0.replacing("push 42", with: "push -1") },
      { $0.replacing("computed", with: "imagined") }, { $0.replacing("17:00:00Z", with: "17:00:00 ") },
      { $0.replacing(" note=", with: "  note=") }, { $0.replacing(":5000", with: ":05000") },
      { $0.replacing("!diverged", with: "!di\u{7}ged") }, { $0.replacing("failed !", with: "failed ") },
      { $0.replacing("bioarc-claims 1", with: "bioarc-claims 2") }, { $0.replacing("\n", with: "\r\n") },
    ] as [(String) -> String] {
      let changed = change(String(decoding: text, as: UTF8.self))
      #expect(throws: SharingError.self) { try Claims(decoding: Array(changed.utf8)) }
    }
    // Claims out of order, and one that is there twice.
    var lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    lines.swapAt(6, 7)
    #expect(throws: SharingError.self) { try Claims(decoding: Array((lines.joined(separator: "\n") + "\n").utf8)) }
    lines[6] = lines[7]
    #expect(throws: SharingError.self) { try Claims(decoding: Array((lines.joined(separator: "\n") + "\n").utf8)) }
  }
}
