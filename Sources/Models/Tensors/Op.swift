/// One recorded operation: which values and parameters it joined, and where its saved numbers lie.
package protocol Op {
  /// Adds to the gradients of its inputs and parameters what follows from its result's, which must be finished, and
  /// frees that one's room. Adds nothing when no loss depends on the result.
  func backward(on tape: Tape)
}
