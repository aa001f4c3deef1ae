import JSON
import Texts

extension Server {
  /// Kinds of symbols as the protocol numbers them.
  private enum Symbol: Int {
    case module = 2, property = 7, function = 12, variable = 13, constant = 14
  }

  /// Entries of a list that an editor gets.
  private static let limit = 5000

  /// Params, inputs and stages of a pipeline; parameters, inputs and outputs of a stage.
  mutating func symbols(_ uri: String) -> JSON {
    guard let outline = files[uri]?.outline(), let file = files[uri] else { return .null }
    let sections: [(key: String, Symbol)] = [
      ("params", .constant), ("parameters", .constant), ("inputs", .variable), ("stages", .function),
      ("outputs", .property),
    ]
    var left = Self.limit
    var symbols: [JSON] = []
    for section in outline.entries[0].children {
      guard let kind = sections.first(where: { $0.key == outline.entries[section].key })?.1 else { continue }
      let children = outline.entries[section].children.filter { outline.entries[$0].key != nil }.prefix(left)
      left -= children.count
      let parts = children.map { symbol($0, kind, outline, file.document, []) }
      symbols += client.nestsSymbols ? [symbol(section, .module, outline, file.document, parts)] : parts
    }
    return .array(symbols)
  }

  private func symbol(
    _ place: Int, _ kind: Symbol, _ outline: Outline, _ document: TextDocument, _ children: [JSON]
  ) -> JSON {
    let entry = outline.entries[place]
    let range = document.json(entry.keyRange.lowerBound..<max(entry.end, entry.keyRange.upperBound))
    let head: JSON = ["name": .string(entry.key ?? ""), "kind": .int(kind.rawValue)]
    guard client.nestsSymbols else {
      let container = JSON.string(outline.entries[entry.parent].key ?? "")
      return head.with(["location": ["uri": .string(document.uri), "range": range], "containerName": container])
    }
    let detail = outline.text("stage", of: place) ?? outline.text("kind", of: place)
    return head.with([
      "detail": detail.map(JSON.string), "range": range, "selectionRange": document.json(entry.keyRange),
      "children": .array(children),
    ])
  }

  /// Entries of several lines.
  mutating func folds(_ uri: String) -> JSON {
    guard let outline = files[uri]?.outline(), let document = files[uri]?.document else { return .null }
    var folds: [JSON] = []
    for entry in outline.entries.dropFirst() where entry.key != nil && folds.count < Self.limit {
      let first = document.place(of: entry.keyRange.lowerBound).line
      let last = document.place(of: entry.end).line
      if last > first { folds.append(["startLine": .int(first), "endLine": .int(last)]) }
    }
    return .array(folds)
  }
}
