package import Blocks
package import Networks
package import Spaces
package import Tokens

/// A pretraining: architectures that share weights, what they learn from, and how.
package struct PretrainSetup {
  /// A set of one is a model of its own.
  package let architectures: [Architecture]
  /// Tokens that there are, specials included.
  package let vocabulary: Int
  /// The tokens of a step, by its number alone, so that training can stop and go on anywhere.
  package let batch: (_ step: Int) throws -> PackedTokens
  /// Weights of a supernet to go on from; its blocks outside the architectures are left behind.
  package var weights: Checkpoint?
  /// nil: those of the weights, or none.
  package var positions: Positions?
  package var objective: any Objective = MaskedModelling()
  /// Every path once per cycle, in an order drawn anew, instead of one drawn from all at each step.
  package var fair = false
  package var options = StepOptions()

  package init(
    _ architectures: [Architecture], vocabulary: Int, batch: @escaping (_ step: Int) throws -> PackedTokens
  ) {
    self.architectures = architectures
    self.vocabulary = vocabulary
    self.batch = batch
  }

  /// Floating-point operations of a step on sequences of these lengths, by the first architecture.
  package func operations(lengths: [Int]) throws -> Double {
    let path = PathOperations(try description(), architectures[0], head: objective.head)
    return PathOperations.training(forward: objective.operations(lengths, of: path))
  }

  /// The description of the supernet: that of the weights, which must read the same tokens in the same direction.
  func description() throws -> SupernetDescription {
    guard let weights else {
      return SupernetDescription(
        vocabulary: vocabulary, architectures: architectures, positions: positions ?? .none, causal: objective.isCausal,
        seed: options.seed)
    }
    let description = try SupernetDescription(weights)
    guard description.vocabulary == vocabulary else {
      throw ModelError.badInput(
        "the weights are of a vocabulary of \(description.vocabulary) tokens, the tokenizer has \(vocabulary)")
    }
    if let problem = description.problem(of: positions) { throw ModelError.badInput(problem) }
    guard description.causal == objective.isCausal else {
      throw ModelError.badInput(
        description.causal
          ? "the weights are causal (ntp), this objective reads in both directions"
          : "the weights read in both directions (mm, cl), next-token prediction must not see what follows")
    }
    return description
  }
}
