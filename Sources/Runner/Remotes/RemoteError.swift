package import Files
import System
import Wording

/// A failure of a remote, and its reason. No case holds a secret.
package enum RemoteError: Error, Hashable, Sendable {
  /// Something that is named and is not there, in words.
  case absent(String)
  /// A server that wants to know who asks, and how it is told.
  case needsCredentials(host: String, advice: String)
  /// An answer by which a server refuses a request; the message is the server's.
  case refused(host: String, status: Int, message: String)
  /// A server that was asked again for as long as anybody waits, and could not serve.
  case busy(host: String, status: Int, message: String)
  /// No connection, or none that lasts.
  case unreachable(host: String, reason: String)
  /// A connection that cannot be trusted.
  case untrusted(host: String, reason: String)
  /// A transfer that all but stands still.
  case stalled(host: String, seconds: Int)
  /// A signature that is refused because of this machine's clock: seconds since 1970.
  case skewed(host: String, here: Double, there: Double)
  /// Something to write at a remote that is only read.
  case readOnly(String)
  /// Something that this remote does not do, and what to do about it.
  case unsupported(String)
  /// An answer that is not what it must be, in words.
  case malformed(String)
  /// Something larger than such a thing may be.
  case tooLarge(String)
  /// An address that names no remote, in words.
  case address(String)
  /// A library that the machine does not have, and the package with it.
  case noLibrary(String)
  /// A file of a remote that is a folder.
  case file(StoreError)
  /// Bytes to be sent that could not be read.
  case source(String)

  /// The error for anything that was thrown.
  static func of(_ error: any Error) -> RemoteError {
    switch error {
    case let error as RemoteError: error
    case let error as StoreError: .file(error)
    default: .source("\(error)")
    }
  }

  /// Whether the remote is the reason, and may serve later: nothing in the request was wrong.
  package var isPassing: Bool {
    switch self {
    case .busy, .unreachable, .stalled: true
    default: false
    }
  }

  /// Whether the remote as a whole cannot be used, and not a single push or blob of it.
  package var isOfWhole: Bool {
    switch self {
    case .busy, .unreachable, .stalled, .untrusted, .needsCredentials, .skewed, .noLibrary, .address, .unsupported: true
    case .refused(_, let status, _): status == 401 || status == 403
    case .absent, .readOnly, .malformed, .tooLarge, .file, .source: false
    }
  }

  /// Whether something is not there.
  package var isAbsent: Bool { if case .absent = self { true } else { false } }
}

extension RemoteError: CustomStringConvertible {
  /// One line: the failure, and what to do about it.
  package var description: String { ControlCharacters.escaped(text) }

  private var text: String {
    switch self {
    case .absent(let what): "\(what) is not there"
    case .needsCredentials(let host, let advice): "'\(host)' wants to know who asks: \(advice)"
    case .refused(let host, let status, let message):
      "'\(host)' refuses (status \(status))\(Self.said(message))" + Self.advice(status)
    case .busy(let host, let status, let message):
      "'\(host)' could not serve (status \(status))\(Self.said(message)): try again later"
    case .unreachable(let host, let reason): "'\(host)' cannot be reached: \(reason)"
    case .untrusted(let host, let reason):
      "the connection to '\(host)' cannot be trusted: \(reason); nothing was sent"
    case .stalled(let host, let seconds):
      "'\(host)' sent and took almost nothing for \(seconds) s: try again, or use another remote"
    case .skewed(let host, let here, let there):
      "the clock of this machine says \(Words.time(here)), that of '\(host)' \(Words.time(there)): "
        + "signatures of another time are refused, so set the clock"
    case .readOnly(let name): "'\(name)' is only read: name another remote to write to"
    case .unsupported(let text), .malformed(let text), .address(let text): text
    case .tooLarge(let what): "\(what) is larger than anybody needs"
    case .noLibrary(let text): text
    case .file(let error): "\(error)"
    case .source(let text): text
    }
  }

  private static func said(_ message: String) -> String { message.isEmpty ? "" : ": \(message)" }

  private static func advice(_ status: Int) -> String {
    switch status {
    case 403: "; check that the credentials may do this here, and that the names are right"
    case 413: "; the server takes no body of that size"
    default: ""
    }
  }
}
