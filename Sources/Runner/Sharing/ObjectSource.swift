import Artifacts
import Compression
import Remotes
import Stores

/// The objects that pushes hold, and their way into a store.
struct ObjectSource {
  /// The place of an object: the push, by its place among those that are known, and where in it.
  struct Found {
    let push: Int
    let object: Locations.Object
  }

  private let pushes: [Push]
  private let found: [Digest: [Found]]

  init(_ pushes: [Push]) throws {
    self.pushes = pushes
    var found: [Digest: [Found]] = [:]
    for (number, push) in pushes.enumerated() {
      // Places that are not written as they must be are none: nobody has signed them.
      guard let locations = try? push.locations() else { continue }
      for (digest, object) in locations.objects {
        guard (try? push.checked(object.place)) != nil else { continue }
        found[digest, default: []].append(Found(push: number, object: object))
      }
    }
    self.found = found
  }

  /// The places of an object.
  subscript(digest: Digest) -> [Found] { found[digest] ?? [] }

  /// Brings objects into a store from one push each.
  ///
  /// - Parameters:
  ///   - wanted: the objects with their sizes and the place of each.
  ///   - read: reads bytes of a blob of a push.
  ///   - isDone: hears of each object whether its bytes are there now, and how many bytes were fetched for it.
  ///   - goesOn: hears why bytes could not be read, and says whether others are.
  func fetch(
    _ wanted: [(digest: Digest, size: Int, found: Found)], into store: Store,
    read: @escaping (_ push: Int, _ blob: Digest, Range<Int>) throws -> [UInt8],
    isDone: (Digest, _ isThere: Bool, _ bytes: Int) throws -> Void, goesOn: (any Error) throws -> Bool
  ) throws {
    let byBlob = Dictionary(grouping: wanted) { Blob(push: $0.found.push, digest: $0.found.object.place.blob) }
    let batch = ObjectBatch(store)
    for (blob, objects) in byBlob.sorted(by: { ($0.key.push, $0.key.digest) < ($1.key.push, $1.key.digest) }) {
      let get = { (range: Range<Int>) in try read(blob.push, blob.digest, range) }
      for run in BlobRuns.runs(objects.map { (range: $0.found.object.place.range, item: $0) }) {
        do { try take(run, get, batch, isDone) } catch let error where error is SharingError || error is RemoteError {
          // The bytes of one place are missing or wrong; those of others may be right.
          guard try goesOn(error) else { return try batch.place() }
        }
      }
    }
    try batch.place()
  }

  private func take(
    _ run: (range: Range<Int>, items: [(Range<Int>, (digest: Digest, size: Int, found: Found))]),
    _ get: @escaping (Range<Int>) throws -> [UInt8], _ batch: ObjectBatch,
    _ isDone: (Digest, _ isThere: Bool, _ bytes: Int) throws -> Void
  ) throws {
    // One object can be longer than what is read at a time; then it is the only one of its run.
    let isLong = run.range.count > BlobRuns.most
    let bytes = isLong ? [] : try get(run.range)
    for (range, object) in run.items {
      let start = range.lowerBound - run.range.lowerBound
      let frame: any ByteReader = isLong ? PieceReader(range, get) : MemoryReader(bytes[start..<start + range.count])
      try isDone(object.digest, Self.add(object.digest, object.size, frame, batch), range.count)
    }
  }

  private struct Blob: Hashable {
    let push: Int
    let digest: Digest
  }

  /// Adds the object of a frame; false where its bytes are not those of its name.
  private static func add(
    _ digest: Digest, _ size: Int, _ frame: any ByteReader, _ batch: ObjectBatch
  ) throws -> Bool {
    do {
      try batch.add(digest, size: size, frame: frame)
      return true
    } catch let error where error is CompressionError || error is WrongBytes { return false }
  }
}
