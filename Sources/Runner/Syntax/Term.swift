package import Artifacts
package import YAML

/// The content of one place of the file at which a value is expected: a value, a reference, or a list of these.
package struct Term {
  /// The value, the reference or the list at the place.
  package indirect enum Content {
    case value(Value)
    case reference(Reference)
    case list([Term])
    /// A finding has been made.
    case broken
  }
  package let content: Content
  package let span: Span
  /// The place where the value is used, when a param brought it here.
  package var use: Span?

  package init(_ content: Content, at span: Span, use: Span? = nil) {
    self.content = content
    self.span = span
    self.use = use
  }

  /// Whether the value was given by `--set`.
  package var isOverride: Bool { Override.isFile(span.position.file) }

  /// Reads `node`; findings speak of it as `what`.
  package init(_ node: YAMLNode, what: String, findings: Findings) {
    span = node.span
    switch node.content {
    case .sequence(let nodes):
      let item = "an item of \(what)"
      content = .list(nodes.map { Term($0, what: item, findings: findings) })
    case .mapping:
      findings.error("\(what) cannot be a map", at: node.span)
      content = .broken
    case .scalar(let scalar):
      content = Self.content(scalar, at: node.span, what: what, findings: findings)
    }
  }

  private static func content(_ scalar: YAMLScalar, at span: Span, what: String, findings: Findings) -> Content {
    switch scalar.value {
    case .null:
      findings.error("\(what) has no value", at: span)
      return .broken
    case .bool(let value): return .value(.bool(value))
    case .int(let value): return .value(.int(value))
    case .hugeInt:
      findings.error("\(scalar.text) does not fit into 64 bits", at: span)
      return .broken
    case .float(let value) where value.isFinite: return .value(.float(value == 0 ? 0 : value))
    case .float:
      findings.error("\(scalar.text) is not a finite number", at: span)
      return .broken
    case .string(let text) where text.hasPrefix("$$"): return .value(.string(String(text.dropFirst())))
    case .string(let text) where text.hasPrefix("$"):
      return reference(text, at: span, findings: findings).map(Content.reference) ?? .broken
    case .string(let text): return .value(.string(text))
    }
  }

  /// The reference that `text` writes. References are whole values: there are no templates.
  static func reference(_ text: String, at span: Span, findings: Findings) -> Reference? {
    let parts = text.dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy(NameRules.isName) else {
      findings.error(
        "'\(text)' is not a reference", at: span,
        help:
          "write $name, $stage.port or $params.name as the whole value; text that starts with a dollar starts with $$")
      return nil
    }
    return Reference(name: parts[0], part: parts.count == 2 ? parts[1] : nil)
  }

  /// Whether the term is one value, as most are.
  package var isPlain: Bool { if case .value = content { true } else { false } }

  /// The value, when the term holds no reference and no fault.
  package var value: Value? {
    switch content {
    case .value(let value): return value
    case .reference, .broken: return nil
    case .list(let terms):
      let values = terms.compactMap(\.value)
      return values.count == terms.count ? .list(values) : nil
    }
  }

  /// The term in words that fit after "not".
  package var words: String {
    switch content {
    case .value(.string(let text)): text.isEmpty ? "an empty string" : "'\(text)'"
    case .value(let value): value.description
    case .reference(let reference): reference.text
    case .list: "a list"
    case .broken: "this"
    }
  }
}
