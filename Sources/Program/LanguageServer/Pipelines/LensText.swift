import Artifacts
import Explaining
import Reports
import Resolving
import Syntax
import Wording

/// How a stage stands, in the few words of a lens.
struct LensText {
  let counts: Resolution.Counts
  let part: Forecast.Part
  /// The first step of each kind that has no result, explained.
  let excerpts: [Excerpt]
  let stage: String

  /// As `4 of 12 will run: lr 0.001 -> 0.01 (about 9 min)`.
  var title: String {
    let parts = [failed, runs, waits].compactMap { $0 }
    if !parts.isEmpty { return parts.joined(separator: "; ") }
    let saved = part.saved > 0 ? ", \(Words.seconds(part.saved)) saved" : ""
    return counts.total == 0 ? "no steps" : "\(part.reused) of \(counts.total) cached\(saved)"
  }

  private func of(_ count: Int) -> String { counts.isOpen ? "\(count)" : "\(count) of \(counts.total)" }

  private var failed: String? {
    for excerpt in excerpts {
      switch excerpt.reason.verdict {
      case .failed(let failure): return "\(counts.failed) failed: \(failure.message)"
      case .skipped(let because): return "\(of(counts.failed)) skipped: \(because) failed"
      case .broken(let message): return "\(of(counts.failed)) could not be run: \(message)"
      default: continue
      }
    }
    return nil
  }

  private var runs: String? {
    guard part.certain > 0 else { return nil }
    let running = excerpts.first { if case .willRun = $0.reason.verdict { true } else { false } }
    let cause = running.map { ": " + Self.cause($0, of: stage) } ?? ""
    let time = part.certainSeconds.map { $0 > 0 ? " (about \(Words.duration($0.rounded(.up))))" : "" } ?? ""
    return "\(of(part.certain)) will run\(cause)\(time)"
  }

  private var waits: String? {
    guard part.waiting > 0 || counts.isOpen else { return nil }
    let awaited = excerpts.compactMap { if case .waits(let steps) = $0.reason.verdict { steps } else { nil } }
    let names = (awaited.last ?? []).map { StepAddress.node(of: $0.name) }
    let others = names.isEmpty ? "what it reads" : names.joined(separator: ", ")
    if part.waiting == counts.total || counts.isOpen { return "waits for \(others)" }
    return part.waiting == 1 ? "1 waits for \(others)" : "\(part.waiting) wait for \(others)"
  }

  /// The edits behind a step that runs, the first of them in words; without one, how it comes that it runs.
  private static func cause(_ excerpt: Excerpt, of stage: String) -> String {
    guard let first = excerpt.edits.first else {
      switch excerpt.reason.verdict {
      case .willRun(.new): return "new"
      case .willRun(.unfinished): return "interrupted before"
      case .willRun(.resultGone): return "its result was removed"
      case .willRun(.forced): return "asked for"
      case .willRun(.notBelieved(let lab)): return "'\(lab)' is not trusted for its result"
      default: return "the bytes of its result are gone"
      }
    }
    let node = StepAddress.node(of: first.step)
    let more = excerpt.edits.count > 1 ? " and \(excerpt.edits.count - 1) more" : ""
    return (node == stage ? "" : node + ": ") + ReasonText.brief(first.change) + more
  }
}
