package import Artifacts
package import Networks
import Training

// A tree is flat: the folder of a checkpoint's file is the part of its name before a colon.
extension Checkpoint {
  /// A checkpoint out of a tree. `prefix` is the part that the names in the tree lack.
  package init(_ artifact: any InputArtifact, prefix: String = "") throws {
    self.init(names: try artifact.names.map { prefix + String($0.map { $0 == ":" ? "/" : $0 }) }) { name in
      try artifact.bytes(Self.flat(String(name.dropFirst(prefix.count))))
    }
  }

  /// The name of a file in a tree.
  package static func flat(_ name: String) -> String { String(name.map { $0 == "/" ? ":" : $0 }) }
}

extension StageContext {
  /// The weights at the port `weights`.
  package func weights() throws -> Checkpoint? {
    try optionalInput("weights").map { try Checkpoint($0, prefix: "weights/") }
  }
}
