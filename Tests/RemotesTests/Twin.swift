import JSON
import Synchronization
import TestSupport
import Web

@testable import Remotes

/// The server that fails as it is told, of one test.
final class Twin: Sendable {
  private let server: TestServer
  private let client = HTTPClient(agent: "test")

  init() throws { server = try TestServer(["python3", TestServer.folder + "/twin.py"]) }

  /// Its addresses: this host, and another one.
  var here: String { "http://127.0.0.1:\(server.words[0])" }
  var elsewhere: String { "http://127.0.0.2:\(server.words[1])" }

  /// The next requests of a method whose path holds a text fail as members say, as `"status":503`.
  func fail(_ method: String, _ path: String, times: Int = 1, _ members: String) throws {
    try tell("/_faults", "[{\"method\":\"\(method)\",\"path\":\"\(path)\",\"times\":\(times),\(members)}]")
  }

  /// Sets how it behaves, as `"login":"bearer"`.
  func set(_ members: String) throws { try tell("/_state", "{\(members)}") }

  private func tell(_ path: String, _ text: String) throws {
    let request = HTTPRequest("POST", address(path), upload: .init(Array(text.utf8)))
    try client.send(request).checkSuccess(path)
  }

  private func address(_ path: String) -> WebAddress { WebAddress(here + path)! }

  /// Puts a file there.
  func put(_ path: String, _ bytes: [UInt8]) throws {
    try client.send(HTTPRequest("PUT", address(path), upload: .init(bytes))).checkSuccess(path)
  }

  /// A request that it got.
  struct Entry: CustomStringConvertible {
    let method, path, host, range, authorization, agent: String
    let received, port: Int
    var description: String { "\(method) \(path)\(range.isEmpty ? "" : " " + range)" }
  }

  /// The requests so far, those of `put` included.
  func log() throws -> [Entry] {
    var request = HTTPRequest("GET", address("/_log"))
    request.limit = 1 << 24
    let entries = try JSON(parsing: client.send(request).body).array ?? []
    return entries.map { entry in
      let text = { (key: String) in entry[key]?.string ?? "" }
      return Entry(
        method: text("method"), path: text("path"), host: text("host"), range: text("range"),
        authorization: text("authorization"), agent: text("agent"), received: entry["received"]?.int ?? 0,
        port: entry["port"]?.int ?? 0)
    }
  }
}

/// A clock that only moves when somebody waits by it, and what was waited.
final class TestClock: Sendable {
  private let waits = Mutex<[Double]>([])

  var waited: [Double] { waits.withLock { $0 } }

  func pace(patience: Double = 60, stall: Int = 20) -> Pace {
    var pace = Pace(patience: patience, stall: stall)
    pace.now = { self.waits.withLock { $0.reduce(1000, +) } }
    pace.sleep = { seconds in self.waits.withLock { $0.append(seconds) } }
    return pace
  }
}
