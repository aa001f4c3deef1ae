import Web

/// The body of an answer to GET as it comes in by one attempt after another: each byte that is wanted is taken once.
final class HTTPReception {
  private let range: Range<Int>?
  private let limit: Int
  private let sink: ((UnsafeRawBufferPointer) throws -> Void)?
  private let size: ((Int) -> Void)?
  /// Bytes that were taken.
  private(set) var received = 0
  private(set) var bytes: [UInt8] = []
  /// The server's name of the content, if it says one: another attempt goes on with this content alone.
  private var tag: String?
  /// The place in the content of the next byte that comes.
  private var place = 0
  /// The end of what the answer brings; nil where it does not tell.
  private var end: Int?

  init(_ request: HTTPRequest) {
    (range, limit, sink, size) = (request.range, request.limit, request.sink, request.size)
    if let range { bytes.reserveCapacity(sink == nil ? min(range.count, limit, 1 << 26) : 0) }
  }

  /// The place in the content of the next byte that is wanted.
  private var next: Int { (range?.lowerBound ?? 0) + received }

  var isComplete: Bool { range.map { received == $0.count } ?? false }

  /// The headers by which an attempt asks for what is still wanted.
  var headers: [(name: String, value: String)] {
    guard range != nil || received > 0 else { return [] }
    let last = range.flatMap { $0.upperBound == .max ? nil : $0.upperBound - 1 }
    let wanted = ("Range", "bytes=\(next)-\(last.map { "\($0)" } ?? "")")
    // A weak tag names no bytes.
    guard received > 0, let tag, !tag.hasPrefix("W/") else { return [wanted] }
    return [wanted, ("If-Range", tag)]
  }

  /// Begins a body. Throws `malformed` for one that does not go on where the last one ended.
  func begin(_ status: Int, _ headers: HTTPHeaders) throws(RemoteError) {
    let isWhole = status == 200
    if received > 0, let tag, let other = headers["etag"], other != tag {
      throw .malformed("the content changed while it was fetched: fetch it again")
    }
    tag = headers["etag"]
    place = isWhole ? 0 : next
    end = isWhole ? headers["content-length"].flatMap { Int($0) } : range?.upperBound
    guard !isWhole else {
      if let end { size?(end) }
      return
    }
    if let all = headers["content-range"]?.split(separator: "/").last.flatMap({ Int($0) }) { size?(all) }
    let stated = (headers["content-range"] ?? "").split(separator: " ").last?.prefix { $0 != "-" }
    guard stated.flatMap({ Int($0) }) == next else {
      throw .malformed("the server answers with other bytes than it was asked for")
    }
  }

  /// Takes bytes; false when there are enough and more would come, so that the connection is of no use.
  func take(_ chunk: UnsafeRawBufferPointer) throws -> Bool {
    let wanted = UnsafeRawBufferPointer(rebasing: chunk.dropFirst(max(0, next - place)).prefix(rest))
    place += chunk.count
    if sink == nil, received + wanted.count > limit { throw RemoteError.tooLarge("the answer") }
    received += wanted.count
    if let sink { if !wanted.isEmpty { try sink(wanted) } } else { bytes += wanted }
    return !isComplete || place == end
  }

  private var rest: Int { range.map { $0.count - received } ?? .max }
}
