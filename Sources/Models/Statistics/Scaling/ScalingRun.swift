/// A training as a point of a scaling study.
package struct ScalingRun: Hashable, Sendable, Codable {
  /// N: numbers that it trains.
  package let parameters: Double
  /// D: tokens that it is trained on.
  package let tokens: Double
  /// C: floating-point operations.
  package let operations: Double
  /// Nats per token on what it has not seen.
  package let loss: Double

  package init(parameters: Double, tokens: Double, operations: Double, loss: Double) {
    precondition(min(parameters, tokens, operations, loss) > 0, "a training without a size, tokens or a loss")
    (self.parameters, self.tokens, self.operations, self.loss) = (parameters, tokens, operations, loss)
  }
}
