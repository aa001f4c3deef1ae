package import Plans
import Sessions
package import Syntax
import Texts

/// The machine that the server runs on. Nothing is written to it and no remote is asked.
package struct DiskSurroundings: Surroundings {
  package init() {}

  package func stageFiles(for pipeline: String) -> [StageFile] {
    let files = try? StageOptions.files(nil, pipeline: pipeline)
    return files?.map { StageFile(path: FileURI.normalized($0.path), text: $0.text) } ?? []
  }

  package func makeStandings() -> (Plan) -> PipelineStanding {
    StandingReader().standing
  }
}
