package import Artifacts
import Compression
import Files
import Glibc
import System
import Wording

/// Input files from outside: paths of the user, read on disk. Their digest is that of the uncompressed content,
/// whatever the file's name: `genome.fa`, `genome.fa.gz`, `genome.fa.zst` and the member of a zip archive with the same
/// content are one artifact.
extension Store {
  /// The digest and size of a file's uncompressed content; hashed only when the stat cache does not know it.
  /// Throws `changed` when the file changes meanwhile.
  package func digest(
    ofFile path: String, _ cache: StatCache, member: String? = nil
  ) throws -> StatCache.Content {
    if let content = cache.content(try inputs.target(path).of(member)) { return content }
    return try read(path, cache, member) { reader in
      var hasher = DigestHasher()
      var size = 0
      try reader.forEachChunk { chunk in
        hasher.update(chunk)
        size += chunk.count
        return true
      }
      return StatCache.Content(digest: hasher.finish(), size: size)
    }
  }

  /// Stores a file's uncompressed content as an object. One that is there already is not read again. Throws
  /// `ContentTooLarge` for one of more than `limit` bytes.
  package func importFile(
    _ path: String, _ cache: StatCache, member: String? = nil, limit: Int = .max
  ) throws -> StatCache.Content {
    if let content = cache.content(try inputs.target(path).of(member)), try claim(content.digest) { return content }
    let writer = try writer()
    let content = try read(path, cache, member) { reader in
      var size = 0
      try reader.forEachChunk { chunk in
        size += chunk.count
        guard size <= limit else { throw ContentTooLarge() }
        try writer.write(chunk)
        return true
      }
      let object = try writer.seal()
      return StatCache.Content(digest: object.digest, size: object.size)
    }
    _ = try writer.commit()
    return content
  }

  /// The manifest of a tree of files, each under its name in the tree; nothing is stored.
  package func manifest(
    ofFiles files: [(name: String, path: String)], _ cache: StatCache, member: String? = nil
  ) throws -> TreeManifest {
    TreeManifest(
      try files.map { name, path in
        let content = try digest(ofFile: path, cache, member: member)
        return .init(name: name, digest: content.digest, size: content.size)
      })
  }

  /// The files below a folder, by their paths in it, ascending by bytes; hidden ones, and the files in a hidden folder,
  /// are left out.
  package func paths(below folder: String) throws -> [String] {
    var found: [String] = []
    // A link may lead back up.
    func list(_ path: String, depth: Int) throws {
      guard depth < 32 else { throw StoreError.of(ELOOP, "read", folder + "/" + path) }
      for name in try inputs.names(path.isEmpty ? folder : folder + "/" + path) where !name.hasPrefix(".") {
        let place = path.isEmpty ? name : path + "/" + name
        if try inputs.target(folder + "/" + place).isFolder {
          try list(place, depth: depth + 1)
        } else {
          found.append(place)
        }
      }
    }
    try list("", depth: 0)
    return found.sorted { $0.precedesInBytes($1) }
  }

  /// Stores files and the manifest of their tree, which is an object too: no result record holds it.
  package func importTree(
    _ files: [(name: String, path: String)], _ cache: StatCache, member: String? = nil
  ) throws -> TreeManifest {
    var entries: [TreeManifest.Entry] = []
    for (name, path) in files {
      guard FileName.isValid(name) else { throw OutputError.badName(port: "tree", name: name, layout: .tree) }
      let content = try importFile(path, cache, member: member)
      entries.append(.init(name: name, digest: content.digest, size: content.size))
    }
    let manifest = TreeManifest(entries)
    try put(manifest.encoded())
    return manifest
  }

  /// Inputs are on disk even when the store is in memory.
  private var inputs: DiskFileSystem { DiskFileSystem() }

  /// Reads a whole file with `body`, and remembers its content if the file did not change meanwhile.
  private func read(
    _ path: String, _ cache: StatCache, _ member: String?, _ body: (any ByteReader) throws -> StatCache.Content
  ) throws -> StatCache.Content {
    let file = try inputs.open(path)
    let before = try file.status()
    let start = cache.present(for: before, path)
    guard !before.isFolder else { throw StoreError.of(EISDIR, "read", path) }
    let content: StatCache.Content
    do {
      content = try body(try Decompressing.reader(over: FileReader(file), member: member))
    } catch let error as CompressionError {
      throw try file.status() == before
        ? InputError(path: path, reason: error) : StoreError.changed(path: path) as any Error
    }
    guard try file.status() == before, try inputs.target(path) == before else { throw StoreError.changed(path: path) }
    cache.remember(before.of(member), content, hashedAt: start)
    return content
  }
}

extension FileStatus {
  /// The path that stands in the stat cache for a member of the file.
  fileprivate func of(_ member: String?) -> FileStatus {
    guard let member else { return self }
    var status = self
    status.inode ^= Digest.of(Array(member.utf8)).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    return status
  }
}
