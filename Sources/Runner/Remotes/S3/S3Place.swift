import Artifacts
internal import Synchronization
import System
import Web

/// A layout in a bucket of S3, or of a service like it. Blobs are sent with their digest, so that the service refuses
/// what arrives otherwise.
struct S3Place: LayoutPlace {
  private let client: HTTPClient
  private let bucket: S3Bucket
  private let prefix: String
  let isReadOnly: Bool

  /// The prefix has no slash at its ends.
  init(_ client: HTTPClient, _ bucket: S3Bucket, prefix: String, isReadOnly: Bool) {
    (self.client, self.bucket, self.prefix, self.isReadOnly) = (client, bucket, prefix, isReadOnly)
  }

  var name: String { "s3://\(bucket.name)\(prefix.isEmpty ? "" : "/" + prefix)" }
  var requests: Int { client.requests }

  private func key(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix)/\(name)" }

  func contents(_ name: String, limit: Int) throws(RemoteError) -> [UInt8]? {
    let response = try bucket.send("GET", key(name)) { $0.limit = limit }
    if response.status == 404 {
      guard ServerMessage.code(response.body) != "NoSuchBucket" else { throw .absent("the bucket '\(bucket.name)'") }
      return nil
    }
    try bucket.check(response, "'\(name)'")
    return response.body
  }

  func read(_ name: String, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    let response = try bucket.send("GET", key(name)) { ($0.range, $0.limit) = (range, range.count) }
    if response.status != 416 { try bucket.check(response, "'\(name)'") }
    return try response.part(range, "'\(name)'")
  }

  func size(_ name: String) throws(RemoteError) -> Int? {
    let response = try bucket.send("HEAD", key(name))
    if response.status == 404 { return nil }
    try bucket.check(response, "'\(name)'")
    return response.size
  }

  func write(
    _ name: String, _ digest: Digest, size: Int, _ open: @escaping () throws -> any ByteReader,
    progress: @escaping (Int) -> Void
  ) throws {
    guard size <= 5 << 30 else { throw RemoteError.tooLarge("'\(name)'") }
    let response = try bucket.transfer("PUT", key(name), payload: digest) {
      $0.upload = .init(size: size, open, progress: progress)
      $0.headers.add("Content-Type", "application/octet-stream")
    }
    if response.status == 404 { throw RemoteError.absent("the bucket '\(bucket.name)'") }
    try bucket.check(response, "'\(name)'")
  }

  func files(_ folder: String) throws(RemoteError) -> [LayoutFile]? {
    let front = key(folder) + "/"
    var (files, token): ([LayoutFile], String?) = ([], nil)
    var pages = 0
    repeat {
      pages += 1
      var query = "encoding-type=url&list-type=2&prefix=\(WebAddress.encoded(front))"
      if let token { query += "&continuation-token=\(WebAddress.encoded(token))" }
      let response = try bucket.send("GET", "", query: query) { $0.limit = S3Listing.mostBytes }
      if response.status == 404 { throw .absent("the bucket '\(bucket.name)'") }
      try bucket.check(response, "the list of '\(front)'")
      let page = try S3Listing(decoding: response.body)
      // An end that never comes is one.
      guard page.next == nil || page.next != token, pages <= RemoteLimits.pages,
        files.count <= S3Listing.mostFiles
      else {
        throw .malformed("the list of '\(front)' has no end")
      }
      for file in page.files where file.name.hasPrefix(front) {
        let name = String(file.name.dropFirst(front.count))
        files.append(LayoutFile(name: name, size: file.size, modified: file.modified))
      }
      token = page.next
    } while token != nil
    return files
  }

  func remove(_ name: String) throws(RemoteError) {
    let response = try bucket.send("DELETE", key(name))
    if response.status != 404 { try bucket.check(response, "'\(name)'") }
  }
}
