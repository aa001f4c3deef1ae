import Artifacts
import Plans
import Scheduling

/// Reasons, for people and programs.
enum ReasonText {
  /// The chain from a step up to the edits, indented link by link.
  static func text(_ reason: Reason, others: Int = 0, indent: String = "") -> String {
    let node = reason.step.prefix { $0 != "[" }
    let more = others > 0 ? " (and \(others) more of \(node))" : ""
    var lines = ["\(indent)\(reason.step)\(more) \(verdict(reason, isTop: indent.isEmpty))"]
    lines += reason.changes.map { "\(indent)  \(words($0))" }
    if indent.isEmpty, let origin = reason.comparedWith, !reason.changes.isEmpty {
      lines.append("\(indent)  compared with \(words(origin, reason.namesake))")
    }
    for cause in reason.causes { lines.append(text(cause.reason, others: cause.others, indent: indent + "    ")) }
    return lines.joined(separator: "\n")
  }

  /// The edits at the ends of the chains, each once; empty where the first lines say it all.
  static func edits(_ reasons: [Reason]) -> [String] {
    guard reasons.contains(where: { !$0.causes.isEmpty }) else { return [] }
    var seen: [String] = []
    for (step, change) in reasons.flatMap(\.roots) {
      let line = "\(step.prefix { $0 != "[" }): \(words(change))"
      if !seen.contains(line) { seen.append(line) }
    }
    let shown = seen.prefix(5).map { "  " + $0 } + (seen.count > 5 ? ["  and \(seen.count - 5) more"] : [])
    return seen.isEmpty ? [] : [seen.count == 1 ? "the cause is" : "the causes are"] + shown
  }

  static func verdict(_ reason: Reason, isTop: Bool = true) -> String {
    switch reason.verdict {
    case .upToDate(let finished, let seconds):
      guard isTop else {
        return reason.isRepeated
          ? "came out different: see above" : "came out different on \(Words.time(finished)), because"
      }
      return "is up to date; its result is of \(Words.time(finished)) and took \(Words.seconds(seconds))"
        + (reason.changes.isEmpty ? "" : "; before, it differed in")
    case .failed(let failure): return "failed before and would again (\(failure.code)): \(failure.message)"
    case .willRun(let trigger): return words(trigger, reason)
    case .waits(let awaited):
      if reason.isRepeated { return "waits: see above" }
      return "waits for " + awaited.map(words).joined(separator: ", ")
        + (isTop ? ", and runs unless what it reads comes out as before" : "")
        + (reason.changes.isEmpty ? "" : "; besides, there changed")
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
    if reason.isRepeated { return "will run: see above" }
    switch trigger {
    case .changed where reason.changes.isEmpty:
      return "will run: nothing changed in its key since \(words(reason.comparedWith)), and there is no result under it"
    case .changed: return reason.namesake == nil ? "will run, because" : "will run: it is new, and differs in"
    case .new: return "will run: nothing like it has run"
    case .unfinished(let run): return "will run: run \(run) did not end it"
    case .resultGone(let run): return "will run: nothing changed since run \(run), but its result was removed"
    case .forced: return "will run again, because that is asked for"
    case .bytesGone: return "will run again: its record is there, the bytes of its result are not"
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

  static func words(_ change: Change) -> String {
    switch change {
    case .stage(let old, let new): "stage  \(old) -> \(new)"
    case .version(let old, let new): "behaviour version  \(old) -> \(new)   (the program changed)"
    case .parameter(let name, let old, let new, let position, let axis):
      "\(name)  \(old) -> \(new)   (" + (axis.map { "axis \($0), " } ?? "") + (position?.description ?? "its default")
        + ")"
    case .port(let name, let old, let new, let from, let position):
      "\(name)  \(old) -> \(new)   ("
        + [from.map { "from \($0)" }, position?.description].compactMap { $0 }.joined(separator: ", ") + ")"
    }
  }
}

/// A reason as JSON.
struct ReasonDocument: Encodable {
  struct Field: Encodable {
    let field: String
    let kind: String
    let old: String
    let new: String
    let from: String?
    let position: String?
  }
  let step: String
  let key: String?
  let verdict: String
  let state: String
  let comparedWith: String?
  let changes: [Field]
  /// How many more steps of the same stage are concerned.
  let others: Int
  let causes: [ReasonDocument]

  init(_ reason: Reason, others: Int = 0) {
    step = reason.step
    key = reason.key?.hex
    verdict = ReasonText.verdict(reason)
    state = Self.state(reason.verdict)
    switch reason.comparedWith {
    case .run(let id, _)?: comparedWith = id
    case .pipeline?: comparedWith = "pipeline"
    case nil: comparedWith = nil
    }
    changes = reason.changes.map(Self.field)
    self.others = others
    causes = reason.causes.map { ReasonDocument($0.reason, others: $0.others) }
  }

  private static func state(_ verdict: Reason.Verdict) -> String {
    switch verdict {
    case .upToDate: "up to date"
    case .failed: "failed"
    case .willRun: "runs"
    case .waits: "waits"
    case .sharesResult: "shares a result"
    case .skipped: "skipped"
    case .broken: "broken"
    case .notAskedFor: "not asked for"
    }
  }

  static func field(_ change: Change) -> Field {
    switch change {
    case .stage(let old, let new): Field(field: "stage", kind: "stage", old: old, new: new, from: nil, position: nil)
    case .version(let old, let new):
      Field(field: "version", kind: "version", old: "\(old)", new: "\(new)", from: nil, position: nil)
    case .parameter(let name, let old, let new, let position, let axis):
      Field(field: name, kind: "parameter", old: old, new: new, from: axis, position: position?.description)
    case .port(let name, let old, let new, let from, let position):
      Field(field: name, kind: "port", old: old, new: new, from: from, position: position?.description)
    }
  }
}
