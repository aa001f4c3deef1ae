internal import Synchronization
import Web

/// Sends requests by libcurl, again where that may help, and follows redirects without taking secrets along.
///
/// Each request has a handle of its own, kept with its connections for the next one. Proxies and certificates are those
/// of the machine.
package final class HTTPClient: Sendable {
  /// A handle in nobody's hands.
  private struct Idle: @unchecked Sendable {
    let curl: Curl
  }

  /// Handles that are kept.
  private static let mostIdle = 16
  /// Redirects of one request.
  private static let mostRedirects = 5
  /// Attempts to reach a server that never answered: its name may be wrong.
  private static let mostKnocks = 3
  /// Bytes without which nothing has moved.
  private static let leastProgress = 1 << 12

  private let agent: String
  package let pace: Pace
  private let idle = Mutex<[Idle]>([])
  private let sent = Atomic<Int>(0)
  private let isReached = Atomic<Bool>(false)

  package init(agent: String, pace: Pace = Pace()) { (self.agent, self.pace) = (agent, pace) }

  /// Requests that were sent, each attempt counted.
  package var requests: Int { sent.load(ordering: .relaxed) }

  /// Sends a request whose bodies are in memory. An answer of any status is no error, but one that asks to come again
  /// is when that was done for long enough.
  package func send(_ request: HTTPRequest) throws(RemoteError) -> HTTPResponse {
    do { return try transfer(request) } catch { throw .of(error) }
  }

  /// Sends a request. Throws `RemoteError`, and what a source or a sink throws.
  package func transfer(_ request: HTTPRequest) throws -> HTTPResponse {
    let reception = HTTPReception(request)
    var course = Course(pace)
    var request = request
    while true {
      let attempt = HTTPAttempt(request, reception)
      let ending = try perform(attempt, redirects: Self.mostRedirects)
      course.note(reception.received + ending.sent)
      let error: RemoteError
      var asked: Double?
      switch ending.outcome {
      case .failure(let failure):
        guard failure.isPassing, isReached.load(ordering: .relaxed) || course.attempts < Self.mostKnocks else {
          throw failure.error
        }
        error = failure.error
      case .success(let response):
        guard Self.isPassing(response.status) || request.passing.contains(response.status) else { return response }
        let host = response.address.authority
        error = .busy(host: host, status: response.status, message: ServerMessage.text(response.body))
        asked = response.headers["retry-after"].flatMap { Self.wait($0, response.headers["date"]) }
      }
      guard course.waits(asked) else { throw error }
      request.upload?.progress(-ending.sent)
      if let renewed = request.renewed { request = Self.moved(request, to: try renewed()) }
    }
  }

  private static func isPassing(_ status: Int) -> Bool {
    [408, 425, 429].contains(status) || (500...599).contains(status) && ![501, 505].contains(status)
  }

  /// Seconds that a server asks to wait: a number, or a time by its own clock.
  private static func wait(_ text: String, _ date: String?) -> Double? {
    if let seconds = Double(text), seconds.isFinite { return max(0, seconds) }
    guard let end = HTTPDate.seconds(text), let now = date.flatMap(HTTPDate.seconds) else { return nil }
    return max(0, end - now)
  }

  /// An attempt that got no answer.
  private struct Failure: Error {
    let error: RemoteError
    let isPassing: Bool
  }

  /// Sends a request once, and after it where redirects lead.
  private func perform(_ attempt: HTTPAttempt, redirects: Int) throws -> (
    outcome: Result<HTTPResponse, Failure>, sent: Int
  ) {
    switch try perform(attempt) {
    case .failed(let error, let isPassing): return (.failure(.init(error: error, isPassing: isPassing)), attempt.sent)
    case .answered: break
    }
    if let failure = attempt.failure { throw failure }
    isReached.store(true, ordering: .relaxed)
    let response = attempt.response
    guard let next = try Self.redirected(attempt.request, response) else { return (.success(response), attempt.sent) }
    guard redirects > 0 else {
      throw RemoteError.malformed("'\(response.address.authority)' redirects again and again")
    }
    attempt.request.upload?.progress(-attempt.sent)
    return try perform(attempt.following(next), redirects: redirects - 1)
  }

  private func perform(_ attempt: HTTPAttempt) throws(RemoteError) -> Curl.Ending {
    let curl: Curl
    if let known = idle.withLock({ $0.popLast() }) { curl = known.curl } else { curl = try Curl() }
    sent.add(1, ordering: .relaxed)
    let ending = curl.perform(attempt, agent: agent, pace)
    let kept = Idle(curl: curl)
    idle.withLock { if $0.count < Self.mostIdle { $0.append(kept) } }
    return ending
  }

  /// The request to which an answer redirects; nil where it does not.
  private static func redirected(_ request: HTTPRequest, _ response: HTTPResponse) throws(RemoteError) -> HTTPRequest? {
    let isRead = ["GET", "HEAD"].contains(request.method)
    guard request.followsRedirects, (isRead ? [301, 302, 303, 307, 308] : [307, 308]).contains(response.status),
      let location = response.headers["location"]
    else { return nil }
    guard let address = request.address.resolving(location) else {
      throw .malformed("'\(request.address.authority)' redirects to no address that can be asked")
    }
    guard address.isSecure || !request.address.isSecure else {
      throw .untrusted(host: address.authority, reason: "a redirect leads from https to http")
    }
    return moved(request, to: address)
  }

  /// The request at another address. Another host gets no secret.
  private static func moved(_ request: HTTPRequest, to address: WebAddress) -> HTTPRequest {
    var next = request
    next.address = address
    if !address.isSameOrigin(as: request.address) {
      next.headers.remove(["authorization", "cookie", "proxy-authorization", "x-amz-security-token"])
      next.sign = nil
    }
    return next
  }

  /// The attempts at one request, in time.
  private struct Course {
    private let pace: Pace
    private var moved: Double
    private var furthest = 0
    private(set) var attempts = 0

    init(_ pace: Pace) { (self.pace, moved) = (pace, pace.now()) }

    /// Counts an attempt, after which so many bytes have come or gone.
    mutating func note(_ bytes: Int) {
      attempts += 1
      guard bytes - furthest >= HTTPClient.leastProgress else { return }
      (furthest, moved, attempts) = (bytes, pace.now(), 1)
    }

    /// Waits before another attempt, as long as a server asks for if it does; false where patience ends before.
    func waits(_ asked: Double?) -> Bool {
      let wait = asked ?? pace.wait(before: attempts)
      guard pace.now() - moved + wait <= pace.patience else { return false }
      pace.sleep(wait)
      return true
    }
  }
}
