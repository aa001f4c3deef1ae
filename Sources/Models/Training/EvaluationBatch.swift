package import Tokens

/// Sequences, or pieces of them, to be measured on.
package struct EvaluationBatch: Sendable {
  let tokens: PackedTokens
  /// Tokens at the front of each piece that are there to be read only.
  let context: Int
  /// Pieces without such a front, because nothing comes before them.
  let firstPieces: Set<Int>
  package init(_ tokens: PackedTokens, context: Int = 0, firstPieces: Set<Int> = []) {
    self.tokens = tokens
    self.context = context
    self.firstPieces = firstPieces
  }
}
