import Artifacts
import JSON
import Plans
import Sessions
import Stages
import Texts
import YAML

extension Server {
  /// The names of a pipeline; nil for another file.
  private mutating func names(_ uri: String) -> NameTable? {
    guard files[uri]?.kind() == .pipeline, let outline = files[uri]?.outline(), let file = files[uri] else {
      return nil
    }
    return NameTable(outline, file.document.bytes)
  }

  private func location(_ uri: String, _ range: Range<Int>) -> JSON {
    ["uri": .string(uri), "range": files[uri]!.document.json(range)]
  }

  /// The places that define the name at an offset; of the name of a stage's kind, the file that declares it.
  mutating func definition(_ uri: String, _ offset: Int) -> JSON {
    guard let names = names(uri), let outline = files[uri]?.outline() else { return .null }
    if let found = names.occurrence(at: offset) {
      return .array(names.all(of: found.name).filter(\.isDefinition).map { location(uri, $0.range) })
    }
    guard let entry = outline.entry(at: offset), let text = outline.entries[entry].text else { return .null }
    if let reference = ReferenceText(text), let item = reference.part,
      let items = outline.entry("inputs", reference.name, "items"), let place = outline.child(item, of: items)
    {
      return .array([location(uri, outline.entries[place].keyRange)])
    }
    let path = outline.path(entry)
    guard path.count == 3, path[0] == "stages", path[2] == "stage", let file = files[uri]?.vocabulary.files[text] else {
      return .null
    }
    let start: JSON = ["line": 0, "character": 0]
    return [["uri": .string(FileURI.uri(file)), "range": ["start": start, "end": start]]]
  }

  mutating func references(_ uri: String, _ offset: Int, withDefinition: Bool) -> JSON {
    guard let names = names(uri), let found = names.occurrence(at: offset) else { return .null }
    let places = names.all(of: found.name).filter { withDefinition || !$0.isDefinition }
    return .array(places.map { location(uri, $0.range) })
  }

  mutating func highlights(_ uri: String, _ offset: Int) -> JSON {
    guard let names = names(uri), let found = names.occurrence(at: offset) else { return .null }
    // 2: read, 3: written.
    return .array(
      names.all(of: found.name).map { place in
        ["range": files[uri]!.document.json(place.range), "kind": place.isDefinition ? 3 : 2]
      })
  }

  mutating func prepareRename(_ uri: String, _ offset: Int) -> JSON {
    guard let names = names(uri), let found = names.occurrence(at: offset), let file = files[uri] else { return .null }
    return ["range": file.document.json(found.range), "placeholder": .string(found.name)]
  }

  /// The edits that give a thing another name. A text with errors may hide places of the name: it is refused, as is a
  /// name that is taken.
  mutating func rename(_ uri: String, _ offset: Int, to name: String) throws(Fault) -> JSON {
    guard let names = names(uri), let found = names.occurrence(at: offset) else {
      throw Fault(.requestFailed, "no name of a stage, an input, an axis or a param stands here")
    }
    guard NameRules.isName(name), name != "params" else {
      throw Fault(.requestFailed, "'\(name)' is not a name: it has \(NameRules.nameRule)")
    }
    if name != found.name, let kind = names.kind(of: name) {
      throw Fault(.requestFailed, "'\(name)' is already the name of \(kind.words)")
    }
    if let fault = analysis(of: uri).findings.first(where: { $0.severity == .error }) {
      throw Fault(.requestFailed, "the file has errors, the first on line \(fault.position.line): \(fault.message)")
    }
    let places = names.all(of: found.name).map(\.range)
    try check(uri, places, name)
    return edit(uri, places, name, "renames \(found.kind.words); names are in no key, so that nothing reruns")
  }

  /// Refuses a renaming after which the file would not be right.
  private mutating func check(_ uri: String, _ places: [Range<Int>], _ name: String) throws(Fault) {
    var renamed = OpenFile(files[uri]!.document)
    renamed.change { document in
      for range in places.reversed() { document.replace(range, by: name) }
    }
    let after = renamed.reading(stageFiles).analysis()
    if let fault = after.findings.first(where: { $0.severity == .error }) {
      throw Fault(.requestFailed, "with that name the file has an error: \(fault.message)")
    }
  }

  private func edit(_ uri: String, _ places: [Range<Int>], _ name: String, _ words: String) -> JSON {
    let file = files[uri]!
    let mark: JSON? = client.annotatesChanges && client.versionsChanges ? "rename" : nil
    let edits = places.map { place -> JSON in
      (["range": file.document.json(place), "newText": .string(name)] as JSON).with(["annotationId": mark])
    }
    guard client.versionsChanges else { return ["changes": [uri: .array(edits)]] }
    let document: JSON = ["uri": .string(uri), "version": .int(file.document.version)]
    let changes: JSON = ["documentChanges": [["textDocument": document, "edits": .array(edits)]]]
    let annotations: JSON = ["rename": ["label": "rename", "description": .string(words)]]
    return changes.with(["changeAnnotations": mark == nil ? nil : annotations])
  }
}
