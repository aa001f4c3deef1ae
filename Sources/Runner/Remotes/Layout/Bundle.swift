package import Artifacts
package import Files

/// A tar archive of an OCI image layout. Only what such a layout has may be in it, and nothing is ever unpacked.
package struct Bundle: LayoutPlace {
  let name: String
  let isReadOnly = true
  let requests = 0
  /// The folder in which the archive is.
  private let folder: FolderPlace
  /// The contents of members, by name.
  private let members: [String: Range<Int>]

  /// The pushes of an archive. Throws `RemoteError` for one that holds anything else than a layout.
  package static func open(
    _ path: String, _ files: any FileSystem = DiskFileSystem()
  ) throws(RemoteError) -> any Remote {
    let bundle = try Bundle(path, files)
    guard try bundle.contents(LayoutIndex.mark.name, limit: 1 << 10) == LayoutIndex.mark.bytes else {
      throw .malformed("the archive is no OCI image layout")
    }
    guard bundle.members[LayoutIndex.name] != nil else { throw .absent("'\(LayoutIndex.name)' of the bundle") }
    return LayoutRemote(place: bundle)
  }

  /// Reads the headers of an archive.
  private init(_ path: String, _ files: any FileSystem) throws(RemoteError) {
    folder = FolderPlace(root: DiskFileSystem.parent(of: path), files: files, isReadOnly: true)
    name = String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    guard let end = try folder.size(name) else { throw .absent("'\(path)'") }
    if end > 1, try folder.read(name, 0..<2) == [0x1F, 0x8B] {
      throw .malformed("the bundle is compressed by gzip: 'gunzip' it first")
    }
    var members: [String: Range<Int>] = [:]
    var offset = 0
    while offset < end {
      let block = try folder.read(name, offset..<min(end, offset + TarHeader.block))
      guard let header = try TarHeader(decoding: block) else { break }
      offset += TarHeader.block
      guard header.size <= end - offset else {
        throw .malformed("the file ends before the bundle does: fetch it again")
      }
      if !header.isFolder {
        // Programs that pack the folder `.` write its name before each.
        let member = header.name.hasPrefix("./") ? String(header.name.dropFirst(2)) : header.name
        guard Self.isMember(member), members[member] == nil else {
          throw .malformed("the bundle holds '\(Self.shown(header.name))', which no bundle has, or has only once")
        }
        members[member] = offset..<offset + header.size
      }
      offset += TarHeader.padded(header.size)
    }
    self.members = members
  }

  /// Most bytes of a file that is read whole: the index of thousands of pushes, and a bundle has a few.
  private static let most = 1 << 20

  func contents(_ name: String, limit: Int) throws(RemoteError) -> [UInt8]? {
    guard let range = members[name] else { return nil }
    guard range.count <= min(limit, Self.most) else { throw .tooLarge("'\(name)' of the bundle") }
    return try folder.read(self.name, range)
  }

  func read(_ name: String, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    guard let member = members[name] else { throw .absent("'\(name)' of the bundle") }
    guard range.upperBound <= member.count else { throw .malformed("'\(name)' of the bundle ends before its end") }
    return try folder.read(self.name, member.lowerBound + range.lowerBound..<member.lowerBound + range.upperBound)
  }

  func size(_ name: String) -> Int? { members[name]?.count }

  /// Pushes are named by the index alone.
  func files(_ folder: String) -> [LayoutFile]? { nil }

  func write(
    _ name: String, _ digest: Digest, size: Int, _ open: @escaping () throws -> any ByteReader,
    progress: @escaping (Int) -> Void
  ) throws { throw RemoteError.readOnly(self.name) }

  func remove(_ name: String) throws(RemoteError) { throw .readOnly(self.name) }

  private static func isMember(_ name: String) -> Bool {
    if [LayoutIndex.mark.name, LayoutIndex.name].contains(name) { return true }
    let prefix = LayoutIndex.blobs + "/"
    return name.hasPrefix(prefix) && Digest(hex: name.dropFirst(prefix.utf8.count)) != nil
  }

  /// A name for a person: of plain letters, and short.
  private static func shown(_ name: String) -> String {
    String(name.unicodeScalars.map { $0.isASCII && $0.value >= 32 && $0.value < 127 ? Character($0) : "?" }.prefix(60))
  }

  /// Writes the layout that is in a folder as an archive: members ascending by name, so that equal layouts make equal
  /// archives.
  package static func write(_ folder: String, _ files: any FileSystem, to output: any ByteWriter) throws {
    let place = FolderPlace(root: folder, files: files, isReadOnly: true)
    let blobs = try files.names(folder + "/" + LayoutIndex.blobs).map { LayoutIndex.blobs + "/" + $0 }
    for name in (blobs + [LayoutIndex.mark.name, LayoutIndex.name]).sorted() where isMember(name) {
      let size = try place.size(name) ?? 0
      try output.write(TarHeader(name: name, size: size).encoded())
      for start in stride(from: 0, to: size, by: 1 << 20) {
        try output.write(place.read(name, start..<min(size, start + 1 << 20)))
      }
      try output.write([UInt8](repeating: 0, count: TarHeader.padded(size) - size))
    }
    try output.write([UInt8](repeating: 0, count: 2 * TarHeader.block))
  }
}
