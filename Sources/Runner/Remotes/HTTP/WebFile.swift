package import Web

/// A file of the web, fetched whole.
package struct WebFile {
  private let client: HTTPClient
  private let address: WebAddress

  package init(_ address: WebAddress, agent: String, pace: Pace = Pace()) {
    (client, self.address) = (HTTPClient(agent: agent, pace: pace), address)
  }

  /// Fetches the file from a place on; after a cut connection it goes on where it was. Throws `RemoteError`, and what
  /// `sink` throws.
  ///
  /// - Parameters:
  ///   - start: bytes that are here already. A server that has no more than these sends none.
  ///   - limit: most bytes of the file.
  ///   - sink: takes the bytes that come, in their order and each once.
  ///   - progress: hears how many bytes of the file are here, and how many it has if the server tells.
  package func fetch(
    from start: Int, limit: Int, into sink: @escaping (UnsafeRawBufferPointer) throws -> Void,
    progress: @escaping (Int, Int?) -> Void
  ) throws {
    var request = HTTPRequest("GET", address)
    if start > 0 { request.range = start..<Int.max }
    var count = start
    var size: Int?
    request.size = { size = $0 }
    request.sink = { bytes in
      count += bytes.count
      guard max(count, size ?? 0) <= limit else { throw RemoteError.tooLarge("'\(address.text)'") }
      try sink(bytes)
      progress(count, size)
    }
    let response = try client.transfer(request)
    if start > 0, response.status == 416 { return }
    try response.checkSuccess("'\(address.path)'")
    // A part is an answer to a request that goes on after a cut connection, and tells of how many bytes.
    guard response.status == 200 || response.status == 206 && size != nil else {
      throw RemoteError.refused(
        host: address.authority, status: response.status, message: "the whole file was asked for, and this is none")
    }
    guard size.map({ $0 == count }) ?? true else {
      throw RemoteError.malformed("'\(address.path)' of '\(address.authority)' ends before its end")
    }
  }
}
