import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// An option of an input as it was stated.
  struct StatedOption {
    let text: String
    let span: Span
    let notes: [Diagnostic.Note]
  }

  /// The options of an input by name; an option that `format` does not take is a finding at its place.
  mutating func readOptions(_ file: PipelineSyntax.File, of format: InputFormat?) -> [String: StatedOption] {
    var options: [String: StatedOption] = [:]
    for (name, value) in file.options {
      let term = substituted(value)
      let known = format?.option(name.text)
      if let format, known == nil { reportUnknown(name, of: format) }
      if let known, known.kind != .map, file.maps.contains(name.text) {
        findings.error("the option '\(name.text)' takes one value, not a map", at: term.span)
        continue
      }
      guard let text = text(term, of: name.text, known?.kind), format == nil || known != nil else { continue }
      options[name.text] = StatedOption(text: text, span: term.span, notes: term.useNotes)
    }
    for problem in format?.problems(options.mapValues(\.text)) ?? [] {
      guard let option = problem.option.flatMap({ options[$0] }) else { continue }
      findings.error(
        problem.message, at: option.span, name: option.text, candidates: problem.candidates, notes: option.notes)
    }
    return options
  }

  private func reportUnknown(_ name: Name, of format: InputFormat) {
    let known = format.options.map(\.name)
    let near = findings.nearest(to: name.text, in: known)
    findings.error(
      "the format '\(format.name)' of \(format.kind) has no option '\(name.text)'", at: name.span, suggestion: near,
      help: near != nil ? nil : known.isEmpty ? "it has none" : "its options: " + known.joined(separator: ", "))
  }

  /// The text of an option's value; a list, where the option takes one, becomes its items parted by commas.
  private mutating func text(_ term: Term, of name: String, _ kind: InputOption.Kind?) -> String? {
    switch term.content {
    case .broken: return nil
    case .value(.string(let text)): return text
    case .value(let value): return value.description
    case .list(let items) where kind == .list || kind == .files:
      let texts = items.compactMap { text($0, of: name, .text) }
      for (text, item) in zip(texts, items) where text.contains(",") {
        findings.error("an item of the option '\(name)' cannot have a comma in it", at: item.span)
      }
      return texts.count == items.count ? texts.joined(separator: ", ") : nil
    case .list:
      findings.error("the option '\(name)' takes one value, not a list", at: term.span, notes: term.useNotes)
    case .reference(let reference):
      guard known(reference, at: term.span) else { return nil }
      findings.error("the option '\(name)' can refer to params only, not to \(reference.text)", at: term.span)
    }
    return nil
  }
}
