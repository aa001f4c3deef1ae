package import Tensors

/// One block's state: weights, AdamW's moments as twins, and how many steps it has taken.
package final class BlockState {
  /// The name of its file in a checkpoint, as `1.transformer.64-128`.
  package let name: String
  package let weights: ParameterBuffer
  /// Means of gradients and of their squares; made when the block first trains.
  package private(set) var moments: (first: ParameterBuffer, second: ParameterBuffer)?
  package var steps: Int

  package init(
    name: String, weights: ParameterBuffer, moments: (ParameterBuffer, ParameterBuffer)? = nil, steps: Int = 0
  ) {
    self.name = name
    self.weights = weights
    self.moments = moments
    self.steps = steps
  }

  /// The moments, zero at first.
  package func trainingMoments() -> (first: ParameterBuffer, second: ParameterBuffer) {
    if let moments { return moments }
    let made = (first: ParameterBuffer(weights.layout), second: ParameterBuffer(weights.layout))
    moments = made
    return made
  }
}
