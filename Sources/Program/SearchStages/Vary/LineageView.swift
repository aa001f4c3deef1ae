package import Artifacts
package import DataStages
import Inputs
import Searches
import Spaces
import Tables
import Wording

extension ArtifactView {
  /// The parents of architectures.
  package static func lineage(_ artifact: any InputArtifact) throws -> ArtifactView {
    let children = try JSONArtifact.decode([Variation.Child].self, artifact.bytes())
    return ArtifactView(
      lines: [Words.count(children.count, "new architecture")],
      tables: [
        Table(
          ["architecture", "change", "of", "and"],
          rows: children.map { child in
            [child.architecture.text, child.operation, child.parents[0], child.parents.dropFirst().first ?? "-"]
          })
      ], json: try document(artifact))
  }
}
