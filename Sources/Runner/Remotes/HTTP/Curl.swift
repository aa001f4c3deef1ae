internal import CCurl
import Glibc
internal import Synchronization
import Web

/// One handle of libcurl, with its connections. One thread at a time uses it.
final class Curl {
  /// The end of an attempt for which there is no whole answer.
  enum Ending: Hashable {
    case answered
    case failed(RemoteError, isPassing: Bool)
  }

  /// The library, opened at the first request; nil where the machine has none.
  nonisolated(unsafe) private static let library: curl_library? = {
    var library = curl_library()
    guard curl_open(&library) != 0 else { return nil }
    // A connection that the other side has closed is an error of a request, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    return library
  }()

  private var library: curl_library
  private let handle: UnsafeMutableRawPointer

  init() throws(RemoteError) {
    guard let library = Self.library, let handle = withUnsafePointer(to: library, { curl_handle($0) }) else {
      throw .noLibrary(
        "remotes over a network need the library 'libcurl.so.4', which this machine does not have: "
          + "install the package libcurl4 (Debian and Ubuntu; libcurl elsewhere)")
    }
    (self.library, self.handle) = (library, handle)
  }

  deinit { curl_close(&library, handle) }

  private func set(_ option: Int, _ value: Int) {
    _ = curl_set_long(&library, handle, Int32(option), value)
  }

  private func set(_ option: Int, _ value: UnsafeRawPointer?) {
    _ = curl_set_pointer(&library, handle, Int32(option), value)
  }

  private func set(_ option: Int, _ value: curl_callback) {
    _ = curl_set_callback(&library, handle, Int32(option), value)
  }

  /// Sends a request and waits for the end of its answer.
  func perform(_ attempt: HTTPAttempt, agent: String, _ pace: Pace) -> Ending {
    guard attempt.begin() else { return .answered }
    curl_reset(&library, handle)
    var list: UnsafeMutableRawPointer?
    defer { curl_free(&library, list) }
    // No wait for a leave to send a body, which many servers never give.
    for line in attempt.headers.lines.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      if line.utf8.contains(where: { $0 < 32 }) {
        return .failed(.malformed("a header with a line end"), isPassing: false)
      }
      list = curl_add(&library, list, line)
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { words in
      words.initialize(repeating: 0)
      prepare(attempt, agent, pace)
      set(CURL_HTTPHEADER, UnsafeRawPointer(list))
      set(CURL_ERRORBUFFER, UnsafeRawPointer(words.baseAddress))
      let code = withExtendedLifetime(attempt) { curl_perform(&library, handle) }
      if code == Int32(CURL_OK) || attempt.isEnough || attempt.failure != nil { return .answered }
      let said = words[0] == 0 ? String(cString: curl_words(&library, code)) : String(cString: words.baseAddress!)
      return Self.ending(Int(code), said, attempt.request.address.authority, pace)
    }
  }

  private func prepare(_ attempt: HTTPAttempt, _ agent: String, _ pace: Pace) {
    let context = UnsafeRawPointer(Unmanaged.passUnretained(attempt).toOpaque())
    // The library copies texts.
    set(CURL_URL, attempt.request.address.text)
    set(CURL_USERAGENT, agent)
    set(CURL_CUSTOMREQUEST, attempt.request.method)
    set(CURL_NOBODY, attempt.request.method == "HEAD" ? 1 : 0)
    // Only http and https.
    set(CURL_PROTOCOLS, 3)
    set(CURL_FOLLOWLOCATION, 0)
    set(CURL_PATH_AS_IS, 1)
    set(CURL_NOSIGNAL, 1)
    set(CURL_NOPROGRESS, 1)
    set(CURL_CONNECTTIMEOUT, pace.connect)
    set(CURL_LOW_SPEED_LIMIT, 1000)
    set(CURL_LOW_SPEED_TIME, pace.stall)
    set(CURL_HEADERDATA, context)
    set(CURL_WRITEDATA, context)
    set(CURL_READDATA, context)
    set(CURL_HEADERFUNCTION) { bytes, _, count, context in
      Curl.attempt(context).header(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
    set(CURL_WRITEFUNCTION) { bytes, _, count, context in
      Curl.attempt(context).body(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
    set(CURL_READFUNCTION) { bytes, size, count, context in
      let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
      return Curl.attempt(context).read(into: buffer) ?? curl_abort
    }
    if let upload = attempt.request.upload {
      set(CURL_UPLOAD, 1)
      _ = curl_set_size(&library, handle, Int32(CURL_INFILESIZE_LARGE), Int64(upload.size))
    }
  }

  private static func attempt(_ context: UnsafeMutableRawPointer?) -> HTTPAttempt {
    Unmanaged<HTTPAttempt>.fromOpaque(context!).takeUnretainedValue()
  }

  private static func ending(_ code: Int, _ said: String, _ host: String, _ pace: Pace) -> Ending {
    switch code {
    case CURL_NO_HOST_NAME, CURL_NO_PROXY_NAME, CURL_NO_CONNECTION:
      return .failed(.unreachable(host: host, reason: said), isPassing: true)
    case CURL_TIMED_OUT where said.contains("too slow"):
      // Another attempt would take as long.
      return .failed(.stalled(host: host, seconds: pace.stall), isPassing: false)
    case CURL_TIMED_OUT:
      return .failed(.unreachable(host: host, reason: "no connection within \(pace.connect) s"), isPassing: true)
    case CURL_NOT_VERIFIED, CURL_NO_CERTIFICATES, 51, 58, 59, 66, 82, 83, 90, 91:
      return .failed(.untrusted(host: host, reason: said), isPassing: false)
    case 1, 3, 4: return .failed(.address("'\(host)' cannot be asked: \(said)"), isPassing: false)
    default: return .failed(.unreachable(host: host, reason: said), isPassing: true)
    }
  }
}
