import Artifacts
package import Explaining
import Syntax
import Wording
import YAML

/// Reasons, for people and programs.
package enum ReasonText {
  /// The chain from a step up to the edits, indented link by link.
  package static func text(_ excerpt: Excerpt) -> String {
    let reason = excerpt.reason
    var lines = ["\(reason.step) \(verdict(reason))"] + reason.changes.map { "  \(words($0))" }
    if let origin = reason.comparedWith, !reason.changes.isEmpty {
      lines.append("  compared with \(words(origin, reason.namesake))")
    }
    return (lines + excerpt.causes.flatMap { self.lines($0, indent: "    ") }).joined(separator: "\n")
  }

  private static func lines(_ cause: Excerpt.Cause, indent: String) -> [String] {
    ["\(indent)\(cause.reason.step)\(others(cause)) \(verdict(cause.reason, in: cause))"]
      + cause.reason.changes.map { "\(indent)  \(words($0))" }
      + cause.causes.flatMap { lines($0, indent: indent + "    ") }
  }

  /// One step in short, which stands for others of its stage: how it stands, and its own changes.
  package static func summary(_ reason: Reason, others: Int) -> String {
    let more = others > 0 ? " (and \(others) more of \(stage(of: reason.step)))" : ""
    return (["\(reason.step)\(more) \(verdict(reason))"] + list(reason.changes.map(words))).joined(separator: "\n")
  }

  /// The steps beside its own for which a cause stands, all of its node.
  private static func others(_ cause: Excerpt.Cause) -> String {
    let node = stage(of: cause.reason.step)
    let parts = [
      cause.others > 0 ? "\(cause.others) more of \(node)" : nil,
      cause.unlike > 0 ? "\(cause.unlike) more that differ in other ways" : nil,
      cause.unseen > 0 ? "\(cause.unseen) more that were not looked at" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? "" : " (and \(parts.joined(separator: ", ")))"
  }

  private static func stage(of step: String) -> String { StepAddress.node(of: step) }

  /// The edits at the ends of the chains, each once: the stage that each is of, and what changed there.
  static func edits(_ excerpts: [Excerpt]) -> [(stage: String, change: Change)] {
    var seen: Set<String> = []
    return excerpts.flatMap(\.edits).compactMap { step, change in
      let stage = String(stage(of: step))
      return seen.insert("\(stage): \(words(change))").inserted ? (stage, change) : nil
    }
  }

  /// The edits in lines; none where the first lines of the excerpts say it all.
  package static func causes(_ excerpts: [Excerpt]) -> [String] {
    let edits = edits(excerpts)
    guard !edits.isEmpty, excerpts.contains(where: { !$0.causes.isEmpty }) else { return [] }
    let lines = edits.map { "\($0.stage): \(words($0.change))" }
    let part = excerpts.contains(where: \.isPartial) ? ", as far as was looked," : ""
    return [edits.count == 1 ? "the cause\(part) is" : "the causes\(part) are"] + list(lines)
  }

  /// The first of some lines, indented.
  static func list(_ lines: [String]) -> [String] {
    lines.prefix(5).map { "  " + $0 } + (lines.count > 5 ? ["  and \(lines.count - 5) more"] : [])
  }

  /// How a step stands: the one that was asked about, or one that is a cause of it.
  static func verdict(_ reason: Reason, in cause: Excerpt.Cause? = nil) -> String {
    let (isTop, isRepeated) = (cause == nil, cause?.isRepeated ?? false)
    switch reason.verdict {
    case .upToDate(let finished, let seconds, let lab):
      guard isTop else {
        if isRepeated { return "came out different: see above" }
        // There may be nothing like it to compare with.
        return reason.changes.isEmpty
          ? "is new: it came out on \(Words.time(finished))"
          : "came out different on \(Words.time(finished)), because"
      }
      return "is up to date; its result is \(lab.map { "by \($0), " } ?? "")of \(Words.time(finished)) and took "
        + Words.seconds(seconds)
        + (reason.changes.isEmpty ? "" : "; before, it differed in")
    case .failed(let failure): return "failed before and would again (\(failure.code)): \(failure.message)"
    case .willRun(let trigger): return isRepeated ? "will run: see above" : words(trigger, reason)
    case .waits(let awaited):
      if isRepeated { return "waits: see above" }
      return "waits for " + awaited.map(words).joined(separator: ", ")
        + (isTop ? ", and runs unless what it reads comes out as before" : "")
        + (reason.namesake == nil
          ? (reason.changes.isEmpty ? "" : "; besides, there changed")
          : "; it is new" + (reason.changes.isEmpty ? "" : ", and differs in"))
    case .sharesResult: return "has the key of another step of this pipeline, which runs for both"
    case .skipped(let because): return "is skipped, because \(because) failed"
    case .broken(let message): return "could not be run: \(message)"
    case .notAskedFor: return "is not asked for"
    }
  }

  private static func words(_ awaited: Reason.Awaited) -> String {
    let steps = awaited.count.map { $0 == 1 ? "" : "\($0) steps of " } ?? "the steps of "
    return steps + awaited.name + (awaited.axis.map { " (its members are the axis \($0))" } ?? "")
  }

  private static func words(_ trigger: Reason.Trigger, _ reason: Reason) -> String {
    switch trigger {
    case .changed where reason.changes.isEmpty:
      return "will run: nothing changed in its key since \(words(reason.comparedWith)), and there is no result under it"
    case .changed: return reason.namesake == nil ? "will run, because" : "will run: it is new, and differs in"
    case .new: return "will run: nothing like it has run"
    case .unfinished(let run): return "will run: run \(run) did not end it"
    case .resultGone(let run): return "will run: nothing changed since run \(run), but its result was removed"
    case .forced: return "will run again, because that is asked for"
    case .bytesGone: return "will run again: its record is there, the bytes of its result are not"
    case .notBelieved(let lab): return "will run: its result is one of \(lab), which is not trusted for it"
    }
  }

  private static func words(_ origin: Reason.Origin?, _ namesake: String? = nil) -> String {
    let step = namesake.map { "\($0), the most similar step, in " } ?? ""
    switch origin {
    case .run(let id, let time)?: return "\(step)run \(id) of \(Words.time(time))"
    case .pipeline?: return "\(step)the pipeline as it is"
    case nil: return "before"
    }
  }

  /// A change in a few words, as `lr 0.001 -> 0.01`; contents of artifacts are not shown.
  package static func brief(_ change: Change) -> String {
    switch change {
    case .stage(let old, let new): "stage \(old) -> \(new)"
    case .version(let old, let new, _): "behaviour version \(old) -> \(new)"
    case .parameter(let name, let old, let new, _, _): "\(name) \(old) -> \(new)"
    case .port(let name, _, _, let from, _): "\(from ?? name) changed"
    }
  }

  /// A change in one line.
  package static func words(_ change: Change) -> String {
    switch change {
    case .stage(let old, let new): "stage  \(old) -> \(new)"
    case .version(let old, let new, let file):
      "behaviour version  \(old) -> \(new)   (\(file ?? "the program changed"))"
    case .parameter(let name, let old, let new, let position, let axis):
      "\(name)  \(old) -> \(new)   (" + (axis.map { "axis \($0), " } ?? "") + (position?.description ?? "its default")
        + ")"
    case .port(let name, let old, let new, let from, let position):
      "\(name)  \(old) -> \(new)   ("
        + [from.map { "from \($0)" }, position?.description].compactMap { $0 }.joined(separator: ", ") + ")"
    }
  }
}
