import Artifacts
import Synchronization
import TestSupport
import Testing
import Web

@testable import Remotes

/// The client when servers fail: each failure by a server that is told to.
@Suite struct ClientTests {
  private let twin: Twin
  private let clock = TestClock()
  private let client: HTTPClient
  private let bytes = noise(300_000, seed: 9)

  init() throws {
    twin = try Twin()
    client = HTTPClient(agent: "bioarc/1.2.3", pace: clock.pace())
    try twin.put("/site/a", bytes)
  }

  private func get(_ path: String, _ range: Range<Int>? = nil) -> HTTPRequest {
    var request = HTTPRequest("GET", WebAddress(twin.here + path)!)
    request.range = range
    return request
  }

  @Test(arguments: [408, 429, 500, 502, 503, 504]) func `a server that cannot serve now is asked again`(_ status: Int)
    throws
  {
    try twin.fail("GET", "/site/a", times: 3, "\"status\":\(status)")
    #expect(try client.send(get("/site/a")).body == bytes)
    #expect(client.requests == 4 && clock.waited.count == 3)
    // Each wait is longer, a tenth more or less.
    #expect(zip(clock.waited, [0.25, 0.5, 1]).allSatisfy { abs($0 - $1) <= $1 * 0.11 })
    #expect(try twin.log().last?.agent == "bioarc/1.2.3")
  }

  @Test(arguments: [200, 301, 400, 401, 403, 404, 409, 413, 501]) func `other answers are answers`(_ status: Int) throws
  {
    try twin.fail("GET", "/site/a", "\"status\":\(status)")
    #expect(try client.send(get("/site/a")).status == status)
    #expect(client.requests == 1)
  }

  @Test func `a server that says when to come again is asked then`() throws {
    try twin.fail("GET", "/site/a", "\"status\":429,\"headers\":{\"Retry-After\":\"7\"}")
    try twin.fail("GET", "/site/a", "\"status\":503,\"headers\":{\"Retry-After\":\"0\"}")
    #expect(try client.send(get("/site/a")).body == bytes)
    #expect(clock.waited == [7, 0])
  }

  @Test func `a time to come again is one of the server's clock`() throws {
    // Ten seconds from the time of a server whose clock is years off.
    try twin.fail(
      "GET", "/site/a",
      "\"status\":503,\"headers\":{\"Retry-After\":\"Tue, 01 Jan 2036 00:00:10 GMT\",\"x\":\"y\"}")
    // The twin's own date comes first, so the time lies years ahead, which is more than anybody waits.
    let error = failure { _ = try client.send(get("/site/a")) }
    guard case .busy(_, 503, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(clock.waited == [])
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
  }

  @Test func `patience ends, and what the server says is told`() throws {
    try twin.fail("GET", "/site/a", times: 1000, "\"status\":503,\"body\":\"{\\\"message\\\":\\\"too much to do\\\"}\"")
    let error = failure { _ = try client.send(get("/site/a")) }
    #expect(error?.isPassing == true && "\(error!)".contains("503") && "\(error!)".contains("too much to do"))
    let waited = clock.waited.reduce(0, +)
    #expect(waited <= 60 && waited > 45)
  }

  @Test func `a transfer that is cut goes on where it was`() throws {
    try twin.fail("GET", "/site/a", times: 2, "\"cut\":100000")
    #expect(try client.send(get("/site/a")).body == bytes)
    let log = try twin.log().filter { $0.method == "GET" }
    #expect(log.map(\.range) == ["", "bytes=100000-", "bytes=200000-"])
  }

  @Test func `a range that is cut goes on where it was`() throws {
    try twin.fail("GET", "/site/a", "\"cut\":50000")
    #expect(try client.read(get("/site/a"), 1000..<200_000, "it") == Array(bytes[1000..<200_000]))
    #expect(try twin.log().last?.range == "bytes=51000-199999")
  }

  @Test func `a server without ranges gives the whole, of which the range is taken`() throws {
    try twin.set("\"ranges\":false")
    #expect(try client.read(get("/site/a"), 1000..<2000, "it") == Array(bytes[1000..<2000]))
    try twin.fail("GET", "/site/a", "\"cut\":150000")
    #expect(try client.read(get("/site/a"), 100_000..<200_000, "it") == Array(bytes[100_000..<200_000]))
    #expect(try client.send(get("/site/a")).body == bytes)
  }

  @Test func `bytes of another content are not put together`() throws {
    try twin.fail("GET", "/site/a", "\"cut\":100000")
    let sink = Mutex<[UInt8]>([])
    var request = get("/site/a")
    let twin = twin
    let changed = Mutex(false)
    request.sink = { chunk in
      sink.withLock { $0 += Array(chunk) }
      if changed.withLock({ old in
        defer { old = true }; return !old
      }) {
        try twin.put("/site/a", noise(300_000))
      }
    }
    #expect(failure { _ = try client.transfer(request) }.map { "\($0)".contains("changed") } == true)
    #expect(sink.withLock { bytes.starts(with: $0) })
  }

  @Test func `other bytes than those asked for are an error`() throws {
    try twin.fail("GET", "/site/a", "\"shift\":1")
    #expect(
      failure { _ = try client.read(get("/site/a"), 10..<20, "it") }.map { "\($0)".contains("other bytes") } == true)
  }

  @Test func `a sink gets each byte once, and its error ends the transfer`() throws {
    try twin.fail("GET", "/site/a", times: 2, "\"cut\":70000")
    var (taken, request) = ([UInt8](), get("/site/a"))
    request.sink = { taken += Array($0) }
    let response = try client.transfer(request)
    #expect(taken == bytes && response.body == [] && response.received == bytes.count)
    struct Full: Error {}
    request.sink = { _ in throw Full() }
    #expect(throws: Full.self) { try client.transfer(request) }
  }

  @Test func `an answer larger than its limit is an error`() throws {
    var request = get("/site/a")
    request.limit = 299_999
    #expect(failure { _ = try client.send(request) } == .tooLarge("the answer"))
  }

  @Test func `a connection without an answer is tried again`() throws {
    try twin.fail("GET", "/site/a", times: 2, "\"drop\":0")
    #expect(try client.send(get("/site/a")).body == bytes)
    #expect(client.requests == 3)
  }

  @Test func `a server that almost stands still is left`() throws {
    let client = HTTPClient(agent: "test", pace: clock.pace(stall: 1))
    try twin.fail("GET", "/site/a", "\"slow\":1")
    guard case .stalled = failure({ _ = try client.send(get("/site/a")) }) else {
      Issue.record("it went on")
      return
    }
  }

  @Test func `nobody at an address is told soon, and by its name`() throws {
    let port = TestServer.freePort()
    let address = try #require(WebAddress("http://127.0.0.1:\(port)/a?secret=1"))
    let error = failure { _ = try client.send(HTTPRequest("GET", address)) }
    guard case .unreachable("127.0.0.1:\(port)", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(client.requests == 3 && !"\(error!)".contains("secret"))
  }

  @Test func `a body is sent whole again, and what was sent is counted back`() throws {
    try twin.fail("PUT", "/site/b", "\"drop\":1000")
    try twin.fail("PUT", "/site/b", "\"status\":503")
    var (opened, sent) = (0, 0)
    let upload = HTTPRequest.Upload(size: bytes.count) { [bytes] in
      opened += 1
      return MemoryReader(bytes[...])
    } progress: {
      sent += $0
    }
    let request = HTTPRequest("PUT", WebAddress(twin.here + "/site/b")!, upload: upload)
    #expect(try client.transfer(request).status == 201)
    #expect(opened == 3 && sent == bytes.count)
    #expect(try client.send(get("/site/b")).body == bytes)
  }

  @Test func `a source that fails, or has another size, ends the request with its error`() throws {
    struct Gone: Error {}
    let address = WebAddress(twin.here + "/site/c")!
    let broken = HTTPRequest("PUT", address, upload: .init(size: 5) { throw Gone() })
    #expect(throws: Gone.self) { try client.transfer(broken) }
    for size in [bytes.count - 1, bytes.count + 1] {
      let upload = HTTPRequest.Upload(size: size) { [bytes] in MemoryReader(bytes[...]) }
      #expect(failure { _ = try client.transfer(HTTPRequest("PUT", address, upload: upload)) } != nil)
    }
  }

  // Redirects

  @Test func `no secret goes to another host`() throws {
    try twin.fail("GET", "/site/x", "\"status\":307,\"headers\":{\"Location\":\"\(twin.elsewhere)/site/a\"}")
    var request = get("/site/x")
    request.headers.add("Authorization", "Bearer secret")
    request.headers.add("Cookie", "secret")
    #expect(try client.send(request).body == bytes)
    let last = try #require(try twin.log().last)
    #expect(last.host.hasPrefix("127.0.0.2:") && last.authorization == "")
    try twin.fail("GET", "/site/x", "\"status\":302,\"headers\":{\"Location\":\"/site/a\"}")
    #expect(try client.send(request).body == bytes)
    #expect(try twin.log().last?.authorization == "Bearer secret")
  }

  @Test func `a redirect that goes round ends`() throws {
    try twin.fail("GET", "/site/x", times: 100, "\"status\":302,\"headers\":{\"Location\":\"x\"}")
    #expect(failure { _ = try client.send(get("/site/x")) }.map { "\($0)".contains("again and again") } == true)
    #expect(client.requests == 6)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:pw@127.0.0.1/"])
  func `a redirect leads to nothing but the web`(_ location: String) throws {
    try twin.fail("GET", "/site/x", "\"status\":302,\"headers\":{\"Location\":\"\(location)\"}")
    #expect(failure { _ = try client.send(get("/site/x")) } != nil)
  }

  @Test func `a certificate that nobody has signed is told at once`() throws {
    guard TestServer.program("openssl") != nil else {
      print("skipped: a wrong certificate, since this machine has no openssl")
      return
    }
    let server = try TestServer(["python3", TestServer.folder + "/tls.py"])
    defer { withExtendedLifetime(server) {} }
    let address = try #require(WebAddress("https://127.0.0.1:\(server.words[0])/"))
    guard case .untrusted = failure({ _ = try client.send(HTTPRequest("GET", address)) }) else {
      Issue.record("it was trusted")
      return
    }
    #expect(client.requests == 1 && clock.waited == [])
  }

  @Test func `connections are used again`() throws {
    for _ in 0..<5 { _ = try client.read(get("/site/a"), 0..<10, "it") }
    #expect(client.requests == 5)
    let ports = try twin.log().filter { $0.method == "GET" }.map(\.port)
    #expect(ports.count == 5 && Set(ports).count == 1)
  }
}
