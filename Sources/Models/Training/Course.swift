package import Networks

/// A course of training: begun from nothing or from a saved state, it trains until a step and may stop after any. Its
/// state is named files, from which it goes on to the same bits, and between steps it can be evaluated.
///
/// Another engine than ours, and training of another sort, attach here and nowhere else. Files of a state under
/// `weights/` are what other trainings and exports read: one safetensors file a block, with the names that the block
/// gives its tensors. All others are the course's own.
package protocol Course: AnyObject {
  /// Everything that is trained, on which data and how.
  associatedtype Setup
  /// A piece of data, and whatever else an evaluation is of.
  associatedtype Question
  /// The findings of an evaluation.
  associatedtype Answer

  /// The unit in which the length of such a training is stated.
  static func unit(of setup: Setup) -> CourseUnit

  /// Begins from nothing; or goes on from the state of a course of an equal setup. Threads and the end of the training
  /// may be others. Throws `ModelError` and `BlockProblem` for a setup that cannot be trained and for a state that
  /// is not of it.
  init(_ setup: Setup, from state: Checkpoint?) throws

  /// Steps finished.
  var step: Int { get }

  /// Blocks whose weights are those of another training, and blocks in all; nil where the setup names no such training.
  var inherited: (blocks: Int, total: Int)? { get }

  /// The state after the last finished step, to be read before the next.
  var state: Checkpoint { get }

  /// Trains until so many steps are finished, or until the course's own end; returns whether it came there. It returns
  /// false where `isCancelled`, which is asked before each step. Throws `ModelError`; the state is then that of the
  /// last finished step.
  @discardableResult
  func train(until horizon: Int, isCancelled: () -> Bool, report: (StepReport) -> Void) throws -> Bool

  /// Answers a question of the stage whose course it is, with the weights of now. Throws `ModelError.notFinite`.
  func evaluate(_ question: Question) throws -> Answer
}
