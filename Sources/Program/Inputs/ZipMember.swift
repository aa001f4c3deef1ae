package import Artifacts
import Compression

/// An input whose files may be zip archives: of those, one member is read. An archive is unpacked when it is imported;
/// stores may hold some that were imported whole.
package struct ZipMember: InputArtifact {
  /// The option `member` of formats whose files may be zip archives.
  package static let option = InputOption("member", help: "The member to read where the file is a zip archive.")

  /// Files of an input that are zip archives although no member is stated.
  package static func unstated(_ input: any InputArtifact, _ path: InputFormat.Path) throws -> [InputProblem] {
    if input.reference.options[option.name] != nil { return [] }
    var problems: [InputProblem] = []
    for name in try input.names {
      var first: [UInt8] = []
      try input.forEachChunk(name) { chunk in
        first += chunk.prefix(4 - first.count)
        return first.count < 4
      }
      guard ZipArchive.begins(first), let zip = try? ZipArchive(input.bytes(name)) else { continue }
      if zip.names.contains("xl/workbook.xml") {
        problems.append(InputProblem("\(path(name)): this is an Excel workbook; save the sheet as CSV"))
        continue
      }
      let members = zip.names.filter { !$0.hasSuffix("/") }
      let list = members.prefix(10).joined(separator: ", ") + (members.count > 10 ? ", ..." : "")
      problems.append(
        InputProblem("\(path(name)): this is a zip archive; options: { member: NAME } reads one of its files: \(list)"))
    }
    return problems
  }

  private let archive: any InputArtifact
  private let member: String
  private let path: InputFormat.Path

  package init(_ archive: any InputArtifact, _ member: String, _ path: @escaping InputFormat.Path) {
    self.archive = archive
    self.member = member
    self.path = path
  }

  package var reference: ArtifactReference { archive.reference }
  package var names: [String] { get throws { try archive.names } }

  package func open(_ name: String) throws -> any ByteReader {
    let bytes = try archive.bytes(name)
    guard ZipArchive.begins(bytes) else { return MemoryReader(bytes[...]) }
    do {
      let zip = try ZipArchive(bytes)
      if let content = try zip.content(member) { return MemoryReader(content[...]) }
      let list = zip.names.joined(separator: ", ")
      throw StageFailure(code: "bad-data", "\(path(name)): the archive has no member `\(member)`; it has \(list)")
    } catch let error as CompressionError {
      throw StageFailure(code: "bad-data", "\(path(name)): \(error)")
    }
  }

  package func localPath(_ name: String) throws -> String { try archive.localPath(name) }
}
