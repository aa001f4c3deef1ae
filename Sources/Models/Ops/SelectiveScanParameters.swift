package import Tensors

/// The tensors of one selective scan over E channels of N states.
package struct SelectiveScanParameters: Sendable {
  /// E x rank: from the low-rank part of the projection to a channel's time step.
  package let stepWeight: Parameter
  /// E.
  package let stepBias: Parameter
  /// N x E, state-major, so that neighbouring numbers belong to neighbouring channels: A = -exp(logA).
  package let logA: Parameter
  /// E: D of the paper.
  package let skip: Parameter
  package init(stepWeight: Parameter, stepBias: Parameter, logA: Parameter, skip: Parameter) {
    self.stepWeight = stepWeight
    self.stepBias = stepBias
    self.logA = logA
    self.skip = skip
  }
}
