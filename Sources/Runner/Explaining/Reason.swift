package import Artifacts

/// Why a step runs or does not: one link of a chain that ends at the edits.
package struct Reason: Sendable {
  package enum Verdict: Sendable {
    /// It has a result.
    case upToDate(finished: Double, seconds: Double)
    /// Its result is a failure, which the same inputs would give again.
    case failed(StageFailure)
    /// It has no result under its key.
    case willRun(Trigger)
    /// What it reads must run first; it runs unless it then has the key of a result.
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
    /// nil: it is not known how many.
    package let count: Int?
    /// The axis of the waiting step whose items it makes.
    package let axis: String?
  }

  /// What makes a step run.
  package enum Trigger: Sendable {
    /// Its key is new: see the changes.
    case changed
    /// Nothing like it has run.
    case new
    /// An earlier run had the same key and did not end the step.
    case unfinished(run: String)
    /// An earlier run had the same key, and its result is no longer in the store.
    case resultGone(run: String)
    /// It has a result, and runs because that was asked for.
    case forced
    /// It has a result, and its bytes are gone.
    case bytesGone
  }

  /// What a step is compared with.
  package enum Origin: Sendable, Equatable {
    case run(id: String, time: Double)
    /// The pipeline without the changes that a question supposes.
    case pipeline
  }

  /// Steps upstream, all of one node, that differ in one way.
  package struct Cause: Sendable {
    /// The reason of the first of them.
    package let reason: Reason
    /// The ports that read them.
    package let ports: Set<String>
    /// How many more there are.
    package let others: Int
    /// At the last cause that is told of a node: so many more steps of it differ in other ways. Their edits are among
    /// the roots all the same.
    package internal(set) var unlike = 0
    /// At the first cause of a node: so many more steps of it were not looked at.
    package internal(set) var unseen = 0
  }

  package let step: String
  package let key: Digest?
  package internal(set) var verdict: Verdict
  /// What differs from the step that it is compared with.
  package internal(set) var changes: [Change] = []
  package internal(set) var comparedWith: Origin?
  /// The step that it is compared with, when that is not the same step.
  package internal(set) var namesake: String?
  /// Steps upstream whose changes are its causes.
  package internal(set) var causes: [Cause] = []
  /// True: this step is explained further up, so its causes are not repeated.
  package internal(set) var isRepeated = false
  /// Whether there are steps behind it that were not looked at.
  package var isPartial: Bool {
    causes.contains { $0.unseen > 0 || $0.reason.isPartial } || untold.contains(where: \.isPartial)
  }

  /// Reasons of steps that `unlike` counts.
  var untold: [Reason] = []

  /// The edits at the ends of the chain: the step that each is of, and what changed there. What a port reads is an edit
  /// unless there is one behind that very port.
  package var roots: [(step: String, change: Change)] {
    let behind = causes.map { (ports: $0.ports, isRepeated: $0.reason.isRepeated, roots: $0.reason.roots) }
    let explained = behind.reduce(into: Set<String>()) { ports, cause in
      if cause.isRepeated || !cause.roots.isEmpty { ports.formUnion(cause.ports) }
    }
    return changes.filter { $0.isOwn || !explained.contains($0.field) }.map { (step, $0) }
      + behind.flatMap(\.roots) + untold.flatMap(\.roots)
  }
}
