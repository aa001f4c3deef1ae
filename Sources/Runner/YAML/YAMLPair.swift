/// One entry of a mapping. Keys are scalars; their text counts, however it is quoted.
package struct YAMLPair: Sendable {
  package let key: String
  package let keySpan: Span
  package let value: YAMLNode
}
