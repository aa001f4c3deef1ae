package import Artifacts
import Compression
import Files
package import Stores

/// Results on their way out: what is written for one push.
package struct Outgoing {
  /// Counts of what was written, and of what was not.
  package struct Summary: Hashable, Sendable {
    package var results = 0
    package var objects = 0
    /// Bytes of all blobs.
    package var bytes = 0
    /// Results that another lab has computed: its claims are not ours.
    package var foreign = 0
    /// Objects that are not in the store: whoever needs them computes them again.
    package var absent = 0
  }

  /// Bytes of a blob of records or of small objects, and from which on an object has one of its own.
  private static let packSize = 32 << 20
  /// Bytes of records that are compressed together.
  private static let frameSize = 1 << 16

  private let store: Store
  private let remote: FolderRemote
  private var layers: [PushManifest.Layer] = []
  private var locations = Locations()
  private var summary = Summary()

  package init(_ store: Store, to remote: FolderRemote) { (self.store, self.remote) = (store, remote) }

  /// The name under which a record's environment states the lab that has computed it.
  package static let claimant = "claimed-by"

  /// Writes the results of steps with their objects, and says what was written.
  ///
  /// - Parameters:
  ///   - objects: the steps whose bytes go too; nil: of all.
  ///   - sign: the signature of the claims' text, or nil.
  ///   - progress: hears how many results and objects of all are done.
  package mutating func write(
    _ keys: [Digest], lab: String, objectsOf chosen: Set<Digest>? = nil, sign: ([UInt8]) throws -> [UInt8]?,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Summary {
    try remote.begin()
    var claims: [Claims.Claim] = []
    var sizes: [Digest: Int] = [:]
    var newest = 0.0
    var records = Pack(part: .records)
    var (frame, framed): ([UInt8], Int) = ([], 0)
    var pending: [(offset: Int, length: Int, count: Int)] = []
    func flush() throws {
      if frame.isEmpty { return }
      let place = records.add(try Self.compressed(frame))
      pending.append((place.offset, place.length, framed))
      (frame, framed) = ([], 0)
      if records.bytes.count >= Self.packSize { try close() }
    }
    func close() throws {
      guard let layer = try put(records) else { return }
      for (offset, length, count) in pending {
        locations.records.append(
          .init(place: .init(blob: layer.digest, offset: offset, length: length), count: count))
      }
      pending = []
      records = Pack(part: .records)
    }
    for key in Set(keys).sorted() {
      guard let record = try store.result(key), let identity = try store.identity(key)?.identity else { continue }
      if record.environment[Self.claimant] != nil {
        summary.foreign += 1
        continue
      }
      claims.append(Claims.Claim(record, key))
      newest = max(newest, record.finished)
      if chosen?.contains(key) ?? true { for object in record.objects { sizes[object.digest] = object.size } }
      let entry = Incoming.entry(identity.encoded(), record.encoded())
      guard entry.count <= Incoming.mostOfFrame / 2 else {
        throw SharingError.tooLarge("the facts of the step \(key.short), a tree of very many files,")
      }
      if framed > 0, frame.count + entry.count > Self.frameSize { try flush() }
      frame += entry
      framed += 1
    }
    try flush()
    try close()
    summary.results = claims.count
    try writeObjects(sizes, progress)
    let lines = Claims(
      lab: lab, writer: String(repeating: "0", count: 16), number: 0,
      previous: Digest([UInt8](repeating: 0, count: 32)),
      issued: ISOTime.text(newest), claims)
    // A bundle has no number, and its writer is its content: the same results make the same bytes.
    let statement = Claims(
      lab: lab, writer: String(Digest.of(lines.encoded()).hex.prefix(16)), number: 0, previous: lines.previous,
      issued: lines.issued, claims)
    try publish(statement, sign)
    return summary
  }

  private mutating func writeObjects(_ sizes: [Digest: Int], _ progress: (Int, Int) -> Void) throws {
    var pack = Pack(part: .objects)
    var places: [(digest: Digest, size: Int, offset: Int, length: Int)] = []
    func close() throws {
      guard let layer = try put(pack) else { return }
      for (digest, size, offset, length) in places {
        locations.objects[digest] = .init(
          place: .init(blob: layer.digest, offset: offset, length: length), size: size)
      }
      (pack, places) = (Pack(part: .objects), [])
    }
    for (done, (digest, size)) in sizes.sorted(by: { $0.key < $1.key }).enumerated() {
      progress(done, sizes.count)
      let path = store.objects.path(of: digest)
      guard try store.claim(digest) else {
        summary.absent += 1
        continue
      }
      let length = try store.files.status(path).size
      summary.objects += 1
      if length >= Self.packSize {
        // The file is read once to be named and once to be written.
        let open = { [store] in FileReader(try store.files.open(path)) }
        var hasher = DigestHasher()
        try open().forEachChunk { chunk in
          hasher.update(chunk)
          return true
        }
        let blob = hasher.finish()
        try remote.put(blob, open)
        add(.init(part: .object, digest: blob, size: length))
        locations.objects[digest] = .init(place: .init(blob: blob, offset: 0, length: length), size: size)
        continue
      }
      let place = pack.add(try FileReader(store.files.open(path)).allBytes(expecting: length))
      places.append((digest, size, place.offset, place.length))
      if pack.bytes.count >= Self.packSize { try close() }
    }
    try close()
    progress(sizes.count, sizes.count)
  }

  private mutating func publish(_ claims: Claims, _ sign: ([UInt8]) throws -> [UInt8]?) throws {
    let text = claims.encoded()
    // A name or a code that no claim can hold would make a bundle that nobody can take.
    guard try Claims(decoding: text) == claims else { throw SharingError.malformed("claims that cannot be read again") }
    var front: [PushManifest.Layer] = []
    func put(_ part: PushManifest.Part, _ bytes: [UInt8]) throws {
      let blob = try remote.put(bytes)
      front.append(.init(part: part, digest: blob.digest, size: blob.size))
      summary.bytes += blob.size
    }
    try put(.claims, Self.compressed(text))
    if let signature = try sign(text) { try put(.signature, signature) }
    try put(.locations, Self.compressed(locations.encoded()))
    _ = try remote.put(PushManifest.empty)
    try remote.publish(remote.put(PushManifest(layers: front + layers).encoded()))
  }

  /// Bytes that become one blob.
  private struct Pack {
    let part: PushManifest.Part
    private(set) var bytes: [UInt8] = []
    init(part: PushManifest.Part) { self.part = part }
    mutating func add(_ more: [UInt8]) -> (offset: Int, length: Int) {
      defer { bytes += more }
      return (bytes.count, more.count)
    }
  }

  private mutating func put(_ pack: Pack) throws -> PushManifest.Layer? {
    if pack.bytes.isEmpty { return nil }
    let blob = try remote.put(pack.bytes)
    let layer = PushManifest.Layer(part: pack.part, digest: blob.digest, size: blob.size)
    add(layer)
    return layer
  }

  private mutating func add(_ layer: PushManifest.Layer) {
    layers.append(layer)
    summary.bytes += layer.size
  }

  private static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    let output = MemoryWriter()
    let encoder = ZstdEncoder(into: output)
    try encoder.write(bytes)
    try encoder.close()
    return output.bytes
  }
}
