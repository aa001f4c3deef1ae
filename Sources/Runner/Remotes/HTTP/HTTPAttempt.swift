import Artifacts
import Web

/// One request on its way: what is sent, and what has come back. The library calls it, on the thread that waits.
final class HTTPAttempt {
  /// Most bytes of a header, and of the body of an answer that is no success.
  private static let most = 1 << 16

  let request: HTTPRequest
  let headers: HTTPHeaders
  private let reception: HTTPReception
  private var source: (any ByteReader)?
  private(set) var sent = 0
  private(set) var status = 0
  private(set) var answer = HTTPHeaders()
  private var headerBytes = 0
  /// The body that does not go to the reception.
  private var other: [UInt8] = []
  private var isReceiving = false
  /// Whether the transfer was ended because there is enough.
  private(set) var isEnough = false
  /// The error that a source or a sink threw, or that is in the answer.
  private(set) var failure: (any Error)?

  init(_ request: HTTPRequest, _ reception: HTTPReception) {
    (self.request, self.reception) = (request, reception)
    var headers = request.headers
    if request.method == "GET" { for line in reception.headers { headers.set(line.name, line.value) } }
    var signed = request
    signed.headers = headers
    for line in request.sign?(signed).lines ?? [] { headers.set(line.name, line.value) }
    self.headers = headers
  }

  /// The attempt at the request to which this one's answer redirects.
  func following(_ next: HTTPRequest) -> HTTPAttempt { HTTPAttempt(next, reception) }

  /// Opens what is sent; false where that fails.
  func begin() -> Bool {
    do { source = try request.upload?.open() } catch { failure = error }
    return failure == nil
  }

  /// Takes a line of the header. A status line begins another answer: those of proxies, and 100, come before.
  func header(_ line: UnsafeRawBufferPointer) -> Bool {
    let text = String(decoding: line, as: UTF8.self)
    headerBytes += line.count
    if text.hasPrefix("HTTP/") {
      (status, answer, isReceiving) = (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0, .init(), false)
    } else if let colon = text.firstIndex(of: ":") {
      let trimmed = text[text.index(after: colon)...].trimming { " \t\r\n".contains($0) || $0 == "\r\n" }
      answer.add(String(text[..<colon]), String(trimmed))
    }
    if headerBytes > Self.most { failure = RemoteError.tooLarge("the header of the answer") }
    return failure == nil
  }

  /// Takes a piece of the body; false ends the transfer.
  func body(_ chunk: UnsafeRawBufferPointer) -> Bool {
    do {
      if request.method == "GET", status == 200 || status == 206 {
        if !isReceiving { try reception.begin(status, answer) }
        isReceiving = true
        isEnough = try !reception.take(chunk)
      } else {
        let isSuccess = (200..<300).contains(status)
        other += chunk.prefix((isSuccess ? request.limit + 1 : Self.most) - other.count)
        if isSuccess, other.count > request.limit { throw RemoteError.tooLarge("the answer") }
        isEnough = !isSuccess && other.count == Self.most
      }
    } catch { failure = error }
    return failure == nil && !isEnough
  }

  /// Fills the front of a buffer with what is sent next; nil ends the transfer.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let source, let upload = request.upload else { return 0 }
    do {
      let count = try source.read(into: buffer)
      sent += count
      if sent > upload.size || count == 0 && sent < upload.size {
        throw RemoteError.source("what was to be sent has another size than it should have")
      }
      upload.progress(count)
      return count
    } catch {
      failure = error
      return nil
    }
  }

  /// The answer, if it is whole.
  var response: HTTPResponse {
    let isBody = request.method == "GET" && (status == 200 || status == 206)
    return HTTPResponse(
      status: status, headers: answer, body: isBody ? reception.bytes : other, address: request.address,
      received: isBody ? reception.received : other.count, sent: sent)
  }
}

extension Substring {
  /// Without letters of a kind at both ends.
  func trimming(_ isCut: (Character) -> Bool) -> Substring {
    var rest = drop(while: isCut)
    while let last = rest.last, isCut(last) { rest.removeLast() }
    return rest
  }
}
