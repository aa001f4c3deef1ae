package import Artifacts
import Files
import JSON
package import Plans
import Syntax

/// The file `bioarc-study.json` of a pipeline that was cloned: by whom it was published, and what its inputs were, so
/// that results are known where the data are not. A folder that has it is somebody else's (`Project.isForeign`).
package struct StudyFile: Codable, Sendable {
  /// An input as it was.
  package struct Input: Codable, Sendable {
    let name: String
    /// The path from the pipeline's folder, the address, or the key.
    let place: String
    let kind: String
    let format: String
    let options: [String: String]
    let isTree: Bool
    let sha256: String
    let size: Int

    package init(_ name: String, _ place: String, _ artifact: ArtifactReference) {
      (self.name, self.place, kind, format) = (name, place, artifact.kind.name, artifact.format)
      (options, isTree) = (artifact.options, artifact.layout == .tree)
      (sha256, size) = (artifact.digest.hex, artifact.size)
    }

    /// nil for a digest that is none.
    var artifact: ArtifactReference? {
      Digest(hex: sha256).map {
        ArtifactReference(
          kind: ArtifactKind(kind), format: format, options: options, layout: isTree ? .tree : .file, digest: $0,
          size: size)
      }
    }
  }

  package static let name = "bioarc-study.json"

  package let study: String
  package let lab: String
  /// The path of the pipeline's file in the folder.
  package let pipeline: String
  /// Values that the command line gave it, as NAME=VALUE.
  package let set: [String]
  package let inputs: [Input]

  package init(study: String, lab: String, pipeline: String, set: [String], inputs: [Input]) {
    (self.study, self.lab, self.pipeline, self.set, self.inputs) = (study, lab, pipeline, set, inputs)
  }

  /// The file of a folder; nil where it has none.
  package static func read(_ folder: String) throws -> StudyFile? {
    try DiskFileSystem().contents("\(folder)/\(name)").map { try JSON.decode(StudyFile.self, $0) }
  }

  /// The inputs of a plan that are those of the study, by name: they come from the same places.
  package func artifacts(of plan: Plan) -> [String: ArtifactReference] {
    let known = Dictionary(inputs.map { ($0.name, $0) }) { first, _ in first }
    let same = plan.inputs.compactMap { input -> (String, ArtifactReference)? in
      guard let stated = known[input.name], stated.place == Self.place(of: input, in: plan) else { return nil }
      return stated.artifact.map { (input.name, $0) }
    }
    return Dictionary(same) { first, _ in first }
  }

  /// The place of an input as it is in every folder to which the pipeline is brought.
  package static func place(of input: Plan.Input, in plan: Plan) -> String {
    guard let path = input.source.localPath else { return input.source.place }
    let folder = plan.file.contains("/") ? DiskFileSystem.parent(of: plan.file) + "/" : ""
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }

  /// Whether a study may have a file of that path: its own, one pipeline, and files below `stages`. Nothing hidden is
  /// brought, nor what makes a folder a repository of git, in which commands could stand.
  package static func isAllowed(_ path: String) -> Bool {
    if path == name { return true }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] == "stages" || parts[0] == "pipelines" && parts.count == 2 else { return false }
    return path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && !["__pycache__", "head"].contains(part.lowercased())
      }
  }

  /// The step that stands for the publication of a study: its files are its result. The name is all of its key, so that
  /// others find the newest edition.
  package static func identity(_ study: String) -> StepIdentity {
    StepIdentity(stage: stage, version: 1, parameters: ["name": .string(study)], horizon: [:], ports: [:])
  }

  package static let stage = "study"
  /// The ports of its files, and of the bytes of its inputs.
  package static let files = "files"
  package static let data = "data"
}
