import Wording

/// The little of a result record that planning needs: kept apart from it, and read of many steps at a time.
package struct ResultRow: Hashable, Sendable {
  /// One output port, with the digest and the size in bytes of what the step wrote there.
  package struct Output: Hashable, Sendable {
    package let port: String
    package let digest: Digest
    package let size: Int
  }
  package let isFailure: Bool
  /// Ascending by port.
  package let outputs: [Output]
  /// The objects that hold the contents that are not in the record, ascending; nil when they are more
  /// than `objectLimit`.
  package let objects: [Digest]?
  /// Seconds since 1970.
  package let finished: Double
  /// Seconds.
  package let duration: Double
  /// The digest of the claims by which the result was taken over from somebody else; nil: it was computed here.
  package let support: Digest?

  static let objectLimit = 8

  package init(_ record: ResultRecord) {
    let objects = record.objects
    self.objects = objects.count <= Self.objectLimit ? objects.map(\.digest) : nil
    finished = record.finished
    duration = record.duration
    support = record.support
    switch record.outcome {
    case .failure: (isFailure, outputs) = (true, [])
    case .outputs(let given):
      isFailure = false
      outputs = given.sorted { $0.key.precedesInBytes($1.key) }.map {
        Output(port: $0.key, digest: $0.value.artifact.digest, size: $0.value.artifact.size)
      }
    }
  }

  /// The canonical encoding: a list of all fields, after the name of the format. Own results have no support.
  package func encoded() -> [UInt8] {
    let fields: [Canonical] = [
      .string("bioarc-row/1"), .bool(isFailure),
      .list(outputs.map { .list([.string($0.port), .bytes($0.digest.bytes), .int($0.size)]) }),
      .bool(objects != nil), .list((objects ?? []).map { .bytes($0.bytes) }), .float(finished), .float(duration),
    ]
    return Canonical.list(fields + (support.map { [.bytes($0.bytes)] } ?? [])).encoded()
  }

  /// Decodes a row. Throws `CanonicalError` for bytes that `encoded` does not write.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(CanonicalError) in
        var cursor = CanonicalCursor(bytes)
        return try ResultRow(&cursor)
      }
    }
    self = try result.get()
  }

  private init(_ cursor: inout CanonicalCursor) throws(CanonicalError) {
    let count = try cursor.list()
    guard count == 7 || count == 8 else { throw CanonicalError(offset: 0, reason: "not a row") }
    try cursor.string("bioarc-row/1")
    isFailure = try cursor.bool()
    var outputs: [Output] = []
    for _ in 0..<(try cursor.list()) {
      guard try cursor.list() == 3 else { throw CanonicalError(offset: 0, reason: "not an output") }
      outputs.append(Output(port: try cursor.string(), digest: try cursor.digest(), size: try cursor.int()))
    }
    self.outputs = outputs
    let isWhole = try cursor.bool()
    var objects: [Digest] = []
    for _ in 0..<(try cursor.list()) { objects.append(try cursor.digest()) }
    guard isWhole || objects.isEmpty else { throw CanonicalError(offset: 0, reason: "objects that are not all") }
    self.objects = isWhole ? objects : nil
    finished = try cursor.float()
    duration = try cursor.float()
    support = count == 8 ? try cursor.digest() : nil
    guard cursor.isAtEnd else { throw CanonicalError(offset: 0, reason: "trailing bytes") }
  }
}
