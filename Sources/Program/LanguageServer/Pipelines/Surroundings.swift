package import Plans
package import Syntax

/// All that the server sees beside the texts of the editor.
package protocol Surroundings: Sendable {
  /// The files of own stages that count for a pipeline; none where they cannot be read.
  func stageFiles(for pipeline: String) -> [StageFile]
  /// A function that says how the stages of a plan stand in the store of its pipeline. It may take long, keeps what it
  /// has opened, and is for the thread that asks for it.
  func makeStandings() -> (Plan) -> PipelineStanding
}
