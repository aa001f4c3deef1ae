package import Artifacts
package import Files

/// A tar archive of an OCI image layout. Only what such a layout has may be in it, and nothing is ever unpacked.
package struct Bundle: BlobSource {
  private let file: any OpenFile
  /// The contents of members, by name.
  private let members: [String: Range<Int>]

  /// Reads the headers of an archive. Throws `SharingError` for one that holds anything else.
  package init(_ file: any OpenFile) throws {
    self.file = file
    let end = try file.status().size
    if end > 1, try RangeReader(file, 0..<2).allBytes() == [0x1F, 0x8B] {
      throw SharingError.malformed("the bundle is compressed by gzip: 'gunzip' it first")
    }
    var members: [String: Range<Int>] = [:]
    var offset = 0
    while offset < end {
      let block = try RangeReader(file, offset..<min(end, offset + TarHeader.block)).allBytes()
      guard let header = try TarHeader(decoding: block) else { break }
      offset += TarHeader.block
      guard header.size <= end - offset else {
        throw SharingError.malformed("the file ends before the bundle does: fetch it again")
      }
      if !header.isFolder {
        // Programs that pack the folder `.` write its name before each.
        let name = header.name.hasPrefix("./") ? String(header.name.dropFirst(2)) : header.name
        guard Self.isMember(name), members[name] == nil else {
          throw SharingError.malformed(
            "the bundle holds '\(Self.shown(header.name))', which no bundle has, or has only once")
        }
        members[name] = offset..<offset + header.size
      }
      offset += TarHeader.padded(header.size)
    }
    self.members = members
  }

  package func pushes() throws -> [(digest: Digest, size: Int)] {
    guard try bytes(LayoutFiles.mark.name) == LayoutFiles.mark.bytes else {
      throw SharingError.malformed("the archive is no OCI image layout")
    }
    return try LayoutFiles.pushes(bytes(LayoutFiles.index))
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    guard let range = members[name] else { throw SharingError.missing("'\(name)' of the bundle") }
    guard range.count <= LayoutFiles.mostBytes else { throw SharingError.tooLarge("bytes of '\(name)'") }
    return try RangeReader(file, range).allBytes()
  }

  package func open(_ blob: Digest, _ range: Range<Int>) throws -> any ByteReader {
    guard let member = members[LayoutFiles.name(of: blob)] else {
      throw SharingError.missing("the blob \(blob.short)")
    }
    guard range.upperBound <= member.count else {
      throw SharingError.malformed("the blob \(blob.short) is shorter than it should be")
    }
    return RangeReader(file, member.lowerBound + range.lowerBound..<member.lowerBound + range.upperBound)
  }

  private static func isMember(_ name: String) -> Bool {
    if [LayoutFiles.mark.name, LayoutFiles.index].contains(name) { return true }
    let prefix = LayoutFiles.blobs + "/"
    return name.hasPrefix(prefix) && Digest(hex: name.dropFirst(prefix.utf8.count)) != nil
  }

  /// A name for a person: of plain letters, and short.
  private static func shown(_ name: String) -> String {
    String(name.unicodeScalars.map { $0.isASCII && $0.value >= 32 && $0.value < 127 ? Character($0) : "?" }.prefix(60))
  }

  /// Writes the layout that is in a folder as an archive: members ascending by name, so that equal layouts make equal
  /// archives.
  package static func write(_ folder: String, _ files: any FileSystem, to output: any ByteWriter) throws {
    let blobs = try files.names(folder + "/" + LayoutFiles.blobs).map { LayoutFiles.blobs + "/" + $0 }
    for name in (blobs + [LayoutFiles.mark.name, LayoutFiles.index]).sorted() where isMember(name) {
      let file = try files.open(folder + "/" + name)
      let size = try file.status().size
      try output.write(TarHeader(name: name, size: size).encoded())
      try RangeReader(file, 0..<size).copy(to: output)
      try output.write([UInt8](repeating: 0, count: TarHeader.padded(size) - size))
    }
    try output.write([UInt8](repeating: 0, count: 2 * TarHeader.block))
  }
}
