import Artifacts
package import Events
import Resolving
import System
import Wording

/// Events of a run, in words.
package enum EventText {
  /// A line of a log; nil for an event that only programs read. `emphasis` makes failures stand out.
  package static func text(_ event: Event, emphasis: (String) -> String = { $0 }) -> String? {
    switch event {
    case .runStarted(let pipeline, let file, let cores, _, _, _):
      "run of '\(pipeline)' (\(file)) on \(Words.count(cores, "core"))"
    case .resolved: nil
    case .inputImported(let name, let bytes): "input \(name): \(Words.bytes(bytes)) into the store"
    case .fetching(let step, let objects, let bytes):
      "\(step): \(Words.count(objects, "object")) of \(Words.bytes(bytes)) come from a remote"
    case .stepStarted(let step, let key, let reason, let threads, let attempt, let waited):
      "\(step): attempt \(attempt) on \(Words.count(threads, "thread")), key \(key.short): \(reason)"
        + (waited.map { $0 < 1 ? "" : ", after waiting for \(Words.seconds($0))" } ?? "")
    case .progress(let step, let done, let total, let unit, let detail): "\(step): \(done)/\(total) \(unit)  \(detail)"
    case .metric(let step, let name, let at, let value):
      "\(step): \(name) \(abs(value) < 0.01 ? Words.short(value) : Words.fixed(value, 4)) at \(at)"
    case .stepResumed(let step, let at, let total):
      "\(step): goes on from step \(at)" + (total.map { " of \($0)" } ?? "")
    case .warning(let step, let message): "\(step): warning: \(message)"
    case .output(let step, let line): "\(step): | \(line)"
    case .stepFinished(let step, _, let seconds, let memory, let usage):
      "\(step): done in \(Words.seconds(seconds)), peak \(Words.bytes(memory))" + (usage.map(used) ?? "")
    case .stepFailed(let step, _, let code, let message, _): emphasis("\(step): failed (\(code)): \(message)")
    case .stepBroken(let step, _, let message, let willRetry):
      emphasis("\(step): \(message)") + (willRetry ? "; trying again" : "")
    case .stepInterrupted(let step, _): "\(step): stopped; its state is saved"
    case .stepSkipped(let step, let because): "\(step): skipped, because \(because) failed"
    case .stepElsewhere(let step, let owner): "\(step): waits for \(owner), which works on it"
    case .stepFound(let step, _): "\(step): another run has made its result"
    case .divergence(let step, let key, let ports):
      "\(step): divergence under \(key.short) in \(ports.joined(separator: ", "))"
    case .runFinished(let summary): Self.summary(summary)
    }
  }

  private static func used(_ usage: ResourceUsage) -> String {
    ", \(Words.seconds(usage.cpuSeconds)) of CPU, \(Words.bytes(usage.bytesRead)) read, "
      + "\(Words.bytes(usage.bytesWritten)) written"
  }

  /// The end of a run in words; `emphasis` makes failures stand out.
  package static func summary(_ summary: RunSummary, emphasis: (String) -> String = { $0 }) -> String {
    if summary.isRefused == true { return "refused: its inputs have errors" }
    var parts: [String] = []
    if summary.executed > 0 || summary.reused == 0 { parts.append("\(Words.count(summary.executed, "step")) run") }
    if summary.reused > 0 {
      parts.append(
        summary.executed == 0 && summary.failed == 0 && summary.pending == 0 && !summary.isInterrupted
          ? "nothing to run: \(Words.count(summary.reused, "step")) reused" : "\(summary.reused) reused")
    }
    if summary.accepted > 0 { parts.append("\(summary.accepted) failed and ranked last") }
    if summary.failed > 0 { parts.append(emphasis("\(summary.failed) failed")) }
    if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
    if summary.pending > 0 { parts.append("\(summary.pending) not \(summary.isInterrupted ? "finished" : "started")") }
    if summary.isInterrupted { parts.append("interrupted") }
    return parts.joined(separator: ", ") + (summary.seconds > 0 ? " in \(Words.seconds(summary.seconds))" : "")
  }
}
