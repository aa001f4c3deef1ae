import Artifacts
package import Explaining
import YAML

/// Moves since a plan was made, in words.
package enum MovedText {
  package static func text(_ moved: Moved) -> String {
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
      return "\(step)\(more(others)): it was skipped, for a step that it reads had failed, and would run now"
    case .waits(let step, let others):
      return "\(step)\(more(others)): it was to run at once, and now must wait for steps that it reads"
    }
  }

  private static func more(_ others: Int) -> String { others > 0 ? " (and \(others) more)" : "" }
}
