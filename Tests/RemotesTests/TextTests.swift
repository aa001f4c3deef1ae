import Artifacts
import Files
import Testing

@testable import Remotes
@testable import Web

/// Addresses, XML and other texts of strangers.
@Suite struct TextTests {
  private func open(_ text: String, _ environment: [String: String] = [:]) throws -> any Remote {
    try RemoteAddress.open(text, environment: environment, agent: "test", files: MemoryFileSystem())
  }

  @Test(arguments: [
    ("file:/a/b/", "file:/a/b"), ("file:///a", "file:/a"), ("/a/b", "file:/a/b"),
    ("results/shared", "file:results/shared"),
    ("s3://lab-bucket", "s3://lab-bucket"), ("s3://lab-bucket/a/b/?region=eu-west-1", "s3://lab-bucket/a/b"),
    ("s3://lab-bucket/a?endpoint=https://s3.example.org:9000&region=garage", "s3://lab-bucket/a"),
    ("oci://ghcr.io/lab/results", "oci://ghcr.io/lab/results"),
    ("oci://docker.io/lab/results", "oci://registry-1.docker.io/lab/results"),
    ("oci://localhost:5000/a", "oci://localhost:5000/a"), ("oci://[::1]:5000/a", "oci://[::1]:5000/a"),
    ("oci://lab.example.org/a?http=true", "oci://lab.example.org/a"),
    ("https://lab.example.org/results/", "https://lab.example.org/results"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ("http://lab.example.org/a?http=true", "http://lab.example.org/a"),
  ])
  func `addresses name remotes`(_ text: String, _ name: String) throws {
    #expect(try open(text).name == name)
    #expect(try open(text).isReadOnly == text.hasPrefix("http"))
  }

  @Test(arguments: [
    ("", "needed"), ("ftp://a/b", "no kind"), ("file:a", "no folder"), ("s3:/a", "two slashes"),
    ("s3://A_B", "no name of a bucket"), ("s3://lab-bucket/../b", "dots"), ("s3://lab-bucket/a//b", "empty names"),
    ("s3://lab-bucket?regoin=a", "does not know the parameter 'regoin'"), ("s3://lab-bucket?region=", "no value"),
    ("s3://lab-bucket?region=a/b", "no name of a region"),
    ("s3://lab-bucket?endpoint=http://s3.example.org", "?http=true"),
    ("s3://lab-bucket?profile=nobody", "no profile"), ("oci://host/Lab", "no name of a repository"),
    ("oci://host/a..b", "no name of a repository"), ("oci://host", "no name of a repository"),
    ("oci://host/a?http=yes", "'true'"), ("oci://host:0/a", "no host"), ("oci://user:secret@host/a", "no user"),
    ("https://user:secret@host/a", "no user"), ("http://lab.example.org/a", "?http=true"),
    ("https://host/a?b=c", "'b'"),
    ("https://host/a#b", "'#'"),
  ])
  func `addresses that name none are told why`(_ text: String, _ words: String) throws {
    let error = try #require(failure { _ = try open(text) })
    #expect("\(error)".contains(words) && !"\(error)".contains("secret"), "\(error)")
  }

  @Test(arguments: [
    ("p-lab-0123456789abcdef-00000001-0123456789abcdef", true), ("p-", true), ("p-a_b.c", true), ("latest", false),
    ("p-a/b", false), ("p-ä", false), ("P-a", false), ("p-" + String(repeating: "a", count: 126), true),
    ("p-" + String(repeating: "a", count: 127), false), ("p-a\n", false),
  ])
  func `tags of pushes are known from others`(_ tag: String, _ isTag: Bool) {
    #expect(PushTag.isTag(tag) == isTag)
  }

  @Test func `locations are absolute or not`() throws {
    let base = try #require(WebAddress("https://a.org:8443/v2/x/y?z=1"))
    let expected = [
      "/up?a=b": "https://a.org:8443/up?a=b", "z": "https://a.org:8443/v2/x/z", "?q": "https://a.org:8443/v2/x/y?q",
      "//b.org/c": "https://b.org/c", "https://b.org": "https://b.org/", "HTTP://B.org:80/": "http://b.org/",
    ]
    for (location, address) in expected { #expect(base.resolving(location)?.text == address) }
    for location in ["ftp://b.org/", "https://u@b.org/", "https://b.org/a b", "https://b.org/a\r\nX: y"] {
      #expect(base.resolving(location) == nil)
    }
    #expect(WebAddress("http://127.0.0.1/")?.isLoopback == true)
    #expect(WebAddress("http://127.0.0.1.evil.org/")?.isLoopback == false)
  }

  @Test func `XML of S3 is read`() throws {
    let text =
      "<?xml version=\"1.0\"?>\n<A xmlns='u' b=\"<c>\"><K>a&amp;b&#x41;&#66; ü</K><E/><K> 2 </K><N><K>3</K></N></A>\n"
    let root = try XMLElement(parsing: Array(text.utf8))
    #expect(root.name == "A" && root.all("K").map(\.text) == ["a&bAB ü", " 2 "] && root["E"] == "")
    #expect(root.all("N").first?["K"] == "3" && root["none"] == nil)
  }

  @Test(arguments: [
    "", "a", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<!DOCTYPE a><a/>", "<a>&x;</a>", "<a>&#xFFFFFFFF;</a>",
    "<a b></a>", "<a b=c></a>", "<a><!-- c --></a>", "<a><![CDATA[b]]></a>", "<a/", "<", "<a>&", "<a b=\"", "</a>",
    String(repeating: "<a>", count: 100_000), "<a>\u{0}", "<?xml",
  ])
  func `XML that is anything else is refused`(_ text: String) {
    #expect(throws: XMLElement.Fault.self) { try XMLElement(parsing: Array(text.utf8)) }
  }

  @Test func `XML that is cut anywhere is refused`() throws {
    let bytes = Array("<A b=\"c\"><K>a&amp;b</K><E/></A>".utf8)
    for end in bytes.indices {
      #expect(throws: XMLElement.Fault.self) { try XMLElement(parsing: Array(bytes[..<end])) }
    }
  }

  @Test func `ways to log in are read`() {
    let header = "Bearer realm=\"https://a/t?x=1,2\",service=\"s\\\"t\" , scope=a, Basic realm=x"
    let expected = [
      HTTPChallenge(
        scheme: "bearer", parameters: ["realm": "https://a/t?x=1,2", "service": "s\"t", "scope": "a"]),
      HTTPChallenge(scheme: "basic", parameters: ["realm": "x"]),
    ]
    #expect(HTTPChallenge.all(header) == expected)
    for text in ["", ",", "=", "a=b", "Basic realm=\"", "\"", "Bearer =x"] { _ = HTTPChallenge.all(text) }
  }

  @Test func `Base64 goes there and back`() {
    for (bytes, text) in ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foobar": "Zm9vYmFy"] {
      #expect(Base64.encoded(Array(bytes.utf8)) == text && Base64.decoded(text) == Array(bytes.utf8))
    }
    #expect(Base64.decoded("a*b") == nil)
    for count in 0..<70 { #expect(Base64.decoded(Base64.encoded(noise(count))) == noise(count)) }
  }

  @Test func `errors are one line, and control characters no orders`() {
    let error = RemoteError.refused(host: "h", status: 403, message: "\u{1B}[31mred")
    #expect(!"\(error)".contains("\u{1B}"))
    #expect(ServerMessage.text(Array("{\"errors\":[{\"code\":\"A\",\"message\":\"b\\nc\"}]}".utf8)) == "A: b c")
    #expect(ServerMessage.text(Array("<html>".utf8)) == "")
  }
}
