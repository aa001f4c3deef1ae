import Artifacts
import Resolving
import Stores
import System

/// Steps of this run that other processes work on: watched until their result or the end of their lease.
///
/// A lease has ended when its file is gone, when its owner is known to be, or when it has shown no sign of life for
/// `Lease.expiry` seconds by the clock of this process.
struct StepsElsewhere {
  private struct Watch {
    let key: Digest
    var lease: LeaseSighting
    var since: Double
  }

  enum Finding {
    case result
    /// The step is free again; the lease that was left behind, if one was, may be taken over.
    case gone(LeaseSighting?)
  }

  private var watches: [StepIndex: Watch] = [:]
  private var next = 0.0
  /// Seconds between two looks: short at first, since most steps are.
  private var interval = 0.05

  var isEmpty: Bool { watches.isEmpty }
  var wakeAfter: Double? { watches.isEmpty ? nil : max(0, next - Clock.monotonic()) }

  /// Watches a step; true when that is news.
  mutating func add(_ step: StepIndex, _ lease: LeaseSighting, key: Digest?) -> Bool {
    guard let key else { preconditionFailure("a step that was started has a key") }
    if watches.isEmpty { interval = 0.05 }
    next = Clock.monotonic() + interval
    return watches.updateValue(Watch(key: key, lease: lease, since: Clock.monotonic()), forKey: step) == nil
  }

  /// News of the steps, at most once an interval. `isResult` says whether a step has the result that is waited for:
  /// one that was there before may not be it.
  mutating func look(in store: Store, isResult: (StepIndex) throws -> Bool) -> [(StepIndex, Finding)] {
    let now = Clock.monotonic()
    guard !watches.isEmpty, now >= next else { return [] }
    // Files that cannot be read now are read at the next look.
    try? store.refresh()
    var findings: [(StepIndex, Finding)] = []
    for (step, watch) in watches.sorted(by: { ($0.key.node, $0.key.item) < ($1.key.node, $1.key.item) }) {
      var lease: LeaseSighting? = watch.lease
      var isDone = false
      do {
        lease = try store.sighting(of: watch.key)
        isDone = try isResult(step)
      } catch {}
      if isDone {
        findings.append((step, .result))
      } else if let lease, lease == watch.lease {
        let isStale = lease.isKnownToBeGone || now - watch.since > Lease.expiry
        guard isStale else { continue }
        findings.append((step, .gone(lease)))
      } else if let lease {
        watches[step] = Watch(key: watch.key, lease: lease, since: now)
        continue
      } else {
        findings.append((step, .gone(nil)))
      }
      watches[step] = nil
    }
    interval = min(interval * 1.5, 1)
    next = now + interval
    return findings
  }
}
