package import Artifacts
package import Figures
package import JSON
package import Tables

/// An artifact as a person looks at it: lines, pictures, then tables; and as JSON.
package struct ArtifactView: Sendable {
  package var lines: [String] = []
  package var tables: [Table] = []
  package var pictures: [any Picture] = []
  package var json: JSON = .null

  /// Makes the view of an artifact. `axes` are the names of axes by role, as in `init(_:axes:)`.
  package typealias Maker = @Sendable (any InputArtifact, _ axes: [String: [String]]) throws -> ArtifactView

  package init(lines: [String] = [], tables: [Table] = [], pictures: [any Picture] = [], json: JSON = .null) {
    self.lines = lines
    self.tables = tables
    self.pictures = pictures
    self.json = json
  }

  /// Any artifact: its files.
  package static func files(_ artifact: any InputArtifact) throws -> ArtifactView {
    let names = try artifact.names
    return ArtifactView(
      lines: names == [""] ? [] : names, json: .object([("files", .array(names.map(JSON.string)))]))
  }
}
