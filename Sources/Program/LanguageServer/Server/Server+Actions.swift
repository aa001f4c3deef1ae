import Artifacts
import JSON
import Texts
import YAML

extension Server {
  /// Corrections that findings suggest, ports that are missing, and the question why a stage runs.
  mutating func actions(_ uri: String, _ params: JSON) -> JSON {
    guard let range = params["range"].flatMap({ files[uri]?.document.range($0) }) else { return .array([]) }
    let analysis = analysis(of: uri)
    guard let outline = files[uri]?.outline(), let kind = files[uri]?.kind(), let file = files[uri] else {
      return .array([])
    }
    let only = params["context"]?["only"]?.array?.compactMap(\.string)
    let touched = kind == .pipeline ? outline.named("stages").filter { Self.touches(outline.entries[$0], range) } : []
    var actions: [JSON] = []
    if only.map({ $0.contains("quickfix") }) ?? true {
      actions += corrections(of: findings(uri, analysis), in: file, range)
      actions += touched.flatMap { ports(missing: $0, file, outline) }
    }
    for stage in touched where only == nil && file.goodPlan != nil && file.isFile {
      guard let name = outline.entries[stage].key else { continue }
      let title: JSON = "why does '\(name)' run, or not?"
      let arguments: JSON = [.string(uri), .string(name)]
      actions.append([
        "title": title, "command": ["title": title, "command": .string(Capabilities.why), "arguments": arguments],
      ])
    }
    return .array(actions)
  }

  private static func touches(_ entry: Outline.Entry, _ range: Range<Int>) -> Bool {
    entry.keyRange.lowerBound <= range.upperBound && range.lowerBound <= max(entry.end, entry.keyRange.upperBound)
  }

  /// The texts that were probably meant, in place of what is marked within a range.
  private func corrections(of findings: [Diagnostic], in file: OpenFile, _ range: Range<Int>) -> [JSON] {
    findings.filter { $0.position.file == file.path }.compactMap { finding in
      let place = file.document.range(at: finding.position, length: finding.length)
      guard let suggestion = finding.suggestion, place.lowerBound <= range.upperBound,
        range.lowerBound <= place.upperBound
      else { return nil }
      // Quotes stay, and hold what needs them.
      let inner = Outline.inner(place, file.document.bytes)
      return fix("write '\(suggestion)'", file, inner, suggestion, isPreferred: true)
    }
  }

  /// For each port that must be bound and is not, the references that it can read.
  private func ports(missing stage: Int, _ file: OpenFile, _ outline: Outline) -> [JSON] {
    let bytes = file.document.bytes
    guard let name = outline.entries[stage].key, let declaration = file.vocabulary.declaration(name, in: outline),
      let completer = Completer(
        bytes, at: outline.entries[stage].keyRange.upperBound, outline: outline, vocabulary: file.vocabulary,
        isPipeline: true)
    else { return [] }
    let bindings = outline.child("in", of: stage)
    let bound = Set(bindings.map { outline.entries[$0].children.compactMap { outline.entries[$0].key } } ?? [])
    let missing = declaration.inputs.filter { port in
      !bound.contains(port.name) && (port.required || port.alternative.map { !bound.contains($0) } ?? false)
    }
    return missing.flatMap { port -> [JSON] in
      let references = completer.references(name, port)
      return references.compactMap { reference in
        let entry = "\(port.name): \(reference.text)"
        let place =
          bindings.map { outline.insertion(of: entry, into: $0, bytes) }
          ?? outline.insertion(of: "in: { \(entry) }", into: stage, bytes)
        guard let place else { return nil }
        let range = place.offset..<place.offset
        return fix("add '\(entry)'", file, range, place.text, isPreferred: references.count == 1)
      }
    }
  }

  private func fix(
    _ title: String, _ file: OpenFile, _ range: Range<Int>, _ text: String, isPreferred: Bool
  ) -> JSON {
    let edit: JSON = ["range": file.document.json(range), "newText": .string(text)]
    return [
      "title": .string(title), "kind": "quickfix", "isPreferred": .bool(isPreferred),
      "edit": ["changes": [file.document.uri: [edit]]],
    ]
  }
}
