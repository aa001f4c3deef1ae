/// A row that lies near another.
package struct Neighbour: Hashable, Sendable {
  /// Its number.
  package let row: Int
  /// The cosine of the angle between both; 0 where one of them has no length.
  package let similarity: Double

  package init(row: Int, similarity: Double) {
    self.row = row
    self.similarity = similarity
  }
}
