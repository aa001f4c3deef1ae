import JSON
import Texts

extension Server {
  /// The words that can stand at an offset. The text is not planned for it.
  mutating func completion(_ uri: String, _ offset: Int) -> JSON {
    guard let outline = files[uri]?.outline(), let kind = files[uri]?.kind(), let file = files[uri] else {
      return .null
    }
    let document = file.document
    let completer = Completer(
      document.bytes, at: offset, outline: outline, vocabulary: file.vocabulary, isPipeline: kind == .pipeline)
    guard let completer else { return .null }
    let candidates = completer.candidates
    offered = candidates.map(\.help)
    // A word is replaced whole; where none has been begun, what stands behind the cursor stays.
    var end = offset
    if completer.start < offset { while end < document.bytes.count, Self.isWord(document.bytes[end]) { end += 1 } }
    let range = document.json(completer.start..<end)
    let isColonThere = document.bytes[end...].first { $0 != 0x20 } == UInt8(ascii: ":")
    let suffix = completer.isKey && !isColonThere ? ": " : ""
    let items = candidates.enumerated().map { $1.json($0, range, suffix: suffix) }
    return ["isIncomplete": false, "items": .array(items)]
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    48...57 ~= byte || 97...122 ~= byte | 0x20 || "$._-".utf8.contains(byte)
  }

  /// An offered word with what there is to say of it.
  func resolved(_ item: JSON) -> JSON {
    guard let number = item["data"]?.int, offered.indices.contains(number), !offered[number].isEmpty else {
      return item
    }
    let help = offered[number]
    // A page of help has its own columns.
    let isPage = help.contains("\n") && client.showsMarkdown
    let text: JSON = isPage ? ["kind": "markdown", "value": "```text\n\(help)```"] : .string(help)
    return item.with(["documentation": text])
  }

  /// All that is known of the thing at an offset.
  mutating func hover(_ uri: String, _ offset: Int) -> JSON {
    let analysis = analysis(of: uri)
    guard let outline = files[uri]?.outline(), let kind = files[uri]?.kind(), let file = files[uri],
      let entry = outline.entry(at: offset)
    else { return .null }
    let isKey = outline.entries[entry].keyRange.upperBound >= offset && outline.entries[entry].key != nil
    let lines =
      kind == .pipeline
      ? Describer(outline, file, analysis.plan ?? file.goodPlan?.plan).lines(entry, isKey: isKey)
      : StageDescriber(outline, file).lines(entry, isKey: isKey)
    guard !lines.isEmpty else { return .null }
    let range =
      isKey ? outline.entries[entry].keyRange : outline.entries[entry].value ?? outline.entries[entry].keyRange
    let text = client.showsMarkdown ? Describer.markdown(lines) : lines.joined(separator: "\n")
    let contents: JSON = ["kind": client.showsMarkdown ? "markdown" : "plaintext", "value": .string(text)]
    return ["contents": contents, "range": file.document.json(range)]
  }
}
