import Artifacts
import Console
package import Explaining
import Glibc
import Reports
package import Resolving

/// Plan files, which `plan -o` writes and `run` carries out.
package enum PlanFile {
  package static func workingFolder() throws -> String {
    guard let path = getcwd(nil, 0) else { throw Complaint.failure("the working directory is gone") }
    defer { free(path) }
    return String(cString: path)
  }

  /// The plan in a file, or nil when the file is something else, as a pipeline.
  package static func read(_ path: String, _ bytes: [UInt8]) throws -> DecidedPlan? {
    guard DecidedPlan.recognises(bytes) else { return nil }
    do { return try DecidedPlan(decoding: bytes) } catch { throw Complaint.usage("'\(path)': \(error)") }
  }

  /// Goes to the folder in which the plan was made, for its paths are relative to it.
  package static func enter(_ plan: DecidedPlan, _ path: String) throws {
    guard chdir(plan.request.folder) == 0 else {
      throw Complaint.usage(
        "'\(path)' was made in \(plan.request.folder), which is not here: \(String(cString: strerror(errno)))")
    }
  }

  /// Refuses a plan whose grounds have moved, and says which.
  package static func refuse(_ plan: DecidedPlan, _ path: String, _ session: Session, _ resolution: Resolution) throws {
    let moved = plan.moved(
      in: resolution, pipeline: session.request.text, declarations: session.registry.declarations,
      stageFiles: try StageOptions.files(plan.request.stages, pipeline: plan.request.pipeline),
      formats: session.registry.formats)
    guard !moved.isEmpty else { return }
    throw Complaint(
      text: (["error: '\(path)' can no longer be carried out, for things have moved since it was made"]
        + moved.map { "  " + MovedText.text($0) } + ["nothing was run; 'bioarc plan' makes a new plan"])
        .joined(separator: "\n"), code: 2)
  }
}
