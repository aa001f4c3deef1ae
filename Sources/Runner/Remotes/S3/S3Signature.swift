package import Artifacts
package import Web

/// Signatures of requests to S3, version 4 (AWS4-HMAC-SHA256).
package struct S3Signature {
  private static let method = "AWS4-HMAC-SHA256"
  private let credentials: S3Credentials
  private let region: String

  package init(_ credentials: S3Credentials, region: String) { (self.credentials, self.region) = (credentials, region) }

  /// The headers that make a request a signed one. All headers that it has are signed.
  package func headers(_ request: HTTPRequest, payload: Digest, time: Double) -> HTTPHeaders {
    let date = HTTPDate.compact(time)
    var added = [("x-amz-content-sha256", payload.hex), ("x-amz-date", date)]
    if let token = credentials.token { added.append(("x-amz-security-token", token)) }
    let all = request.headers.lines.map { ($0.name, $0.value) } + [("host", request.address.authority)] + added
    let lines = all.sorted { $0.0 < $1.0 }
    let names = lines.map(\.0).joined(separator: ";")
    let canonical = [
      request.method, request.address.path, Self.canonical(request.address.query),
      lines.map { "\($0.0):\($0.1)\n" }.joined(), names, payload.hex,
    ].joined(separator: "\n")
    let day = String(date.prefix(8))
    let scope = "\(day)/\(region)/s3/aws4_request"
    let text = [Self.method, date, scope, Digest.of(Array(canonical.utf8)).hex].joined(separator: "\n")
    var key = Array("AWS4\(credentials.secret)".utf8)
    for part in [day, region, "s3", "aws4_request"] { key = HMAC.digest(Array(part.utf8), key: key) }
    let signature = Digest(HMAC.digest(Array(text.utf8), key: key)).hex
    var headers = HTTPHeaders(added)
    headers.add(
      "authorization",
      "\(Self.method) Credential=\(credentials.id)/\(scope), SignedHeaders=\(names), Signature=\(signature)")
    return headers
  }

  /// The items of an encoded query, sorted, each with its sign of equality.
  private static func canonical(_ query: String) -> String {
    let items = query.split(separator: "&").map { item -> (Substring, Substring) in
      let name = item.prefix { $0 != "=" }
      return (name, item.dropFirst(name.count + 1))
    }
    return items.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }
}
