import Artifacts
import Glibc
import Plans
import Scheduling

/// Plan files: what `plan -o` writes and `run` carries out.
enum PlanFile {
  static func workingFolder() throws -> String {
    guard let path = getcwd(nil, 0) else { throw Complaint.failure("the working directory is gone") }
    defer { free(path) }
    return String(cString: path)
  }

  /// The plan in a file, or nil when the file is something else, as a pipeline.
  static func read(_ path: String, _ bytes: [UInt8]) throws -> DecidedPlan? {
    guard DecidedPlan.recognises(bytes) else { return nil }
    do { return try DecidedPlan(decoding: bytes) } catch { throw Complaint.usage("'\(path)': \(error)") }
  }

  /// Goes to where the plan was made, for its paths are relative to that folder.
  static func enter(_ plan: DecidedPlan, _ path: String) throws {
    guard chdir(plan.request.folder) == 0 else {
      throw Complaint.usage(
        "'\(path)' was made in \(plan.request.folder), which is not here: \(String(cString: strerror(errno)))")
    }
  }

  /// Refuses a plan whose grounds have moved, and says which.
  static func refuse(_ plan: DecidedPlan, _ path: String, _ session: Session, _ resolution: Resolution) throws {
    let moved = plan.moved(
      in: resolution, pipeline: session.request.text, declarations: session.registry.declarations,
      stageFiles: try StageOptions.files(plan.request.stages, pipeline: plan.request.pipeline),
      formats: session.registry.formats)
    guard !moved.isEmpty else { return }
    throw Complaint(
      text: (["error: '\(path)' can no longer be carried out, for things have moved since it was made"]
        + moved.map { "  " + words($0) } + ["nothing was run; 'bioarc plan' makes a new plan"])
        .joined(separator: "\n"), code: 2)
  }

  private static func words(_ moved: Moved) -> String {
    switch moved {
    case .pipeline(let file, let old, let new): return "\(file): its text was \(old.short), now it is \(new.short)"
    case .parameter(let stage, let name, let old, let new, let position):
      return "  \(stage).\(name)  \(old) -> \(new)   (\(position?.description ?? "its default"))"
    case .stageAdded(let name, let position): return "  the stage '\(name)' is new   (\(position))"
    case .stageRemoved(let name): return "  the stage '\(name)' is gone"
    case .version(let stage, let old, let new):
      return "\(stage): its code changed: behaviour version \(old) -> \(new)"
    case .code(let stage, let file):
      return "\(stage): its parameters or code changed   (\(file ?? "by the program"))"
    case .input(let name, let path, let old, let new):
      return "input \(name): its content was \(old.short), now it is \(new.short)   (\(path))"
    case .inputPath(let name, let old, let new): return "input \(name): it was \(old), now it is \(new)"
    case .axis(let stage, let name, let old, let new):
      return "\(stage): the items of its axis '\(name)' changed: \(old) -> \(new)"
    case .key(let step, let old, let new, let others):
      return "\(step)\(more(others)): its key was \(old.prefix(12)), now it is \(new.prefix(12))"
    case .resultGone(let step, let others):
      return "\(step)\(more(others)): it had a result that was to be reused, and has none now"
    case .unblocked(let step, let others):
      return "\(step)\(more(others)): it was skipped, for what it reads had failed, and would run now"
    case .waits(let step, let others):
      return "\(step)\(more(others)): it was to run at once, and now must wait for what it reads"
    }
  }

  private static func more(_ others: Int) -> String { others > 0 ? " (and \(others) more)" : "" }
}
