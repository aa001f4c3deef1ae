package import Artifacts

/// The reason why a step runs or does not, with its differences from the step that it is compared with.
package struct Reason: Sendable {
  package enum Verdict: Sendable {
    /// The step has a result; with a lab, that lab's.
    case upToDate(finished: Double, seconds: Double, lab: String?)
    /// The step's result is a failure, which the same inputs would give again.
    case failed(StageFailure)
    /// The step has no result under its key.
    case willRun(Trigger)
    /// Steps that it reads must run first; then it runs, unless it has the key of a result.
    case waits(for: [Awaited])
    /// Another step has the same key: it runs once for both.
    case sharesResult
    case skipped(because: String)
    case broken(String)
    case notAskedFor
  }

  /// Steps of one node that another waits for.
  package struct Awaited: Hashable, Sendable {
    /// The step, when it is one; else the node.
    package let name: String
    /// nil: the number is not known.
    package let count: Int?
    /// The axis of the waiting step whose items it makes.
    package let axis: String?
  }

  /// A cause for a step to run.
  package enum Trigger: Sendable {
    /// The step's key is new: see the changes.
    case changed
    /// Nothing like it has run.
    case new
    /// An earlier run had the same key and did not end the step.
    case unfinished(run: String)
    /// An earlier run had the same key, and its result is no longer in the store.
    case resultGone(run: String)
    /// The step has a result, and runs because that was asked for.
    case forced
    /// The step has a result, and its bytes are gone.
    case bytesGone
    /// The step has a result of a lab that is not trusted for it, or is no more.
    case notBelieved(lab: String)
  }

  /// The place of the step with which another is compared.
  package enum Origin: Sendable, Equatable {
    case run(id: String, time: Double)
    /// The pipeline without the changes that a question supposes.
    case pipeline
  }

  /// The address of the step.
  package let step: String
  /// nil: steps that it reads must run first.
  package let key: Digest?
  package internal(set) var verdict: Verdict
  /// The fields that differ from the step with which it is compared.
  package internal(set) var changes: [Change] = []
  package internal(set) var comparedWith: Origin?
  /// The step with which it is compared, when that is another.
  package internal(set) var namesake: String?
}
