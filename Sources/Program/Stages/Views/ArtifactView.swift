package import Artifacts
package import Figures
package import JSON

/// An artifact as a person looks at it: lines, curves, then tables; and the same as JSON.
package struct ArtifactView: Sendable {
  package var lines: [String] = []
  package var tables: [Table] = []
  package var curves: [Curve] = []
  package var json: JSON = .null

  init(lines: [String] = [], tables: [Table] = [], curves: [Curve] = [], json: JSON = .null) {
    self.lines = lines
    self.tables = tables
    self.curves = curves
    self.json = json
  }

  /// The view of `artifact`, by its kind. `axes` are the names of the axes that the step which made it has gathered, by
  /// role: an artifact does not know them.
  package init(_ artifact: any InputArtifact, axes: [String: [String]] = [:]) throws {
    switch artifact.reference.kind {
    case .sequences, .labelledSequences: self = try Self.sequences(artifact)
    case .tokenizer: self = try Self.tokenizer(artifact)
    case .tokens: self = try Self.tokens(artifact)
    case .space: self = try Self.space(artifact)
    case .architecture: self = try Self.architecture(artifact)
    case .architectures: self = try Self.architectures(artifact)
    case .weights, .trainingState: self = try Self.tensors(artifact)
    case .metrics: self = try Self.metrics(artifact)
    case .ranking: self = try Self.ranking(artifact, axes: axes)
    case .history: self = try Self.history(artifact)
    case .counts: self = try Self.counts(artifact)
    default: self = try Self.files(artifact)
    }
  }

  /// Any artifact: its files.
  static func files(_ artifact: any InputArtifact) throws -> ArtifactView {
    let names = try artifact.names
    return ArtifactView(
      lines: names == [""] ? [] : names, json: .object([("files", .array(names.map(JSON.string)))]))
  }
}
