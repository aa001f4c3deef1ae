/// Why a layer that can be written cannot be built.
package struct BlockProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence without a full stop.
  package let description: String
  /// The width that it is about, if it is about one.
  package let width: Int?
  /// A width near it that can be built, where the width is what to change.
  package let nearestWidth: Int?

  package init(_ description: String, width: Int? = nil, nearestWidth: Int? = nil) {
    self.description = description
    self.width = width
    self.nearestWidth = nearestWidth
  }
}
