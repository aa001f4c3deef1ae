import Artifacts
import Compression
import Foundation
import TestSupport
import Testing

@Suite struct ZipWriterTests {
  private static let members: [(name: String, bytes: [UInt8])] = [
    ("a/empty", []), ("a/grün.txt", Array("ACGT\n".utf8)),
    ("b.txt", Array(String(repeating: "ACGT", count: 10_000).utf8)),
    ("c.bin", (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 5) }),
  ]

  private static func archive(_ members: [(name: String, bytes: [UInt8])], limit: Int? = nil) throws -> [UInt8] {
    let output = MemoryWriter()
    let writer = limit.map { ZipWriter(to: output, limit: $0) } ?? ZipWriter(to: output)
    for member in members { try writer.add(member.name, size: member.bytes.count) { MemoryReader(member.bytes[...]) } }
    try writer.finish()
    return output.bytes
  }

  /// An archive as Python sees it: the result of its test, and each name with its size.
  private static func python(_ archive: [UInt8]) throws -> String? {
    guard let program = Python.program(importing: "zipfile") else { return nil }
    let folder = try Workspace()
    let path = folder.path("a.zip")
    try Data(archive).write(to: URL(fileURLWithPath: path))
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as archive:
          print(archive.testzip(), sum(1 for _ in archive.infolist()))
          for info in archive.infolist()[:4]: print(info.filename, info.file_size, info.date_time)
      """
    return String(decoding: try Python.run(program, ["-c", script, path]), as: UTF8.self)
  }

  @Test func `what is written is read, here and by Python`() throws {
    let archive = try Self.archive(Self.members)
    let zip = try ZipArchive(archive)
    #expect(zip.names == Self.members.map(\.name))
    for member in Self.members { #expect(try zip.content(member.name) == member.bytes, "\(member.name)") }
    #expect(archive.count < 7_000, "what can be is deflated")
    #expect(try archive == Self.archive(Self.members))
    let lines = Self.members.map { "\($0.name) \($0.bytes.count) (1980, 1, 1, 0, 0, 0)" }
    if let seen = try Self.python(archive) { #expect(seen == (["None 4"] + lines).joined(separator: "\n") + "\n") }
  }

  /// The fields of zip64 at sizes that a test can write, and at a number of members that needs them.
  @Test(arguments: [0, 1, 6_000, 30_000]) func `large archives are zip64`(_ limit: Int) throws {
    let archive = try Self.archive(Self.members, limit: limit)
    let lines = Self.members.map { "\($0.name) \($0.bytes.count) (1980, 1, 1, 0, 0, 0)" }
    if let seen = try Self.python(archive) { #expect(seen == (["None 4"] + lines).joined(separator: "\n") + "\n") }
  }

  @Test func `an archive has any number of members`() throws {
    for count in [65_534, 65_535, 65_536] {
      let archive = try Self.archive((0..<count).map { (String($0), []) })
      if let seen = try Self.python(archive) { #expect(seen.hasPrefix("None \(count)\n"), "\(seen.prefix(99))") }
    }
  }
}
