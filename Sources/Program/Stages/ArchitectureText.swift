import Artifacts
import Spaces

/// The `architecture` artifact: one line of text.
enum ArchitectureText {
  static func read(_ artifact: any InputArtifact) throws -> Architecture {
    let text = String(decoding: try artifact.bytes(), as: UTF8.self)
    return try parse(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }

  static func parse(_ text: String) throws -> Architecture {
    do { return try Architecture(parsing: text) } catch {
      throw StageFailure(code: "bad-architecture", "'\(text)' is no architecture: \(error)")
    }
  }

  static func bytes(_ architecture: Architecture) -> [UInt8] { Array((architecture.text + "\n").utf8) }
}
