import Artifacts

/// A node of a YAML document, with its place.
package struct YAMLNode: Sendable {
  /// The node's value: a scalar, a list or a map.
  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLPair])
  }
  package let content: Content
  package let span: Span
  /// Nodes in it, itself included, aliases expanded.
  let size: Int
  /// Levels in it, itself included.
  let height: Int

  /// This node at another place: where an alias stands.
  package func at(_ span: Span) -> YAMLNode { YAMLNode(content: content, span: span, size: size, height: height) }

  /// The node in words that fit after "not".
  package var words: String {
    switch content {
    case .scalar(let scalar): scalar.words
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }

  /// Whether the node is an empty or null value, as after `in:` with nothing behind it.
  package var isNull: Bool {
    if case .scalar(let scalar) = content, scalar.value == .null { true } else { false }
  }

  /// Whether the node is a map without entries, or null.
  package var isEmptyMap: Bool {
    if case .mapping(let pairs) = content { pairs.isEmpty } else { isNull }
  }
}
