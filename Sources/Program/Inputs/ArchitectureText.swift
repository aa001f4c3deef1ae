package import Artifacts
package import Spaces

/// The `architecture` artifact: one line of text.
package enum ArchitectureText {
  /// The architecture of an artifact. Throws a `StageFailure` for a text that is none.
  package static func read(_ artifact: any InputArtifact) throws -> Architecture {
    let text = String(decoding: try artifact.bytes(), as: UTF8.self)
    return try parse(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }

  /// The architecture of a text. Throws a `StageFailure` for a text that is none.
  package static func parse(_ text: String) throws -> Architecture {
    do { return try Architecture(parsing: text) } catch {
      throw StageFailure(code: "bad-architecture", "'\(text)' is no architecture: \(error)")
    }
  }

  /// The artifact's bytes: the canonical text and a line end.
  package static func bytes(_ architecture: Architecture) -> [UInt8] { Array((architecture.text + "\n").utf8) }
}
