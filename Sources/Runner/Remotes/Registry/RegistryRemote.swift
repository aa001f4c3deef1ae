import Artifacts
import JSON
import Web
import Wording

/// A repository of an OCI registry: blobs, and a manifest under the tag of each push.
struct RegistryRemote: Remote {
  private static let tagsPerPage = 1000
  private static let mostTags = 1_000_000

  private let client: HTTPClient
  private let login: RegistryLogin
  private let root: WebAddress
  private let repository: String
  let isReadOnly: Bool

  /// The address is the registry's, of which the path does not count.
  init(
    _ client: HTTPClient, _ root: WebAddress, _ repository: String, isReadOnly: Bool,
    _ find: @escaping @Sendable (String) throws(RemoteError) -> RegistryCredentials?
  ) {
    (self.client, self.root, self.repository, self.isReadOnly) = (client, root, repository, isReadOnly)
    login = RegistryLogin(client, root, find)
  }

  var name: String { "oci://\(root.authority)/\(repository)" }
  var requests: Int { client.requests }

  func tags() throws(RemoteError) -> [String] {
    var tags: Set<String> = []
    var next: WebAddress? = address("tags/list").adding("n=\(Self.tagsPerPage)")
    var seen: Set<WebAddress> = []
    while let page = next {
      guard seen.insert(page).inserted, seen.count <= RemoteLimits.pages, tags.count <= Self.mostTags else {
        throw .malformed("the list of tags of '\(name)' has no end")
      }
      var request = HTTPRequest("GET", page)
      request.limit = LayoutIndex.mostBytes
      let response = try send(request)
      if response.status == 404 { return [] }
      try check(response, "the list of tags")
      guard let json = try? JSON(parsing: response.body), let list = json["tags"] else {
        throw .malformed("'\(root.authority)' answers with no list of tags")
      }
      tags.formUnion((list.array ?? []).compactMap(\.string).filter { PushTag.isTag($0) })
      next = try following(response)
    }
    return tags.sorted { $0.precedesInBytes($1) }
  }

  /// The next page that an answer names, at this registry.
  private func following(_ response: HTTPResponse) throws(RemoteError) -> WebAddress? {
    guard
      let link = response.headers.all("link").first(where: { $0.contains("rel=\"next\"") || $0.contains("rel=next") }),
      let start = link.firstIndex(of: "<"), let end = link.firstIndex(of: ">"), start < end
    else { return nil }
    guard let next = response.address.resolving(String(link[link.index(after: start)..<end])),
      next.isSameOrigin(as: root)
    else { throw .malformed("the list of tags of '\(name)' goes on elsewhere") }
    return next
  }

  func manifest(_ tag: String) throws(RemoteError) -> [UInt8] {
    try Self.check(tag)
    var request = HTTPRequest("GET", address("manifests/\(tag)"), [("Accept", LayoutIndex.mediaType)])
    request.limit = LayoutIndex.mostManifest
    let response = try send(request)
    try check(response, "the push '\(tag)'")
    return response.body
  }

  func holds(_ blob: Digest, size: Int) throws(RemoteError) -> Bool {
    let response = try send(HTTPRequest("HEAD", address("blobs/sha256:\(blob)")))
    if response.status == 404 { return false }
    try check(response, "the blob \(blob.short)")
    return response.size == size
  }

  func read(_ blob: Digest, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    if range.isEmpty { return [] }
    guard range.count <= RemoteLimits.read else { throw .tooLarge("a piece of the blob \(blob.short)") }
    var request = HTTPRequest("GET", address("blobs/sha256:\(blob)"))
    (request.range, request.limit) = (range, range.count)
    let response = try send(request)
    if response.status != 416 { try check(response, "the blob \(blob.short)") }
    return try response.part(range, "the blob \(blob.short)")
  }

  func put(
    _ blob: Digest, size: Int, _ open: () throws -> any ByteReader, progress: (Int) -> Void
  ) throws {
    try checkWritable()
    try withoutActuallyEscaping(open) { open in
      try withoutActuallyEscaping(progress) { progress in
        let target = { () throws(RemoteError) in try begin().adding("digest=sha256:\(blob)") }
        var request = HTTPRequest(
          "PUT", try target(), [("Content-Type", "application/octet-stream")])
        request.upload = .init(size: size, open, progress: progress)
        // A session of an upload whose body was cut is lost: it is unknown, or has other bytes.
        request.renewed = target
        request.passing = [404, 416]
        try check(transfer(request, Self.writing), "the upload")
      }
    }
  }

  /// Begins an upload: the address for its bytes.
  private func begin() throws(RemoteError) -> WebAddress {
    let response = try send(HTTPRequest("POST", address("blobs/uploads/"), upload: .init([])), Self.writing)
    try check(response, "the repository")
    guard let location = response.headers["location"], let target = response.address.resolving(location),
      target.isSecure || !root.isSecure
    else { throw .malformed("'\(root.authority)' does not say where a blob goes") }
    return target
  }

  func publish(_ tag: String, _ manifest: [UInt8]) throws(RemoteError) {
    try checkWritable()
    try Self.check(tag)
    guard manifest.count <= LayoutIndex.mostManifest else { throw .tooLarge("the manifest of the push") }
    _ = try put(LayoutIndex.empty)
    let request = HTTPRequest(
      "PUT", address("manifests/\(tag)"), [("Content-Type", LayoutIndex.mediaType)], upload: .init(manifest))
    try check(send(request, Self.writing), "the repository")
  }

  func removeTag(_ tag: String) throws(RemoteError) {
    try checkWritable()
    let digest: Digest
    do { digest = Digest.of(try manifest(tag)) } catch RemoteError.absent { return }
    try delete("manifests/sha256:\(digest)")
  }

  func blobs() throws(RemoteError) -> [RemoteBlob]? { nil }

  func remove(_ blob: Digest) throws(RemoteError) {
    try checkWritable()
    try delete("blobs/sha256:\(blob)")
  }

  private func delete(_ path: String) throws(RemoteError) {
    let response = try send(HTTPRequest("DELETE", address(path)), Self.deleting)
    if response.status == 404 { return }
    if [400, 405, 501].contains(response.status) {
      throw .unsupported(
        "'\(root.authority)' does not delete: its operator can allow it (Debian's registry: 'storage: delete: "
          + "enabled: true')")
    }
    try check(response, "'\(path)'")
  }

  private static let reading = "pull"
  private static let writing = "pull,push"
  private static let deleting = "pull,push,delete"

  private static func check(_ tag: String) throws(RemoteError) {
    guard PushTag.isTag(tag) else { throw .malformed("'\(tag)' is no tag of a push") }
  }

  private func checkWritable() throws(RemoteError) { if isReadOnly { throw .readOnly(name) } }

  private func check(_ response: HTTPResponse, _ what: String) throws(RemoteError) {
    if response.status == 401 { throw login.refused }
    try response.checkSuccess("\(what) of '\(name)'")
  }

  private func address(_ path: String) -> WebAddress {
    WebAddress(isSecure: root.isSecure, host: root.host, port: root.port, path: "/v2/\(repository)/\(path)")
  }

  private func send(_ request: HTTPRequest, _ actions: String = Self.reading) throws(RemoteError) -> HTTPResponse {
    do { return try transfer(request, actions) } catch { throw .of(error) }
  }

  /// Sends a request, and once more where the registry wants to know who asks: first of all, or when a token has ended.
  /// An address elsewhere is told nothing.
  private func transfer(_ request: HTTPRequest, _ actions: String) throws -> HTTPResponse {
    let scope = "repository:\(repository):\(actions)"
    var request = request
    for isLast in [false, true] {
      request.headers.remove(["authorization"])
      let isHere = request.address.isSameOrigin(as: root)
      let header = isHere ? login.header(scope) : nil
      if let header { request.headers.add("Authorization", header) }
      let response = try client.transfer(request)
      // A redirect leads to hosts that the login is not for.
      guard response.status == 401, isHere, response.address.isSameOrigin(as: root), !isLast else { return response }
      try login.answer(response, scope, sent: header)
      request.upload?.progress(-response.sent)
      if let renewed = request.renewed { request.address = try renewed() }
    }
    preconditionFailure("the second answer is the last one")
  }
}
