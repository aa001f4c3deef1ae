package import Networks
package import Tensors
package import Tokens

/// An aim that a network learns from sequences without labels: a value that holds its parameters.
package protocol Objective: Sendable {
  /// Whether a token may see only itself and earlier ones.
  var isCausal: Bool { get }

  /// The first place of a sequence whose token can be asked for: 1 where the first has nothing before it.
  var lead: Int { get }

  /// The end of a path.
  var head: PathHead { get }

  /// Floating-point operations of a forward pass of a batch of sequences of these lengths; where its questions are
  /// drawn, of as many as are expected.
  func operations(_ lengths: [Int], of path: PathOperations) -> Double

  /// The mean loss of a batch, whose gradients are then on the tapes, and how many letters were hidden for it; nil
  /// where none are. Throws `ModelError.badInput` for a batch without anything to learn from.
  func loss(_ batch: PackedTokens, in setting: ObjectiveSetting) throws -> (sum: LossSum, hidden: HiddenLetters?)

  /// How well a batch is met, and the tokens that were asked for, if there were any; nil where there was nothing to
  /// ask.
  func measure(_ batch: EvaluationBatch, in setting: ObjectiveSetting) throws -> (sum: LossSum, targets: [Int32])?
}
