import Artifacts
import Files
import Wording

/// A remote whose place keeps the files of an OCI image layout, and in `pushes/` the manifest of each push under its
/// tag. A name there is made last, and nothing is ever made under a condition.
struct LayoutRemote<Place: LayoutPlace>: Remote {
  let place: Place

  var name: String { place.name }
  var isReadOnly: Bool { place.isReadOnly }
  var requests: Int { place.requests }

  func tags() throws(RemoteError) -> [String] {
    if let files = try place.files(LayoutIndex.pushes) { return files.map(\.name).filter { PushTag.isTag($0) } }
    return try (index() ?? LayoutIndex()).entries.keys.sorted { $0.precedesInBytes($1) }
  }

  func manifest(_ tag: String) throws(RemoteError) -> [UInt8] {
    try Self.check(tag)
    guard let bytes = try place.contents(Self.push(tag), limit: LayoutIndex.mostManifest) else {
      // A layout that another program made has no file of the tag.
      guard let entry = try index()?.entries[tag] else { throw .absent("the push '\(tag)'") }
      return try place.read(LayoutIndex.name(of: entry.digest), 0..<entry.size)
    }
    return bytes
  }

  func holds(_ blob: Digest, size: Int) throws(RemoteError) -> Bool {
    try place.size(LayoutIndex.name(of: blob)) == size
  }

  func read(_ blob: Digest, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    if range.isEmpty { return [] }
    guard range.count <= RemoteLimits.read else { throw .tooLarge("a piece of the blob \(blob.short)") }
    do { return try place.read(LayoutIndex.name(of: blob), range) } catch RemoteError.absent {
      throw .absent("the blob \(blob.short)")
    }
  }

  func put(
    _ blob: Digest, size: Int, _ open: () throws -> any ByteReader, progress: (Int) -> Void
  ) throws {
    try checkWritable()
    try withoutActuallyEscaping(open) { open in
      try withoutActuallyEscaping(progress) { progress in
        do { try place.write(LayoutIndex.name(of: blob), blob, size: size, open, progress: progress) } catch let
          error as StoreError
        { throw RemoteError.file(error) }
      }
    }
  }

  func publish(_ tag: String, _ manifest: [UInt8]) throws(RemoteError) {
    try checkWritable()
    try Self.check(tag)
    guard manifest.count <= LayoutIndex.mostManifest else { throw .tooLarge("the manifest of the push") }
    let index = try heldIndex()
    if index == nil {
      // An index is there only where these are.
      try write(LayoutIndex.mark.name, LayoutIndex.mark.bytes)
      try write(LayoutIndex.name(of: .of(LayoutIndex.empty)), LayoutIndex.empty)
    }
    let digest = Digest.of(manifest)
    try write(LayoutIndex.name(of: digest), manifest)
    try write(Self.push(tag), manifest)
    try rewrite(index, [tag: .init(digest: digest, size: manifest.count)])
  }

  func removeTag(_ tag: String) throws(RemoteError) {
    try checkWritable()
    try Self.check(tag)
    try place.remove(Self.push(tag))
    try rewrite(heldIndex(), [:])
  }

  func blobs() throws(RemoteError) -> [RemoteBlob]? {
    guard try index()?.others.isEmpty ?? true else {
      throw .unsupported("'\(name)' holds images of others too, whose blobs are theirs: nothing is collected here")
    }
    return try listed()
  }

  private func listed() throws(RemoteError) -> [RemoteBlob]? {
    try place.files(LayoutIndex.blobs)?.compactMap { file in
      Digest(hex: file.name).map { RemoteBlob(digest: $0, size: file.size, modified: file.modified) }
    }
  }

  func remove(_ blob: Digest) throws(RemoteError) {
    try checkWritable()
    try place.remove(LayoutIndex.name(of: blob))
  }

  private static func push(_ tag: String) -> String { "\(LayoutIndex.pushes)/\(tag)" }

  private static func check(_ tag: String) throws(RemoteError) {
    guard PushTag.isTag(tag) else { throw .malformed("'\(tag)' is no tag of a push") }
  }

  private func checkWritable() throws(RemoteError) { if isReadOnly { throw .readOnly(name) } }

  private func write(_ name: String, _ bytes: [UInt8]) throws(RemoteError) {
    do {
      try place.write(name, .of(bytes), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
    } catch { throw .of(error) }
  }

  /// The index as it is; nil where there is none.
  private func index() throws(RemoteError) -> LayoutIndex? {
    guard let bytes = try place.contents(LayoutIndex.name, limit: LayoutIndex.mostBytes) else { return nil }
    return try LayoutIndex(decoding: bytes)
  }

  /// The index to be written anew: one that cannot be read is as good as an empty one.
  private func heldIndex() throws(RemoteError) -> LayoutIndex? {
    do { return try index() } catch {
      switch error {
      case .malformed, .tooLarge: return LayoutIndex()
      default: throw error
      }
    }
  }

  /// Makes the index of what is in `pushes/` now, of which only new manifests are read. When two do so at once, the
  /// push of one may be missing until the next one: nothing relies on it but web sites.
  private func rewrite(_ old: LayoutIndex?, _ known: [String: LayoutIndex.Entry]) throws(RemoteError) {
    var new = old ?? LayoutIndex()
    new.entries = [:]
    for file in try place.files(LayoutIndex.pushes) ?? [] where PushTag.isTag(file.name) {
      if let entry = known[file.name] ?? old?.entries[file.name], entry.size == file.size {
        new.entries[file.name] = entry
      } else if let manifest = try place.contents(Self.push(file.name), limit: LayoutIndex.mostManifest) {
        new.entries[file.name] = .init(digest: .of(manifest), size: manifest.count)
      }
    }
    if new != old { try write(LayoutIndex.name, new.encoded()) }
  }
}
