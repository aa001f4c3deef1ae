import ArgumentParser
import Artifacts
import Plans
import Scheduling

/// `bioarc why`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say why a step runs or does not, with old and new values.",
    discussion: """
      Examples:
        bioarc why pipelines/promoters.yaml scores
        bioarc why pipelines/promoters.yaml 'scores[k=6,task=tata]'
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "A step, as 'ranking' or 'scores[k=6]'; the first ten that match are explained.") var step: String
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let session = try Session(options)
    let resolution = try session.resolve()
    let explainer = try Explainer(resolution: resolution, store: session.store)
    let all = try session.steps(step, in: resolution)
    // What runs is of more interest than what does not.
    let steps = (all.filter { !resolution.isUpToDate($0) } + all.filter { resolution.isUpToDate($0) }).prefix(10)
    let reasons = try steps.map { try explainer.reason(for: $0) }
    if json { return try printJSON(reasons.map(ReasonDocument.init)) }
    for reason in reasons { Terminal.print(Self.text(reason, indent: "")) }
    if all.count > steps.count { Terminal.print("and \(all.count - steps.count) more that match '\(step)'") }
  }

  static func text(_ reason: Reason, indent: String) -> String {
    var lines = [indent + reason.step + ": " + verdict(reason)]
    for change in reason.changes { lines.append(indent + "  " + words(change)) }
    if let other = reason.comparedWith, !reason.changes.isEmpty { lines.append(indent + "  compared with \(other)") }
    for cause in reason.causes { lines.append(text(cause, indent: indent + "    ")) }
    return lines.joined(separator: "\n")
  }

  static func verdict(_ reason: Reason) -> String {
    switch reason.verdict {
    case .upToDate(let finished, let seconds):
      "up to date; its result is of \(Words.time(finished)) and took \(Words.seconds(seconds))"
    case .failed(let failure): "failed before and would again (\(failure.code)): \(failure.message)"
    case .willRun:
      reason.changes.isEmpty
        ? reason.comparedWith == nil
          ? "will run: it has never run" : "will run: its result was removed or it is forced"
        : "will run, because"
    case .waits(let upstream):
      "waits for \(upstream.joined(separator: ", ")); runs if their outputs come out different"
    case .skipped(let because): "is skipped, because \(because) failed"
    }
  }

  static func words(_ change: Change) -> String {
    switch change {
    case .version(let old, let new): "behaviour version  \(old) -> \(new)"
    case .parameter(let name, let old, let new, let position):
      "\(name)  \(old) -> \(new)" + (position.map { "   (\($0))" } ?? "   (its default)")
    case .port(let name, let old, let new, let from):
      "\(name)  \(old) -> \(new)" + (from.map { "   (from \($0))" } ?? "")
    }
  }
}

/// A reason as JSON.
struct ReasonDocument: Encodable {
  struct Field: Encodable {
    let field: String
    let old: String
    let new: String
    let position: String?
  }
  let step: String
  let key: String?
  let verdict: String
  let changes: [Field]
  let causes: [ReasonDocument]

  init(_ reason: Reason) {
    step = reason.step
    key = reason.key?.hex
    verdict = WhyCommand.verdict(reason)
    changes = reason.changes.map { change in
      switch change {
      case .version(let old, let new): Field(field: "version", old: "\(old)", new: "\(new)", position: nil)
      case .parameter(let name, let old, let new, let position):
        Field(field: name, old: old, new: new, position: position.map(\.description))
      case .port(let name, let old, let new, let from): Field(field: name, old: old, new: new, position: from)
      }
    }
    causes = reason.causes.map(ReasonDocument.init)
  }
}
