import Artifacts
import Files
import TestSupport
import Testing
import Web

@testable import Remotes

/// S3: signatures by published examples and by a server that computes them again, and its failures.
@Suite struct BucketTests {
  private static let known = S3Credentials(
    id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

  /// Amazon's published examples of signatures.
  @Test(arguments: [
    (
      "GET", "/test.txt", [("range", "bytes=0-9")], "",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    ),
    ("GET", "/?lifecycle", [], "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    ("GET", "/?prefix=J&max-keys=2", [], "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    (
      "PUT", "/test%24file.text",
      [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
      "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
    ),
  ])
  func `signatures are those of Amazon's examples`(
    _ method: String, _ path: String, _ headers: [(String, String)], _ body: String, _ signature: String
  ) throws {
    let address = try #require(WebAddress("https://examplebucket.s3.amazonaws.com\(path)"))
    let request = HTTPRequest(method, address, headers.map { (name: $0.0, value: $0.1) })
    let signed = S3Signature(Self.known, region: "us-east-1")
      .headers(request, payload: .of(Array(body.utf8)), time: 1_369_353_600)
    #expect(signed["x-amz-date"] == "20130524T000000Z")
    let value = try #require(signed["authorization"])
    #expect(value.hasSuffix("Signature=\(signature)"))
    #expect(value.contains("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"))
  }

  /// RFC 4231, cases 1, 2 and 6.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `keyed digests are those of the examples`(_ key: [UInt8], _ text: String, _ digest: String) {
    #expect(Digest(HMAC.digest(Array(text.utf8), key: key)).hex == digest)
  }

  private let twin: Twin
  private let clock = TestClock()
  private let bytes = noise(50_000, seed: 5)

  init() throws {
    twin = try Twin()
    try twin.set("\"signed\":true")
  }

  private static let environment = ["AWS_ACCESS_KEY_ID": "TESTID", "AWS_SECRET_ACCESS_KEY": "TESTSECRET123"]

  private func remote(_ prefix: String = "/lab", _ environment: [String: String] = Self.environment) throws
    -> any Remote
  {
    try RemoteAddress.open(
      "s3://bucket\(prefix)?endpoint=\(twin.here)", environment: environment, agent: "test", pace: clock.pace())
  }

  private func put(_ remote: any Remote) throws {
    try remote.put(.of(bytes), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
  }

  @Test(arguments: ["", "/lab", "/lab a/ü+b=c&d"])
  func `what a server signs is what is sent`(_ prefix: String) throws {
    let encoded = WebAddress.encoded(prefix, keepingSlashes: true)
    let remote = try remote(encoded)
    #expect(try remote.tags() == [])
    try put(remote)
    try remote.publish("p-a", [1, 2])
    #expect(try remote.tags() == ["p-a"])
    #expect(try remote.manifest("p-a") == [1, 2])
    #expect(try remote.read(.of(bytes), 5..<50) == Array(bytes[5..<50]))
    #expect(try remote.blobs()?.count == 3)
    try remote.removeTag("p-a")
    #expect(try remote.tags() == [])
  }

  @Test func `lists come in pages`() throws {
    try twin.set("\"page\":2")
    let remote = try remote()
    for index in 1...5 { try remote.publish("p-\(index)", [UInt8(index)]) }
    #expect(try remote.tags() == (1...5).map { "p-\($0)" })
    #expect(try remote.blobs()?.count == 6)
  }

  @Test func `a bucket of another region is asked there`() throws {
    try twin.set("\"region\":\"eu-west-3\"")
    let remote = try remote()
    try put(remote)
    #expect(try remote.read(.of(bytes), 0..<9) == Array(bytes[..<9]))
    let log = try twin.log()
    #expect(
      log.count == 3 && log[0].authorization.contains("/us-east-1/") && log[1].authorization.contains("/eu-west-3/"))
  }

  @Test func `clocks that differ are told, both`() throws {
    try twin.set("\"skew\":-7200")
    let remote = try remote()
    for body in [{ _ = try remote.tags() }, { _ = try remote.holds(.of([]), size: 1) }] as [() throws -> Void] {
      guard case .skewed(_, let here, let there) = failure(body) else {
        Issue.record("the clock was not seen")
        continue
      }
      #expect(abs(here - there - 7200) < 100)
    }
  }

  @Test func `a write that meets another one, or is told to wait, is made again`() throws {
    try twin.fail("PUT", "/blobs/", "\"status\":409")
    try twin.fail("PUT", "/blobs/", "\"status\":503,\"headers\":{\"Retry-After\":\"2\"}")
    try twin.fail("PUT", "/blobs/", "\"drop\":100")
    let remote = try remote()
    try put(remote)
    #expect(try remote.read(.of(bytes), 0..<bytes.count) == bytes)
    #expect(remote.requests == 5)
  }

  @Test func `wrong secrets and none are told, without them`() throws {
    let wrong = try remote("", ["AWS_ACCESS_KEY_ID": "TESTID", "AWS_SECRET_ACCESS_KEY": "wrong-secret"])
    let error = try #require(failure { _ = try wrong.tags() })
    #expect("\(error)".contains("SignatureDoesNotMatch") && !"\(error)".contains("wrong-secret"))
    guard case .needsCredentials(_, let advice) = failure({ _ = try remote("", [:]).tags() }) else {
      Issue.record("nobody was let in")
      return
    }
    #expect(advice.contains("AWS_ACCESS_KEY_ID"))
    try twin.set("\"signed\":false")
    #expect(try remote("", [:]).tags() == [])
    #expect(try twin.log().last?.authorization == "")
  }

  @Test func `a request of another host is followed without a signature`() throws {
    try twin.fail("GET", "/bucket", "\"status\":307,\"headers\":{\"Location\":\"\(twin.elsewhere)/bucket\"}")
    #expect(failure { _ = try remote().tags() }.map { "\($0)".contains("region") } == true)
    #expect(try twin.log().count == 1)
  }

  // Accounts

  private func account(_ files: [String: String], _ environment: [String: String] = [:], profile: String? = nil) throws
    -> S3Account
  {
    let folder = try Workspace()
    for (name, text) in files { try folder.write("home/.aws/\(name)", text) }
    let account = try S3Account(environment.merging(["HOME": folder.path("home")]) { $1 }, profile: profile)
    return account
  }

  @Test func `credentials come from the environment, then from profiles`() throws {
    let files = [
      "credentials": "[default]\naws_access_key_id = A\naws_secret_access_key=B\n# a comment\n[lab]\n"
        + "aws_access_key_id=C\naws_secret_access_key=D=\naws_session_token = E\n",
      "config": "[profile lab]\nregion = eu-central-1\nservices = mine\n[services mine]\ns3 =\n"
        + "  endpoint_url = https://s3.example.org\n[profile vault]\ncredential_process = "
        + "/bin/echo {\"Version\":1,\"AccessKeyId\":\"F\",\"SecretAccessKey\":\"G\",\"SessionToken\":\"H\","
        + "\"Expiration\":\"2026-11-28T17:00:00Z\"}\n",
    ]
    #expect(try account(files).credentials(at: 0) == S3Credentials(id: "A", secret: "B"))
    let environment = ["AWS_ACCESS_KEY_ID": "X", "AWS_SECRET_ACCESS_KEY": "Y"]
    #expect(try account(files, environment).credentials(at: 0) == S3Credentials(id: "X", secret: "Y"))
    let lab = try account(files, environment, profile: "lab")
    #expect(try lab.credentials(at: 0) == S3Credentials(id: "C", secret: "D=", token: "E"))
    #expect(lab.region == "eu-central-1" && lab.endpoint == "https://s3.example.org")
    #expect(try account([:]).credentials(at: 0) == nil)
    #expect(try account([:]).region == "us-east-1")
    #expect(failure { _ = try account(files, profile: "labb") } != nil)
    #expect(failure { _ = try account(files, ["AWS_PROFILE": "labb"]) } != nil)
  }

  @Test func `a program gives credentials, again where they end`() throws {
    let folder = try Workspace()
    defer { withExtendedLifetime(folder) {} }
    try folder.write(
      "key.sh",
      "echo x >> \(folder.path("calls")); echo '{\"Version\":1,\"AccessKeyId\":\"F\",\"SecretAccessKey\":\"G\","
        + "\"SessionToken\":\"H\",\"Expiration\":\"2026-11-28T17:00:00Z\"}'\n")
    let account = try account(["config": "[default]\ncredential_process = /bin/sh \(folder.path("key.sh"))\n"])
    let end = try #require(HTTPDate.iso("2026-11-28T17:00:00Z"))
    let expected = S3Credentials(id: "F", secret: "G", token: "H", expires: end)
    for time in [0, end - 100, end - 30, end - 20] { #expect(try account.credentials(at: time) == expected) }
    #expect(try DiskFileSystem().contents(folder.path("calls"))?.count == 6)
    let failing = try self.account(["config": "[default]\ncredential_process = sh -c 'echo no >&2; exit 1'\n"])
    #expect(failure { _ = try failing.credentials(at: 0) }.map { "\($0)".contains("failed: no") } == true)
  }
}
