/// A tensor of a bound block, as an op names it.
package struct Parameter: Sendable {
  /// The block's number among those bound to the tape.
  package let block: Int
  /// In floats from the block's first.
  package let offset: Int
  package let shape: [Int]
}
