import Compression
import Foundation
import Testing

/// Written by Python's zipfile: the folder `a/`, `a/plain.txt` stored and `a/packed.txt` deflated.
private let archive: [UInt8] = Array(
  Data(
    base64Encoded: [
      "UEsDBBQAAAAAAAAAIVAAAAAAAAAAAAAAAAACAAAAYS9QSwMEFAAAAAAAAAAhUDybx2EFAAAABQAAAAsAAABhL3BsYWluLnR4dEFD",
      "R1QKUEsDBBQAAAAIAAAAIVCAxFiBCwAAAJABAAAMAAAAYS9wYWNrZWQudHh0c3R2D3EcxYMGAwBQSwECFAMUAAAAAAAAACFQAAAA",
      "AAAAAAAAAAAAAgAAAAAAAAAAAAAAgAEAAAAAYS9QSwECFAMUAAAAAAAAACFQPJvHYQUAAAAFAAAACwAAAAAAAAAAAAAAgAEgAAAA",
      "YS9wbGFpbi50eHRQSwECFAMUAAAACAAAACFQgMRYgQsAAACQAQAADAAAAAAAAAAAAAAAgAFOAAAAYS9wYWNrZWQudHh0UEsFBgAA",
      "AAADAAMAowAAAIMAAAAAAA==",
    ].joined())!)

@Test func `members of an archive are read by name`() throws {
  let zip = try ZipArchive(archive)
  #expect(ZipArchive.begins(archive) && !ZipArchive.begins([0x50, 0x4B]))
  #expect(zip.names == ["a/plain.txt", "a/packed.txt"])
  #expect(try zip.content("a/plain.txt") == Array("ACGT\n".utf8))
  #expect(try zip.content("a/packed.txt") == Array(String(repeating: "ACGT", count: 100).utf8))
  #expect(try zip.content("packed.txt") == nil)
}

/// Every cut and every changed byte is found, or harmless; none crashes.
@Test func `damage to an archive is found or harmless`() throws {
  let whole = Array(String(repeating: "ACGT", count: 100).utf8)
  for length in 0..<archive.count {
    #expect(throws: CompressionError.self) {
      _ = try ZipArchive(Array(archive.prefix(length))).content("a/packed.txt")
    }
  }
  for place in archive.indices {
    var bytes = archive
    bytes[place] ^= 0x55
    if let content = try? ZipArchive(bytes).content("a/packed.txt") { #expect(content == whole, "byte \(place)") }
  }
}
