package import Web

/// An answer of a server.
package struct HTTPResponse: Sendable {
  package let status: Int
  package let headers: HTTPHeaders
  /// The body; empty where it went to a sink.
  package let body: [UInt8]
  /// The address that answered, after redirects.
  package let address: WebAddress
  /// Bytes of the body, whether they are in memory or went to a sink.
  package let received: Int
  /// Bytes of the request's body that were sent.
  package let sent: Int

  /// The size that the answer states of its body; nil where it does not.
  package var size: Int? { headers["content-length"].flatMap(Int.init) }
  package var isSuccess: Bool { (200..<300).contains(status) }
}
