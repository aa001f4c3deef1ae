import Events
import Reports
import Resolving
import Stores
import Wording

/// How a run stands, as far as its log and the signs of life of its process tell.
package enum RunState: String, Sendable {
  case done, failed, interrupted, refused, running, lost

  init(_ run: PastRun, _ life: Life) {
    guard let summary = run.summary else {
      self = life == .gone ? .lost : .running
      return
    }
    self =
      summary.isRefused == true
      ? .refused : summary.isInterrupted ? .interrupted : summary.exitCode == 0 ? .done : .failed
  }

  /// The state in a sentence.
  func words(_ summary: RunSummary?) -> String {
    switch self {
    case .done, .failed, .interrupted, .refused: "\(rawValue): \(summary.map { EventText.summary($0) } ?? "")"
    case .running: "running: the page tells what its log said when it was written"
    case .lost: "was killed or lost: it logged no end, and its process is gone"
    }
  }
}
