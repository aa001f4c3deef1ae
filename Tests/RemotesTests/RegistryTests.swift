import Artifacts
import Glibc
import TestSupport
import Testing
import Web

@testable import Remotes

/// Registries that want to know who asks, and that fail in the middle.
@Suite struct RegistryTests {
  private let twin: Twin
  private let clock = TestClock()
  private let bytes = noise(50_000, seed: 4)

  init() throws { twin = try Twin() }

  private var host: String { String(twin.here.dropFirst("http://".count)) }

  private func remote(_ environment: [String: String] = ["BIOARC_REGISTRY_TOKEN": "lab:se:cret"]) throws -> any Remote {
    // A token goes to the host that is named for it, and to no other.
    let environment = ["BIOARC_REGISTRY_HOST": host].merging(environment) { $1 }
    return try RemoteAddress.open("oci://\(host)/lab/r", environment: environment, agent: "test", pace: clock.pace())
  }

  private func put(_ remote: any Remote) throws {
    try remote.put(.of(bytes), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
  }

  /// Writes and reads all there is.
  private func works(_ remote: any Remote) throws {
    #expect(try remote.tags() == [])
    try put(remote)
    try remote.publish("p-a", Array("{\"a\":1}".utf8))
    #expect(try remote.tags() == ["p-a"])
    #expect(try remote.manifest("p-a") == Array("{\"a\":1}".utf8))
    #expect(try remote.read(.of(bytes), 10..<40_000) == Array(bytes[10..<40_000]))
  }

  @Test(arguments: ["none", "basic", "bearer"]) func `a registry is told who asks as it wants it`(_ login: String)
    throws
  {
    try twin.set("\"login\":\"\(login)\"")
    try works(remote())
    // It asks once, and for a token of each scope once.
    let log = try twin.log()
    #expect(log.count { $0.path.hasPrefix("/token") } == (login == "bearer" ? 2 : 0))
    if login == "bearer" {
      let asked = try #require(log.first { $0.path.hasPrefix("/token") }).path
      #expect(asked.contains("service=a%2C%20service") && asked.contains("scope=repository%3Alab%2Fr%3Apull&scope="))
    }
  }

  @Test func `a token that ends in the middle is renewed, once`() throws {
    try twin.set("\"login\":\"bearer\",\"uses\":2")
    try works(remote())
    try twin.set("\"uses\":0,\"tokens\":{}")
    try twin.fail("GET", "/token", times: 9, "\"status\":200,\"body\":\"{\\\"token\\\":\\\"worthless\\\"}\"")
    let before = try twin.log().count
    guard case .needsCredentials = failure({ _ = try remote().tags() }) else {
      Issue.record("a worthless token was enough")
      return
    }
    #expect(try twin.log().count == before + 3)
  }

  @Test func `secrets are in no message`() throws {
    for login in ["basic", "bearer"] {
      try twin.set("\"login\":\"\(login)\"")
      for secret in ["lab:wrong-secret", "worthless-secret"] {
        let error = try #require(failure { _ = try remote(["BIOARC_REGISTRY_TOKEN": secret]).tags() })
        #expect(!"\(error)".contains("secret") && "\(error)".contains("docker login"))
      }
      let error = try #require(failure { _ = try remote([:]).tags() })
      #expect("\(error)".contains("BIOARC_REGISTRY_TOKEN"))
    }
  }

  @Test func `credentials are those of docker login, of its helpers, and of podman`() throws {
    let folder = try Workspace()
    defer { withExtendedLifetime(folder) {} }
    let auth = Base64.encoded(Array("lab:se:cret".utf8))
    try folder.write("a/config.json", "{\"auths\":{\"https://\(host)/v1/\":{\"auth\":\"\(auth)\"}}}")
    try folder.write("b/config.json", "{\"credHelpers\":{\"\(host)\":\"keys\"},\"auths\":{\"\(host)\":{}}}")
    try folder.write("c/config.json", "{\"credsStore\":\"none\",\"auths\":{\"\(host)\":{\"auth\":\"\(auth)\"}}}")
    try folder.write("d/config.json", "{\"auths\":{\"\(host)\":{\"identitytoken\":\"IDENTITY\"}}}")
    try folder.write("e/containers/auth.json", "{\"auths\":{\"\(host)\":{\"auth\":\"\(auth)\"}}}")
    try folder.write(
      "bin/docker-credential-keys",
      "#!/bin/sh\n[ \"$1 $(cat)\" = \"get \(host)\" ] && echo '{\"Username\":\"lab\",\"Secret\":\"se:cret\"}'\n")
    try folder.write(
      "bin/docker-credential-none", "#!/bin/sh\necho credentials not found in native keychain\nexit 1\n")
    for name in ["keys", "none"] { chmod(folder.path("bin/docker-credential-\(name)"), 0o755) }
    try twin.set("\"login\":\"bearer\"")
    let path = "\(folder.path("bin")):/usr/bin:/bin"
    for name in ["a", "b", "c", "d"] {
      #expect(try remote(["DOCKER_CONFIG": folder.path(name), "PATH": path]).tags() == [], "\(name)")
    }
    #expect(try remote(["HOME": folder.path("none"), "XDG_RUNTIME_DIR": folder.path("e")]).tags() == [])
    try folder.write("token", "lab:se:cret\n")
    #expect(try remote(["BIOARC_REGISTRY_TOKEN_FILE": folder.path("token")]).tags() == [])
    for other in ["elsewhere.org", ""] {
      let environment = ["BIOARC_REGISTRY_TOKEN": "lab:se:cret", "BIOARC_REGISTRY_HOST": other]
      #expect(failure { _ = try remote(environment).tags() } != nil, "\(other)")
    }
  }

  @Test func `an upload that is cut, refused for now or told to wait is made again, whole`() throws {
    try twin.fail("PUT", "/blobs/uploads/", "\"drop\":5000")
    try twin.fail("POST", "/blobs/uploads/", "\"status\":429,\"headers\":{\"Retry-After\":\"3\"}")
    try twin.fail("PUT", "/blobs/uploads/", "\"status\":503")
    let remote = try remote()
    try put(remote)
    #expect(try remote.read(.of(bytes), 0..<bytes.count) == bytes)
    #expect(clock.waited.contains(3))
  }

  @Test func `bytes that are not those of the digest are refused, and the words are the server's`() throws {
    let remote = try remote()
    let error = failure {
      try remote.put(.of([1, 2, 3]), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
    }
    #expect(error.map { "\($0)".contains("DIGEST_INVALID: other bytes") } == true)
  }

  @Test func `tags come in pages, in any order, and names of others are left out`() throws {
    let remote = try remote()
    for index in 0..<7 { try remote.publish("p-\(9 - index)", [UInt8(index)]) }
    try twin.fail(
      "GET", "/tags/list", "\"status\":200,\"body\":\"{\\\"tags\\\":[\\\"p-b\\\",\\\"latest\\\",\\\"p-a\\\"]}\"")
    #expect(try remote.tags() == ["p-a", "p-b"])
    try twin.set("\"page\":2")
    #expect(try remote.tags() == (3...9).map { "p-\($0)" })
    #expect(try twin.log().count { $0.path.contains("tags/list") } == 5)
    try twin.fail(
      "GET", "/tags/list",
      "\"status\":200,\"body\":\"{\\\"tags\\\":[]}\","
        + "\"headers\":{\"Link\":\"<\(twin.elsewhere)/v2/>; rel=\\\"next\\\"\"}")
    #expect(failure { _ = try remote.tags() }.map { "\($0)".contains("elsewhere") } == true)
  }

  @Test func `a blob that lies at another host is fetched there without a secret`() throws {
    try twin.set("\"login\":\"basic\"")
    try twin.put("/site/blob", bytes)
    let location = "{\"Location\":\"\(twin.elsewhere)/site/blob\"}"
    try twin.fail("GET", "/blobs/sha256", times: 2, "\"status\":307,\"headers\":\(location)")
    let remote = try remote()
    #expect(try remote.tags() == [])
    #expect(try remote.read(.of(bytes), 100..<200) == Array(bytes[100..<200]))
    let last = try #require(try twin.log().last)
    #expect(last.host.hasPrefix("127.0.0.2") && last.authorization == "" && last.range == "bytes=100-199")
  }

  @Test func `an upload that goes to another host takes no secret along`() throws {
    try twin.set("\"login\":\"basic\"")
    let remote = try remote()
    #expect(try remote.tags() == [])
    try twin.fail(
      "POST", "/blobs/uploads/", "\"status\":202,\"headers\":{\"Location\":\"\(twin.elsewhere)/site/up?key=1\"}")
    try put(remote)
    let last = try #require(try twin.log().last)
    #expect(last.path == "/site/up?key=1&digest=sha256:\(Digest.of(bytes))" && last.authorization == "")
  }

  @Test func `a registry that does not delete says so`() throws {
    let remote = try remote()
    try remote.publish("p-a", [1])
    guard case .unsupported(let text) = failure({ try remote.removeTag("p-a") }) else {
      Issue.record("it was deleted")
      return
    }
    #expect(text.contains("operator"))
  }
}
