import TestSupport
import Testing
import Web

@testable import Remotes

/// Files of the web, fetched whole from a server that fails.
@Suite struct WebFileTests {
  private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 97 ^ $0 >> 7) }

  private final class Sink {
    var bytes: [UInt8] = []
    var sizes: Set<Int> = []
  }

  private func fetch(_ twin: Twin, from start: Int = 0, limit: Int = 1 << 30) throws -> Sink {
    let sink = Sink()
    let address = try #require(WebAddress(twin.here + "/data/genome.fa"))
    try WebFile(address, agent: "test", pace: TestClock().pace()).fetch(from: start, limit: limit) {
      sink.bytes += $0
    } progress: { _, size in
      if let size { sink.sizes.insert(size) }
    }
    return sink
  }

  @Test func `a file comes whole, also over connections that are cut`() throws {
    let twin = try Twin()
    try twin.put("/data/genome.fa", Self.content)
    try twin.fail("GET", "/data/genome.fa", times: 3, "\"cut\":70000")
    let sink = try fetch(twin)
    #expect(sink.bytes == Self.content && sink.sizes == [Self.content.count])
    let ranges = try twin.log().filter { $0.method == "GET" }.map(\.range)
    #expect(ranges.count == 4 && ranges[0].isEmpty && ranges[1] == "bytes=70000-", "\(ranges)")
  }

  @Test func `a part that is here is not fetched again`() throws {
    let twin = try Twin()
    try twin.put("/data/genome.fa", Self.content)
    #expect(try fetch(twin, from: 200_000).bytes == Array(Self.content[200_000...]))
    #expect(try twin.log().last?.range == "bytes=200000-")
    // All of it is here: the server says so by a status of its own.
    #expect(try fetch(twin, from: Self.content.count).bytes.isEmpty)
    // A server without ranges sends all, and the rest of it is taken.
    try twin.set("\"ranges\":false")
    #expect(try fetch(twin, from: 200_000).bytes == Array(Self.content[200_000...]))
  }

  @Test func `a file that is too large or not there is an error`() throws {
    let twin = try Twin()
    try twin.put("/data/genome.fa", Self.content)
    #expect(throws: RemoteError.self) { try fetch(twin, limit: 100_000) }
    try twin.fail("GET", "/data/genome.fa", times: 9, "\"status\":404")
    let error = #expect(throws: RemoteError.self) { try fetch(twin) }
    #expect(error?.isAbsent == true)
  }

  @Test func `an answer that is not the whole file is an error`() throws {
    let twin = try Twin()
    try twin.put("/data/genome.fa", Self.content)
    for status in [204, 206] {
      try twin.fail("GET", "/data/genome.fa", times: 1, "\"status\":\(status)")
      #expect(throws: RemoteError.self, "\(status)") { try fetch(twin) }
    }
    #expect(try fetch(twin).bytes == Self.content)
  }
}
