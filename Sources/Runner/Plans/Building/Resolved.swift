import Artifacts

/// An artifact that a reference names.
enum Resolved {
  case input(Int)
  /// The items of a collection of inputs, by its axis.
  case collection(axis: Int)
  case output(stage: Int, port: OutputPort)
  /// An output of a stage of which not enough is known.
  case unknownOutput
  /// An axis, to be looked up in the stage.
  case axis(String)
}
