import Artifacts
import Manual
import Sessions
import Stages
import Syntax
import Texts

/// Says in lines what stands at a place of the file of a stage.
struct StageDescriber {
  private let outline: Outline
  private let vocabulary: Vocabulary
  /// The stage that the file declares; nil where it has errors, and for the page of a built-in one.
  private let declaration: StageDeclaration?

  init(_ outline: Outline, _ file: OpenFile) {
    (self.outline, vocabulary) = (outline, file.vocabulary)
    let read = StageFile(path: file.path, text: file.document.bytes).read(builtIn: StageRegistry.builtIn.declarations)
    declaration = read.stage?.declaration
  }

  /// The lines about the key or the value of an entry; none where nothing is known.
  func lines(_ entry: Int, isKey: Bool) -> [String] {
    let path = outline.path(entry)
    switch (path.first, path.count) {
    case ("parameters", 2) where isKey: return parameter(path[1])
    case ("inputs", 2) where isKey:
      guard let port = declaration?.input(path[1]) else { return [] }
      return ["\(port.name), a port that reads \(port.kindWords)", port.help, port.facts].filter { !$0.isEmpty }
    case ("outputs", 2) where isKey:
      guard let port = declaration?.output(path[1]) else { return [] }
      return ["\(port.name), an output of the kind \(port.kind.name)", port.help]
    default: break
    }
    if isKey {
      guard let key = path.last, let help = StageFileWords.help(Array(path.dropLast()), key) else { return [] }
      return [key, help]
    }
    return value(path, outline.entries[entry].text ?? "")
  }

  private func parameter(_ name: String) -> [String] {
    guard let parameter = declaration?.parameter(name) else { return [] }
    return ["\(name), a parameter", parameter.help, parameter.facts].filter { !$0.isEmpty }
  }

  private func value(_ path: [String], _ text: String) -> [String] {
    switch (path.first, path.last) {
    case ("inputs", "kinds"), ("outputs", "kind"), ("outputs", "member"): return kind(text)
    case ("parameters", "role"), ("inputs", "as"), ("outputs", "layout"), ("parameters", "type"):
      return StageFileWords.help(path, text).map { [text, $0] } ?? []
    case ("command", _):
      return StageFile.places(in: text).flatMap { place in
        if place.hasPrefix("with.") { return parameter(String(place.dropFirst(5))) }
        return StageFileWords.help(path, place).map { ["{\(place)}", $0] } ?? []
      }
    default: return []
    }
  }

  /// Who writes and who reads artifacts of a kind.
  private func kind(_ name: String) -> [String] {
    let stages = vocabulary.stages.values.sorted { $0.name < $1.name }
    let writers = stages.filter { stage in
      stage.outputs.contains { $0.kind.name == name || $0.member?.name == name }
    }.map(\.name)
    let readers = stages.filter { $0.inputs.contains { $0.kinds.contains { $0.name == name } } }.map(\.name)
    guard !writers.isEmpty || !readers.isEmpty else { return [] }
    let uses = [("written by", writers), ("read by", readers)].filter { !$0.1.isEmpty }
    return ["\(name): a kind of artifact"] + uses.map { "\($0) \($1.joined(separator: ", "))" }
  }
}
