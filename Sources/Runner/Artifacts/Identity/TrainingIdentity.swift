/// A step as a training: the things that each of its states depends on, and with them which trainings share states.
///
/// A state depends neither on how far its training goes nor on parameters that have had no effect by then (see
/// `Parameter.onset`). Two trainings that differ in nothing else share all states up to the step where the first of
/// those parameters takes effect.
package struct TrainingIdentity: Hashable, Sendable {
  package let step: StepIdentity
  /// By parameter that has no effect at first: the number of units of the training's length, steps or epochs, that are
  /// finished before it has one.
  package let onsets: [String: Int]

  package init(_ step: StepIdentity, onsets: [String: Int] = [:]) {
    self.step = step
    self.onsets = onsets
  }

  /// The key of all trainings that may share states with this one.
  package var key: Digest { key(.null) { _ in false } }

  /// The key of the state after `finished` steps, of which the unit of the training's length is so many.
  package func segmentKey(step finished: Int, unit: Int = 1) -> Digest {
    key(.int(finished)) { onset in finished > onset.multiplied(saturatingBy: unit) }
  }

  /// The SHA-256 of the pre-image without the horizon, under a domain of its own; a parameter with an onset
  /// is in it once it has an effect.
  private func key(_ finished: Canonical, hasEffect: (_ onset: Int) -> Bool) -> Digest {
    var part = step
    part.horizon = [:]
    part.parameters = part.parameters.filter { name, _ in onsets[name].map(hasEffect) ?? true }
    return .of(part.encoded(domain: "bioarc-segment/1", extra: [finished]))
  }
}

extension ArtifactKind {
  /// State that training needs to go on: moments, step counts, cursor.
  package static let trainingState = ArtifactKind("training-state")
}
