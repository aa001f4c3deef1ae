import Artifacts
import Resolving

/// Steps as they were, or as they are without a change, with which those of a resolution are compared.
protocol Baseline: AnyObject {
  /// The name of the baseline in a reason.
  var origin: Reason.Origin { get }
  /// The key that a step had there.
  func key(_ name: StepName) -> Digest?
  /// The facts of a step there, or nil when there is no such step. Throws the store's errors.
  func facts(_ name: StepName) throws -> StepFacts?
  /// Steps there that run the same stage, a bounded number, for a step that has no namesake. Throws the store's errors.
  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)]
}
