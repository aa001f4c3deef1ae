import Foundation
import Sequences
import Testing

/// Every file of `Goldens/bad` is refused with the message in the file `.expected` beside it. The start of its name
/// says how it is read; a folder is a GUE task.
@Test func badFilesGiveTheirMessages() throws {
  let folder = goldens.appendingPathComponent("bad")
  let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { !$0.hasSuffix(".expected") }.sorted()
  #expect(names.count >= 30)
  for name in names {
    let url = folder.appendingPathComponent(name)
    try checkGolden(try message(name, url) + "\n", "bad/\(name).expected")
  }
}

private func message(_ name: String, _ url: URL) throws -> String {
  do {
    if name.hasPrefix("gue-") {
      var reader = LabelledReader(folder: name)
      for (index, file) in LabelledReader.files.enumerated() {
        try Data(contentsOf: url.appendingPathComponent(file)).withUnsafeBytes { reader.push(index, $0) }
      }
      _ = try reader.finish()
      return "accepted"
    }
    let bytes = Array(try Data(contentsOf: url))
    switch name.prefix(while: { $0 != "-" }) {
    case "fasta": _ = try FASTAReader.read(bytes, file: name)
    case "protein": _ = try FASTAReader.read(bytes, file: name, options: ReadingOptions(alphabet: .protein))
    case "table": _ = try TableReader.read(bytes, file: name, options: TableOptions(labelColumn: "label"))
    case "tokenizer": _ = try Tokenizer(json: bytes, file: name)
    case "tokens": try bytes.withUnsafeBytes { _ = try TokenArray($0, file: name) }
    default: Issue.record("\(name) is of no known sort")
    }
    return "accepted"
  } catch let findings as SequenceFindings { return findings.description } catch let error as SequenceError {
    return error.description
  }
}
