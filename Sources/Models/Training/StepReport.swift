/// One finished step, for people; never part of a result.
package struct StepReport: Sendable {
  /// Steps finished, this one included.
  package let step: Int
  package let loss: Double
  /// Norm of the gradient before clipping.
  package let gradientNorm: Double
  package let rate: Double
  package let tokens: Int
  /// Floating-point operations, as `PathOperations` counts them.
  package let operations: Double
  package let seconds: Double
  /// Letters that the network was not shown; nil where the objective hides none.
  package var hidden: HiddenLetters?

  package init(
    step: Int, loss: Double, gradientNorm: Double, rate: Double, tokens: Int, operations: Double, seconds: Double
  ) {
    self.step = step
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.rate = rate
    self.tokens = tokens
    self.operations = operations
    self.seconds = seconds
  }
}
