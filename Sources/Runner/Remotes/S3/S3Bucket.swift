import Artifacts
internal import Synchronization
import System
import Web

/// A bucket of S3: where its requests go, and their signatures.
final class S3Bucket: Sendable {
  /// Seconds by which a signature may be off.
  private static let mostSkew = 900.0

  let name: String
  private let client: HTTPClient
  private let account: S3Account
  private let endpoint: WebAddress?
  private let region: Mutex<String>
  private let now: @Sendable () -> Double

  init(
    _ name: String, _ client: HTTPClient, _ account: S3Account, endpoint: WebAddress?, region: String,
    now: @escaping @Sendable () -> Double = { Clock.wall() }
  ) {
    (self.name, self.client, self.account, self.endpoint) = (name, client, account, endpoint)
    self.region = Mutex(region)
    self.now = now
  }

  /// The address of a key; that of the bucket for an empty one.
  private func address(_ key: String, _ query: String, _ region: String) -> WebAddress {
    let path = "/" + WebAddress.encoded(key, keepingSlashes: true)
    if var address = endpoint {
      while address.path.hasSuffix("/") { address.path.removeLast() }
      address.path += "/\(name)" + (key.isEmpty ? "" : path)
      address.query = query
      return address
    }
    let host = "s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    // A certificate covers one name in front.
    if name.contains(".") {
      return WebAddress(
        isSecure: true, host: host, port: nil, path: "/\(name)" + (key.isEmpty ? "" : path), query: query)
    }
    return WebAddress(isSecure: true, host: "\(name).\(host)", port: nil, path: path, query: query)
  }

  /// Sends a request whose bodies are in memory.
  func send(
    _ method: String, _ key: String, query: String = "", _ change: (inout HTTPRequest) -> Void = { _ in }
  ) throws(RemoteError) -> HTTPResponse {
    do { return try transfer(method, key, query: query, payload: .of([UInt8]()), change) } catch { throw .of(error) }
  }

  /// Sends a request, once more where the bucket turns out to be in another region.
  func transfer(
    _ method: String, _ key: String, query: String = "", payload: Digest, _ change: (inout HTTPRequest) -> Void
  ) throws -> HTTPResponse {
    var isLast = false
    while true {
      let region = region.withLock { $0 }
      var request = HTTPRequest(method, address(key, query, region))
      change(&request)
      request.followsRedirects = false
      // Somebody else writes the file at this moment.
      request.passing = [409]
      if let credentials = try account.credentials(at: now()) {
        let signature = S3Signature(credentials, region: region)
        request.sign = { [now] in signature.headers($0, payload: payload, time: now()) }
      }
      let response = try client.transfer(request)
      guard [301, 307, 400, 403].contains(response.status), !isLast,
        let other = response.headers["x-amz-bucket-region"], other != region, Self.isRegion(other)
      else { return response }
      self.region.withLock { $0 = other }
      isLast = true
      request.upload?.progress(-response.sent)
    }
  }

  /// Whether a text is the name of a region, and can be in one of a host.
  static func isRegion(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// Throws the error that an answer stands for; a success is none.
  func check(_ response: HTTPResponse, _ what: String) throws(RemoteError) {
    if response.isSuccess { return }
    let host = response.address.authority
    if [400, 403].contains(response.status), let there = response.headers["date"].flatMap(HTTPDate.seconds) {
      let here = now()
      if abs(here - there) > Self.mostSkew || ServerMessage.code(response.body) == "RequestTimeTooSkewed" {
        throw .skewed(host: host, here: here, there: there)
      }
    }
    let isKnown = try account.credentials(at: now()) != nil
    if response.status == 401 || response.status == 403 && !isKnown {
      throw .needsCredentials(
        host: host,
        advice: isKnown
          ? "the credentials are not taken"
          : "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials")
    }
    if response.status == 301 || response.status == 307 {
      throw .refused(host: host, status: response.status, message: "the bucket is elsewhere: name its ?region=")
    }
    try response.checkSuccess(what)
  }
}
