import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// An item of an axis before ids have been checked.
  private struct Item {
    let id: String
    let value: Value
    let span: Span
  }

  /// The axis of one entry of `for`, or nil with a finding.
  mutating func readAxis(_ name: Name, _ items: PipelineSyntax.AxisItems) -> Int? {
    if case .term(let term) = items {
      let resolved = substituted(term)
      if case .reference(let reference) = resolved.content {
        return memberAxis(name, reference, at: resolved.span)
      }
    }
    if case .records(let entries, let span) = items {
      return recordItems(name, entries, at: span).map { items in
        axis(name, .records(items.map { ($0.id, $0.fields) }), spans: items.map(\.span))
      }
    }
    return axisValues(name, items).map { items in
      axis(name, .values(items.map { ($0.id, $0.value) }), spans: items.map(\.span))
    }
  }

  /// The items of an axis that the pipeline states, ascending by id, or nil with a finding.
  mutating func axisValues(
    _ name: Name, _ items: PipelineSyntax.AxisItems
  ) -> [(id: String, value: Value, span: Span)]? {
    switch items {
    case .map(let entries, let span): return mapItems(name, entries, at: span)
    case .records(_, let span):
      findings.error("the items of the axis '\(name.text)' of an input are values, not maps", at: span)
      return nil
    case .term(let term):
      let resolved = substituted(term)
      switch resolved.content {
      case .broken: return nil
      case .list(let terms): return listItems(name, terms, of: resolved)
      case .reference(let reference):
        if known(reference, at: resolved.span) {
          findings.error("the axis '\(name.text)' of an input needs values, not \(reference.text)", at: resolved.span)
        }
        return nil
      case .value:
        findings.error(
          "the axis '\(name.text)' needs a list of values, a map from id to value, or a collection, "
            + "not \(resolved.words)", at: resolved.span, help: "write [\(resolved.words)] for an axis of one item",
          notes: resolved.useNotes)
        return nil
      }
    }
  }

  private mutating func listItems(_ name: Name, _ terms: [Term], of list: Term) -> [(
    id: String, value: Value, span: Span
  )]? {
    var items: [Item] = []
    var isBroken = false
    for term in terms {
      let item = substituted(term)
      if case .value(let value) = item.content {
        let id = value.description
        items.append(Item(id: id, value: value, span: term.span))
        guard !NameRules.isID(id) else { continue }
        findings.error(
          "'\(id)' cannot be the id of an item: an id has \(NameRules.idRule)", at: item.span,
          help: "name the item: \(name.text): { some-id: \(Self.quoted(id)) }", notes: item.useNotes)
      } else {
        report(item, name)
      }
      isBroken = true
    }
    return isBroken ? nil : checked(name, items, at: list.span)
  }

  private func report(_ item: Term, _ name: Name) {
    switch item.content {
    case .reference(let reference):
      guard known(reference, at: item.span) else { return }
      findings.error("an item of the axis '\(name.text)' must be a value, not \(reference.text)", at: item.span)
    case .list:
      findings.error(
        "a list cannot be an item here, for it has no id", at: item.span,
        help: "name the item: \(name.text): { some-id: [...] }", notes: item.useNotes)
    case .value, .broken: break
    }
  }

  private mutating func mapItems(
    _ name: Name, _ entries: [(id: Name, value: Term)], at span: Span
  ) -> [(id: String, value: Value, span: Span)]? {
    var items: [Item] = []
    for entry in entries {
      let term = substituted(entry.value)
      if let value = value(term) {
        items.append(Item(id: entry.id.text, value: value, span: term.span))
      } else if case .reference = term.content {
        report(term, name)
      }
    }
    return items.count == entries.count && entries.allSatisfy { NameRules.isID($0.id.text) }
      ? checked(name, items, at: span) : nil
  }

  /// Items that are maps, ascending by id, each at the place of its id.
  private mutating func recordItems(
    _ name: Name, _ entries: [(id: Name, fields: [(name: Name, value: Term)])], at span: Span
  ) -> [(id: String, fields: [String: Value], span: Span)]? {
    var records: [(id: String, fields: [String: Value])] = []
    var isBroken = false
    for entry in entries {
      var fields: [String: Value] = [:]
      for field in entry.fields {
        let term = substituted(field.value)
        if let value = value(term) {
          fields[field.name.text] = value
        } else {
          if case .reference = term.content { report(term, name) }
          isBroken = true
        }
      }
      records.append((entry.id.text, fields))
    }
    guard !isBroken, entries.allSatisfy({ NameRules.isID($0.id.text) }) else { return nil }
    let items = zip(records, entries).map { Item(id: $0.id, value: .string($0.id), span: $1.id.span) }
    let fields = Dictionary(records.map { ($0.id, $0.fields) }) { first, _ in first }
    return checked(name, items, at: span)?.map { ($0.id, fields[$0.id]!, $0.span) }
  }

  /// The value of a term with params in it, or nil where a reference is left.
  private mutating func value(_ term: Term) -> Value? {
    guard case .list(let terms) = term.content else { return term.value }
    var values: [Value] = []
    for term in terms {
      let term = substituted(term)
      if case .reference(let reference) = term.content, known(reference, at: term.span) {
        findings.error("an item of an axis holds values, not \(reference.text)", at: term.span)
      }
      guard let value = value(term) else { return nil }
      values.append(value)
    }
    return .list(values)
  }

  /// The items in the order of their ids, none twice.
  private func checked(
    _ name: Name, _ items: [Item], at span: Span
  ) -> [(id: String, value: Value, span: Span)]? {
    guard !items.isEmpty else {
      findings.error("the axis '\(name.text)' is empty", at: span)
      return nil
    }
    // Ids are ASCII, whose order as text is that of their bytes.
    let sorted = items.sorted { $0.id < $1.id }
    guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.id != $1.id }) else {
      var first: [String: Span] = [:]
      for item in items {
        guard let span = first.updateValue(item.span, forKey: item.id) else { continue }
        findings.error(
          "two items of the axis '\(name.text)' have the id '\(item.id)'", at: item.span,
          notes: [.init("the first one is here", at: span)])
      }
      return nil
    }
    return sorted.map { ($0.id, $0.value, $0.span) }
  }

  private mutating func memberAxis(_ name: Name, _ reference: Reference, at span: Span) -> Int? {
    guard let resolved = resolve(reference, at: span) else { return nil }
    switch resolved {
    case .unknownOutput: return nil
    case .output(let stage, let port):
      guard let source = drafts[stage], source.areAxesKnown else { return nil }
      guard port.member != nil else {
        findings.error(
          "\(reference.text) is not a collection, so it makes no axis", at: span, help: collectionHelp(stage))
        return nil
      }
      guard source.axes.isEmpty else {
        let names = source.axes.map { axes[$0.index].name }.joined(separator: ", ")
        findings.error(
          "\(reference.text) is an array over \(names): each of its collections may have other members", at: span,
          help: "format 1 has no ragged arrays; '\(source.name)' must be a single step here")
        return nil
      }
      return axis(name, .members(node: source.index, port: port.name), spans: [])
    case .collection:
      findings.error(
        "\(reference.text) makes its axis itself", at: span, help: "write \(reference.text) at a port of the stage")
    case .axis(let other):
      findings.error(
        "'\(other)' is an axis; it cannot be the items of another one", at: span,
        help: "a list that several stages use is a param: $params.name")
    case .input:
      findings.error("\(reference.text) is one input, so it makes no axis", at: span)
    }
    return nil
  }

  private func collectionHelp(_ stage: Int) -> String? {
    let collections = declaration(of: stage)?.outputs.filter { $0.member != nil }.map(\.name) ?? []
    let texts = collections.map { Reference(name: syntax.stages[stage].name.text, part: $0).text }
    return texts.isEmpty ? nil : "a collection is " + texts.joined(separator: " or ")
  }

  /// `text` as a YAML string.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
