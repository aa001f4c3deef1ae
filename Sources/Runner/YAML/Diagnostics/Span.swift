/// A run of characters on one line of a file.
package struct Span: Hashable, Sendable {
  package let position: Position
  /// In characters; 0 for an empty value.
  package let length: Int
  package init(_ position: Position, length: Int) {
    self.position = position
    self.length = length
  }
}
