import JSON
import Texts
import YAML

/// Findings as an editor shows them. A finding about another file stands where its own file names that one, with the
/// place as a related one.
struct Locator {
  private let file: OpenFile
  /// By path, the texts that are open or were read.
  private var documents: [String: TextDocument] = [:]
  private let outline: Outline

  init(_ file: OpenFile, others: [OpenFile], _ sources: [String: String]) {
    var file = file
    outline = file.outline()
    self.file = file
    for (path, text) in sources where path != file.path && path.hasPrefix("/") {
      documents[path] = TextDocument(
        uri: FileURI.uri(path), version: 0, text: text, encoding: file.document.encoding)
    }
    for other in others + [file] { documents[other.path] = other.document }
  }

  func json(_ finding: Diagnostic, withNotes: Bool) -> JSON {
    let isOwn = finding.position.file == file.path
    let range =
      isOwn
      ? file.document.range(at: finding.position, length: finding.length) : place(ofStage: finding.position.file)
    var message = finding.message
    if let suggestion = finding.suggestion { message += "; did you mean '\(suggestion)'?" }
    if let help = finding.help { message += "\nhelp: \(help)" }
    var notes = finding.notes.compactMap { related($0.message, $0.position, $0.length) }
    if !isOwn, let place = related(finding.message, finding.position, finding.length) { notes.insert(place, at: 0) }
    let json: JSON = [
      "range": file.document.json(range), "severity": finding.severity == .error ? 1 : 2, "source": "bioarc",
      "message": .string(message),
    ]
    return json.with(["relatedInformation": withNotes && !notes.isEmpty ? .array(notes) : nil])
  }

  private func related(_ message: String, _ position: Position, _ length: Int) -> JSON? {
    guard let document = documents[position.file] else { return nil }
    let range = document.json(document.range(at: position, length: length))
    return ["location": ["uri": .string(document.uri), "range": range], "message": .string(message)]
  }

  /// The name of the stage that a file declares, where the pipeline asks for it.
  private func place(ofStage path: String) -> Range<Int> {
    let name = path.split(separator: "/").last.map { $0.hasSuffix(".yaml") ? String($0.dropLast(5)) : String($0) }
    for stage in outline.named("stages") {
      guard let kind = outline.child("stage", of: stage), outline.entries[kind].text == name else { continue }
      return outline.entries[kind].value ?? outline.entries[kind].keyRange
    }
    return 0..<0
  }
}
