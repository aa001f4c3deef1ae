import Artifacts
import Web

/// A layout on a web site, which is only read. Its index tells what there is, since it cannot be listed.
struct SitePlace: LayoutPlace {
  private let client: HTTPClient
  private let root: WebAddress

  /// The path of the address names the folder of the layout.
  init(_ client: HTTPClient, _ address: WebAddress) {
    self.client = client
    var root = address
    while root.path.hasSuffix("/") { root.path.removeLast() }
    self.root = root
  }

  var name: String { root.text }
  var isReadOnly: Bool { true }
  var requests: Int { client.requests }

  private func request(_ method: String, _ name: String) -> HTTPRequest {
    var address = root
    address.path += "/" + name
    return HTTPRequest(method, address)
  }

  func contents(_ name: String, limit: Int) throws(RemoteError) -> [UInt8]? {
    var request = request("GET", name)
    request.limit = limit
    let response = try client.send(request)
    if response.status == 404 { return nil }
    try response.checkSuccess("'\(name)'")
    return response.body
  }

  func read(_ name: String, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    try client.read(request("GET", name), range, "'\(name)'")
  }

  func size(_ name: String) throws(RemoteError) -> Int? {
    let response = try client.send(request("HEAD", name))
    if response.status == 404 { return nil }
    try response.checkSuccess("'\(name)'")
    return response.size
  }

  func write(
    _ name: String, _ digest: Digest, size: Int, _ open: @escaping () throws -> any ByteReader,
    progress: @escaping (Int) -> Void
  ) throws {
    throw RemoteError.readOnly(self.name)
  }

  func files(_ folder: String) throws(RemoteError) -> [LayoutFile]? { nil }

  func remove(_ name: String) throws(RemoteError) { throw .readOnly(self.name) }
}
