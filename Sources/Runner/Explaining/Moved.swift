package import Artifacts
package import YAML

/// A fact that is no longer as it was when a plan was made.
package enum Moved: Hashable, Sendable {
  /// The text of the pipeline file.
  case pipeline(file: String, old: Digest, new: Digest)
  /// A parameter of a stage; `position` is where the new value is written, nil for a default.
  case parameter(stage: String, name: String, old: String, new: String, position: Position?)
  /// A stage that the plan lacks, and where it is written.
  case stageAdded(String, Position)
  /// A stage that only the plan has.
  case stageRemoved(String)
  /// The behaviour version of a stage.
  case version(stage: String, old: Int, new: Int)
  /// Parameters that the steps of a stage share, as by another default. For an own stage also its command, its code
  /// files or its declaration, which is in `file`.
  case code(stage: String, file: String?)
  /// The content of an input.
  case input(name: String, path: String, old: Digest, new: Digest)
  /// The path of an input with the same content.
  case inputPath(name: String, old: String, new: String)
  /// The items of an axis: their number, or others of the same number.
  case axis(stage: String, name: String, old: Int, new: Int)
  /// The key of a step, and of so many others of its stage.
  case key(step: String, old: String, new: String, others: Int)
  /// A step that was reused in the plan has no result now, and so have so many others of its stage.
  case resultGone(step: String, others: Int)
  /// A step that was skipped in the plan, because something that it reads had failed, would run now.
  case unblocked(step: String, others: Int)
  /// A step that was to run at once now waits for another.
  case waits(step: String, others: Int)
}
