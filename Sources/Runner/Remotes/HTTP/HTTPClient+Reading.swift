import Web

extension HTTPClient {
  /// Bytes of something at a range, whether the server sends them alone or all of it. Throws `absent`, or `malformed`
  /// where it ends before.
  func read(_ request: HTTPRequest, _ range: Range<Int>, _ what: String) throws(RemoteError) -> [UInt8] {
    if range.isEmpty { return [] }
    var request = request
    (request.range, request.limit) = (range, range.count)
    return try send(request).part(range, what)
  }
}

extension HTTPResponse {
  /// The bytes that were asked for by a range.
  func part(_ range: Range<Int>, _ what: String) throws(RemoteError) -> [UInt8] {
    if status == 416 { throw .malformed("\(what) of '\(address.authority)' ends before its end") }
    try checkSuccess(what)
    guard body.count == range.count else {
      throw .malformed("\(what) of '\(address.authority)' ends before its end")
    }
    return body
  }

  /// Throws the error that an answer stands for; a success is none.
  func checkSuccess(_ what: String, advice: String = "it takes no credentials here") throws(RemoteError) {
    if isSuccess { return }
    let host = address.authority
    switch status {
    case 401: throw .needsCredentials(host: host, advice: advice)
    case 404: throw .absent("\(what) of '\(host)'")
    default: throw .refused(host: host, status: status, message: ServerMessage.text(body))
    }
  }
}
