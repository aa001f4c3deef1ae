import JSON
import YAML

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

  // MARK: Actions

  /// Corrections that findings suggest, and the question why a stage runs.
  mutating func actions(_ uri: String, _ params: JSON) -> JSON {
    guard let range = params["range"].flatMap({ files[uri]?.document.range($0) }) else { return .array([]) }
    let analysis = analysis(of: uri)
    guard let outline = files[uri]?.outline(), let file = files[uri] else { return .array([]) }
    let only = params["context"]?["only"]?.array?.compactMap(\.string)
    var actions: [JSON] = []
    if only.map({ $0.contains("quickfix") }) ?? true {
      for finding in analysis.findings where finding.position.file == file.path {
        guard let suggestion = finding.suggestion else { continue }
        let place = file.document.range(at: finding.position, length: finding.length)
        guard place.lowerBound <= range.upperBound, range.lowerBound <= place.upperBound else { continue }
        let edit: JSON = ["range": file.document.json(place), "newText": .string(suggestion)]
        actions.append([
          "title": "write '\(suggestion)'", "kind": "quickfix", "isPreferred": true,
          "edit": ["changes": [uri: [edit]]],
        ])
      }
    }
    for stage in outline.named("stages") where only == nil && file.goodPlan != nil && file.isFile {
      let entry = outline.entries[stage]
      guard let name = entry.key, entry.keyRange.lowerBound <= range.lowerBound, range.lowerBound <= entry.end else {
        continue
      }
      let title: JSON = "why does '\(name)' run, or not?"
      let arguments: JSON = [.string(uri), .string(name)]
      actions.append([
        "title": title, "command": ["title": title, "command": .string(Capabilities.why), "arguments": arguments],
      ])
    }
    return .array(actions)
  }
}
