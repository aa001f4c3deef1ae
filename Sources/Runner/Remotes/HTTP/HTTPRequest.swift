package import Artifacts
package import Web

/// A request to a server.
package struct HTTPRequest {
  /// The body of a request, which can be read anew for each attempt.
  package struct Upload {
    let size: Int
    let open: () throws -> any ByteReader
    /// Bytes sent since the last call; negative: those of an attempt that is made again.
    let progress: (Int) -> Void
    package init(size: Int, _ open: @escaping () throws -> any ByteReader, progress: @escaping (Int) -> Void = { _ in })
    {
      (self.size, self.open, self.progress) = (size, open, progress)
    }
    /// Bytes in memory as a body.
    package init(_ bytes: [UInt8]) { self.init(size: bytes.count, { MemoryReader(bytes[...]) }) }
  }

  package var method: String
  package var address: WebAddress
  package var headers: HTTPHeaders
  package var upload: Upload?
  /// Bytes of the body that are wanted, to its end where the bound is `Int.max`; nil for all.
  package var range: Range<Int>?
  /// Hears how many bytes the whole content has, from each answer that tells.
  package var size: ((Int) -> Void)?
  /// Most bytes of a body; more is an error.
  package var limit: Int = 1 << 20
  /// The most bytes that come one after another where a body goes, in their order and each once; nil for memory.
  package var sink: ((UnsafeRawBufferPointer) throws -> Void)?
  /// Whether a redirect is followed, or is the answer.
  package var followsRedirects = true
  /// Statuses after which a request is sent again, besides those of every server.
  package var passing: Set<Int> = []
  /// The address of another attempt, where each needs one of its own.
  package var renewed: (() throws -> WebAddress)?
  /// Headers that each attempt gets anew: a signature that holds for some minutes.
  package var sign: ((HTTPRequest) -> HTTPHeaders)?

  package init(
    _ method: String, _ address: WebAddress, _ headers: [(name: String, value: String)] = [], upload: Upload? = nil
  ) {
    (self.method, self.address, self.headers) = (method, address, HTTPHeaders(headers))
    self.upload = upload
  }
}
