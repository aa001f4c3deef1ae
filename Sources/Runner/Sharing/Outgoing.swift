package import Artifacts
import Files
package import Remotes
package import Stores
import System

/// Results on their way out: what is written for one push.
package struct Outgoing {
  /// Counts of what was written, and of what was not.
  package struct Summary: Hashable, Sendable {
    package var results = 0
    package var objects = 0
    /// Bytes of all blobs that were written.
    package var bytes = 0
    /// Results that another lab has computed: its claims are not ours.
    package var foreign = 0
    /// Objects that are not in the store: whoever needs them computes them again.
    package var absent = 0
    package var tag = ""
  }

  /// The head of the claims: whose they are.
  package struct Statement {
    package let lab: String
    package let writer: String
    package let number: Int
    package let previous: Digest
    /// nil: the time of the newest result.
    package let issued: String?
  }

  /// An object that the remote has already, in a blob of another push.
  struct Known {
    let layer: PushManifest.Layer
    let object: Locations.Object
  }

  /// Bytes of a blob of records or of small objects, and from which on an object has one of its own.
  private static let packSize = 24 << 20
  /// Bytes of records that are compressed together.
  private static let frameSize = 1 << 16

  private let store: Store
  private let remote: any Remote
  private let known: [Digest: Known]
  /// Whether blobs are written that are there already, since their bytes may be damaged.
  private let isRepairing: Bool
  private let progress: (_ bytes: Int) -> Void
  /// Hears of the push when all its blobs are there, before it gets its name.
  var willName: (Push) throws -> Void = { _ in }
  private var layers: [PushManifest.Layer] = []
  private var locations = Locations()
  private var summary = Summary()

  /// - Parameter progress: hears of bytes that were written since the last call.
  package init(_ store: Store, to remote: any Remote, progress: @escaping (_ bytes: Int) -> Void = { _ in }) {
    self.init(store, to: remote, known: [:], isRepairing: false, progress: progress)
  }

  init(
    _ store: Store, to remote: any Remote, known: [Digest: Known], isRepairing: Bool,
    progress: @escaping (_ bytes: Int) -> Void
  ) {
    (self.store, self.remote, self.known, self.progress) = (store, remote, known, progress)
    self.isRepairing = isRepairing
  }

  private func mustWrite(_ blob: Digest, _ size: Int) throws -> Bool {
    try isRepairing || !remote.holds(blob, size: size)
  }

  /// The counts of what would be written of steps, by their records and the sizes of files: of objects alone the bytes.
  package func preview(_ keys: some Sequence<Digest>, objectsOf chosen: Set<Digest>?) throws -> Summary {
    var summary = Summary()
    var seen: Set<Digest> = []
    for key in Set(keys).sorted() {
      guard let record = try store.result(key) else { continue }
      if record.claimant != nil {
        summary.foreign += 1
        continue
      }
      summary.results += 1
      for object in chosen?.contains(key) ?? true ? record.objects : []
      where known[object.digest] == nil && seen.insert(object.digest).inserted {
        guard try store.contains(object.digest) else {
          summary.absent += 1
          continue
        }
        summary.objects += 1
        summary.bytes += try store.files.status(store.objects.path(of: object.digest)).size
      }
    }
    return summary
  }

  /// Writes the results of steps with their objects as a push without a number: equal results make equal bytes.
  ///
  /// - Parameters:
  ///   - objects: the steps whose bytes go too; nil: of all.
  ///   - sign: the signature of the claims' text, or nil.
  package mutating func write(
    _ keys: [Digest], lab: String, objectsOf chosen: Set<Digest>? = nil, sign: ([UInt8]) throws -> [UInt8]?
  ) throws -> Summary {
    try write(keys, objectsOf: chosen) { claims, newest in
      let zeros = String(repeating: "0", count: 16)
      let issued = UTC.text(newest)
      let text = Claims(lab: lab, writer: zeros, number: 0, previous: .zero, issued: issued, claims).encoded()
      // The writer of a bundle is its content.
      return Claims(
        lab: lab, writer: String(Digest.of(text).hex.prefix(16)), number: 0, previous: .zero, issued: issued, claims)
    } sign: {
      try sign($0)
    }.summary
  }

  /// Writes the results of steps with their objects as a numbered push, and returns that too.
  mutating func write(
    _ keys: [Digest], objectsOf chosen: Set<Digest>?, as statement: Statement, sign: ([UInt8]) throws -> [UInt8]?
  ) throws -> (summary: Summary, push: Push) {
    try write(keys, objectsOf: chosen) { claims, newest in
      Claims(
        lab: statement.lab, writer: statement.writer, number: statement.number, previous: statement.previous,
        issued: statement.issued ?? UTC.text(newest), claims)
    } sign: {
      try sign($0)
    }
  }

  private mutating func write(
    _ keys: [Digest], objectsOf chosen: Set<Digest>?, claims: ([Claims.Claim], _ newest: Double) -> Claims,
    sign: ([UInt8]) throws -> [UInt8]?
  ) throws -> (summary: Summary, push: Push) {
    var own: [Claims.Claim] = []
    var sizes: [Digest: Int] = [:]
    var newest = 0.0
    var records = RecordPack()
    for key in Set(keys).sorted() {
      guard let record = try store.result(key), let identity = try store.identity(key)?.identity else { continue }
      if record.claimant != nil {
        summary.foreign += 1
        continue
      }
      own.append(Claims.Claim(record, key, try store.isReproduced(key) ? .reproduced : .computed))
      newest = max(newest, record.finished)
      if chosen?.contains(key) ?? true { for object in record.objects { sizes[object.digest] = object.size } }
      let entry = Frames.entry(identity.encoded(), record.encoded())
      guard entry.count <= Frames.most / 2 else {
        throw SharingError.tooLarge("the facts of the step \(key.short), a tree of very many files,")
      }
      if records.frame.count + entry.count > Self.frameSize { try records.flush() }
      records.add(entry)
      if records.bytes.count >= Self.packSize { try close(&records) }
    }
    try close(&records)
    summary.results = own.count
    try writeObjects(sizes)
    let push = try publish(claims(own, newest), sign)
    return (summary, push)
  }

  private mutating func close(_ records: inout RecordPack) throws {
    try records.flush()
    guard let layer = try put(.records, records.bytes) else { return }
    for frame in records.frames {
      locations.records.append(
        .init(place: .init(blob: layer.digest, offset: frame.offset, length: frame.length), count: frame.count))
    }
    records = RecordPack()
  }

  private mutating func writeObjects(_ sizes: [Digest: Int]) throws {
    var bytes: [UInt8] = []
    var places: [(digest: Digest, size: Int, offset: Int, length: Int)] = []
    func close() throws {
      guard let layer = try put(.objects, bytes) else { return }
      for (digest, size, offset, length) in places {
        locations.objects[digest] = .init(
          place: .init(blob: layer.digest, offset: offset, length: length), size: size)
      }
      (bytes, places) = ([], [])
    }
    for (digest, size) in sizes.sorted(by: { $0.key < $1.key }) {
      if let known = known[digest] {
        if !layers.contains(known.layer) { layers.append(known.layer) }
        locations.objects[digest] = known.object
        continue
      }
      guard try store.claim(digest), (try? store.objects.verify(digest, size: size)) != nil else {
        summary.absent += 1
        continue
      }
      let path = store.objects.path(of: digest)
      let length = try store.files.status(path).size
      summary.objects += 1
      if length >= Self.packSize {
        try putLarge(digest, size, path, length)
        continue
      }
      places.append((digest, size, bytes.count, length))
      bytes += try FileReader(store.files.open(path)).allBytes(expecting: length)
      if bytes.count >= Self.packSize { try close() }
    }
    try close()
  }

  /// Writes the frame of one object as a blob of its own: the file is read once to be named and once to be written.
  private mutating func putLarge(_ digest: Digest, _ size: Int, _ path: String, _ length: Int) throws {
    let open = { [store] in FileReader(try store.files.open(path)) }
    var hasher = DigestHasher()
    try open().forEachChunk { chunk in
      hasher.update(chunk)
      return true
    }
    let blob = hasher.finish()
    let layer = PushManifest.Layer(part: .object, digest: blob, size: length)
    if try mustWrite(blob, length) {
      try remote.put(blob, size: length, open, progress: progress)
      summary.bytes += length
    }
    layers.append(layer)
    locations.objects[digest] = .init(place: .init(blob: blob, offset: 0, length: length), size: size)
  }

  private mutating func publish(_ claims: Claims, _ sign: ([UInt8]) throws -> [UInt8]?) throws -> Push {
    let text = claims.encoded()
    // A name or a code that no claim can hold would make a push that nobody can take.
    guard try Claims(decoding: text) == claims else { throw SharingError.malformed("claims that cannot be read again") }
    let packs = layers
    layers = []
    var contents: [PushManifest.Part: [UInt8]] = [:]
    contents[.claims] = try Frames.compressed(text)
    contents[.signature] = try sign(text)
    contents[.locations] = try Frames.compressed(locations.encoded())
    for part in [PushManifest.Part.claims, .signature, .locations] { _ = try put(part, contents[part] ?? []) }
    let manifest = PushManifest(layers: layers + packs).encoded()
    let name = PushName(claims, manifest: .of(manifest))
    let push = try Push(name.tag, manifest) { layer, _, _ in contents[layer.part] ?? [] }
    try willName(push)
    try remote.publish(name.tag, manifest)
    summary.tag = name.tag
    return push
  }

  /// Writes bytes as a blob; nil where there are none.
  private mutating func put(_ part: PushManifest.Part, _ bytes: [UInt8]) throws -> PushManifest.Layer? {
    if bytes.isEmpty { return nil }
    let layer = PushManifest.Layer(part: part, digest: .of(bytes), size: bytes.count)
    if try mustWrite(layer.digest, layer.size) {
      try remote.put(layer.digest, size: layer.size, { MemoryReader(bytes[...]) }, progress: progress)
      summary.bytes += layer.size
    }
    layers.append(layer)
    return layer
  }
}

/// Frames of records that become one blob.
private struct RecordPack {
  private(set) var bytes: [UInt8] = []
  private(set) var frames: [(offset: Int, length: Int, count: Int)] = []
  /// Entries that are not in a frame yet.
  private(set) var frame: [UInt8] = []
  private var count = 0

  mutating func add(_ entry: [UInt8]) {
    frame += entry
    count += 1
  }

  /// Ends the frame in hand.
  mutating func flush() throws {
    if frame.isEmpty { return }
    let packed = try Frames.compressed(frame)
    frames.append((bytes.count, packed.count, count))
    bytes += packed
    (frame, count) = ([], 0)
  }
}
