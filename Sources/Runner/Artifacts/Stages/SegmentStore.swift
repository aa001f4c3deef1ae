/// The saved states of one training, and of others as far as they are the same.
package protocol SegmentStore: Sendable {
  /// States how many steps the unit is in which the length of the training is stated: 1 unless it is said before
  /// anything else is asked for.
  func setUnit(steps: Int)
  /// The newest valid state at or before `step`, as a tree.
  func newest(atOrBefore step: Int) throws -> (step: Int, state: any InputArtifact)?
  /// Saves the state after `step` steps; `write` creates the files of the tree, and may be called again. A state that
  /// is kept stays when later ones are saved, for trainings that branch off there.
  func save(
    step: Int, isKept: Bool, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void) throws
}
