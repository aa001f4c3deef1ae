package import Artifacts
import Plans
import Stores

extension Resolution {
  /// A saved state from which a training will go on.
  package struct Kept: Sendable {
    package let step: Int
    /// nil: how many there are is known when its data are.
    package let total: Int?
    /// Whether the step itself was begun; else another training shares its beginning.
    package let isOwn: Bool
  }

  /// The saved state from which a step with a key will go on. `hasStates` says of the key of a training whether it is
  /// worth a look.
  package func kept(of step: StepIndex, hasStates: (Digest) -> Bool) throws -> Kept? {
    let declaration = plan.nodes[step.node].declaration
    guard let length = declaration.length else { return nil }
    let identity = try identity(of: step).identity
    let training = declaration.training(identity)
    guard hasStates(training.key) else { return nil }
    var total: Int?
    if length.unit == "steps", case .int(let steps)? = identity.horizon[length.name] ?? length.neutral { total = steps }
    guard let found = try SegmentFolder.newest(store, training, atOrBefore: total ?? .max),
      // The number of steps of an epoch is not known here: a longer training of the same may have saved it.
      total != nil || found.isOwn
    else { return nil }
    return Kept(step: found.step, total: total, isOwn: found.isOwn)
  }
}
