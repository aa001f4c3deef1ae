package import Artifacts
import Inputs
import Networks
import Training

/// Weights as a folder that plain PyTorch loads.
package enum ModelExport {
  /// Thrown for weights that cannot be exported.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// The folder's files, by name, from a `weights` artifact. `architecture` may be nil when the weights are of one.
  package static func files(
    _ weights: any InputArtifact, architecture: String?
  ) throws -> [(name: String, bytes: [UInt8])] {
    do {
      let checkpoint = try Checkpoint(weights, prefix: "weights/")
      guard let chosen = try architecture.map(ArchitectureText.parse) ?? PyTorchExport.onlyArchitecture(of: checkpoint)
      else {
        throw Failure(description: "these weights are of several architectures: say which with --architecture")
      }
      return try PyTorchExport.files(chosen, of: checkpoint).map { ($0.name, $0.bytes) }
    } catch let error as ModelError { throw Failure(description: "\(error)") } catch let error as StageFailure {
      throw Failure(description: error.message)
    }
  }
}
