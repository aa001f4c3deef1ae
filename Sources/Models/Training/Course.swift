/// The course of a training: begun from nothing or from a saved state, it trains until a horizon and can stop after any
/// step. Its state then is named files, from which it goes on to the same bits. Another engine than ours attaches here.
package protocol Course: AnyObject {
  /// The data that it trains on.
  associatedtype Material

  /// Steps finished.
  var step: Int { get }

  /// Trains until the horizon, or until `isCancelled`, which is asked before each step; returns whether training is at
  /// its end. Throws `TrainingError.notFinite`; the state is then that of the last finished step.
  @discardableResult
  func train(
    until horizon: Int, on material: Material, isCancelled: () -> Bool, report: (StepReport) -> Void
  ) throws -> Bool

  /// The names of all files of the state now, ascending.
  var checkpointNames: [String] { get }

  /// The bytes of one of them.
  func checkpointBytes(_ name: String) throws -> [UInt8]
}

extension Course {
  /// The whole state in memory.
  package func checkpoint() throws -> [CheckpointFile] {
    try checkpointNames.map { CheckpointFile(name: $0, bytes: try checkpointBytes($0)) }
  }
}
