import Artifacts
import Manual
import Syntax
import Texts
import YAML

/// The words that can stand at a place of a pipeline or of the file of a stage, whatever is wrong around it.
struct Completer {
  let outline: Outline
  let vocabulary: Vocabulary
  let names: NameTable
  let isPipeline: Bool
  /// The outline of the text before the cursor, and the cursor in it.
  private let before: Outline
  private let cursor: Outline.Cursor
  private let offset: Int

  init?(_ bytes: [UInt8], at offset: Int, outline: Outline, vocabulary: Vocabulary, isPipeline: Bool) {
    let (before, cursor) = OutlineScanner.cursor(bytes, at: offset)
    guard let cursor else { return nil }
    (self.before, self.cursor, self.offset, self.outline) = (before, cursor, offset, outline)
    (self.vocabulary, self.isPipeline) = (vocabulary, isPipeline)
    names = NameTable(outline, bytes)
  }

  /// The beginning of the word at the cursor.
  var start: Int { cursor.start }
  /// Whether a key is written, and not a value.
  var isKey: Bool { cursor.valueOf == nil }

  /// The words, the likeliest first.
  var candidates: [Candidate] {
    guard let value = cursor.valueOf else {
      let path = before.path(cursor.container)
      let there = outline.entry(path).map { outline.entries[$0].children.map { outline.entries[$0] } } ?? []
      // The key that has been begun is none of those that are there.
      let taken = Set(there.filter { $0.keyRange.lowerBound != start || start == offset }.compactMap(\.key))
      return keys(path).filter { !taken.contains($0.text) }
    }
    let path = before.path(value)
    return isPipeline ? values(path) : StageFileWords.values(path, vocabulary)
  }

  /// The declaration of the stage that an entry of `stages` asks for.
  func declaration(_ stage: String) -> StageDeclaration? { vocabulary.declaration(stage, in: outline) }

  // MARK: Keys

  private func keys(_ path: [String]) -> [Candidate] {
    guard isPipeline else { return StageFileWords.keys(path) }
    let fixed = Grammar.keys(at: path).map { Candidate($0.name, .property, help: $0.help) }
    if !fixed.isEmpty { return fixed }
    if path.first == "inputs", path.last == "options" {
      return vocabulary.input(path, in: outline)?.format?.options.map {
        Candidate($0.name, .property, $0.facts, help: $0.help)
      } ?? []
    }
    guard path.count > 2, path[0] == "stages", let declaration = declaration(path[1]) else { return [] }
    switch (path[2], path.count) {
    case ("with", 3), ("for", 5): return parameters(declaration)
    case ("in", 3): return declaration.inputs.map { Candidate($0.name, .property, $0.facts, help: $0.help) }
    case ("for", 3): return names.names(.axis).map { Candidate($0, .variable, "an axis") }
    case ("in", 5) where path[4] == "over":
      return declaration.input(path[3])?.roles.map { Candidate($0, .property, "a role") } ?? []
    default: return []
    }
  }

  private func parameters(_ declaration: StageDeclaration) -> [Candidate] {
    let preset = declaration.presets.isEmpty ? [] : [Candidate(Preset.key, .property, "a set of values")]
    // Those that must be set come first.
    let (free, set) = (declaration.parameters.filter { $0.defaultValue != nil }, declaration.parameters)
    return (set.filter { $0.defaultValue == nil } + free).map { Candidate($0.name, .property, $0.facts, help: $0.help) }
      + preset
  }

  // MARK: Values

  private func values(_ path: [String]) -> [Candidate] {
    switch (path.first, path.count) {
    case ("bioarc", 1): return [Candidate("1", .value, "the version of the file's format")]
    case ("inputs", 3...): return inputValues(path)
    case ("stages", 3) where path[2] == "stage":
      return vocabulary.stages.values.sorted { $0.name < $1.name }.map {
        Candidate($0.name, .function, $0.summary, help: $0.help(color: false))
      }
    case ("stages", 3) where path[2] == "with": return axes(path[1], ofMaps: true)
    case ("stages", 4...): return stageValues(path)
    default: return []
    }
  }

  private func inputValues(_ path: [String]) -> [Candidate] {
    guard let input = vocabulary.input(path, in: outline) else { return [] }
    switch (input.rest.first, input.rest.count) {
    case ("kind", 1):
      return Set(vocabulary.formats.map(\.kind.name)).sorted().map { Candidate($0, .constant, "a kind of input") }
    case ("format", 1):
      return vocabulary.formats.filter { input.kind == nil || $0.kind.name == input.kind }.map {
        Candidate($0.name, .constant, $0.kind.name, help: $0.help(color: false))
      }
    case ("options", 2):
      switch input.format?.option(path[path.count - 1])?.kind {
      case .choice(let names): return names.map { Candidate($0, .constant) } + params
      case .bool: return ["true", "false"].map { Candidate($0, .value) } + params
      default: return params
      }
    default: return params
    }
  }

  private func stageValues(_ path: [String]) -> [Candidate] {
    let stage = path[1]
    switch (path[2], path.count) {
    case ("with", 4), ("for", 6): return parameterValues(path[path.count - 1], of: stage)
    case ("for", 4): return params + outputs(besides: stage) { $0.member != nil }
    case ("in", 4...5) where path.count == 4 || path[4] == "from":
      return declaration(stage)?.input(path[3]).map { references(stage, $0) } ?? []
    case ("in", 5) where path[4] == "of": return outputs(besides: stage) { $0.kind.name == "choice" }
    case ("in", 6...) where path[4] == "over": return names.names(.axis).map { Candidate($0, .variable, "an axis") }
    default: return path[2] == "resources" ? params : []
    }
  }

  private func parameterValues(_ name: String, of stage: String) -> [Candidate] {
    guard let declaration = declaration(stage) else { return [] }
    if name == Preset.key {
      return declaration.presets.map { Candidate($0.name, .constant, "a preset", help: $0.help) } + params
    }
    guard let parameter = declaration.parameter(name) else { return [] }
    var type = parameter.type
    while case .list(let element) = type { type = element }
    var words: [Candidate] = []
    switch type {
    case .bool: words = ["true", "false"].map { Candidate($0, .value) }
    case .choice(let names): words = names.map { Candidate($0, .constant) }
    case .int, .float, .string, .list:
      if let value = parameter.defaultValue { words = [Candidate(YAMLWriter.value(value), .value, "the default")] }
    }
    return words + params + axes(stage, ofMaps: false)
  }
}
