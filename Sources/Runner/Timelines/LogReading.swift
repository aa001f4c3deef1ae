import Artifacts
import Events
import System

/// A log on its way to a timeline.
///
/// A clock that was set back in the course of the run moves no event before the one that was logged before it.
struct LogReading {
  /// The state of a step, by its address.
  private struct Current {
    /// Its place among `steps`.
    var step: Int
    /// The place of the attempt among `spans` that has no end yet.
    var span: Int?
    var resumedAt: Int?
  }

  private var cores = 0
  private var began: Double?
  /// Seconds since the beginning.
  private var time = 0.0
  private var summary: RunSummary?
  private var steps: [Timeline.Step] = []
  private var spans: [StepSpan] = []
  private var current: [String: Current] = [:]

  /// - Parameter events: how many there are, at most.
  init(events: Int) {
    spans.reserveCapacity(events / 2)
    steps.reserveCapacity(events / 2)
    current.reserveCapacity(events / 2)
  }

  mutating func add(_ logged: LoggedEvent) {
    if began == nil { began = logged.time }
    time = max(time, logged.time - (began ?? 0))
    switch logged.event {
    case .runStarted(_, _, let cores, _, _, _): self.cores = cores
    case .stepStarted(let step, let key, _, let threads, let attempt, let waited):
      end(step, .broken)
      begin(step, key, threads: threads, attempt: attempt, ready: waited.map { max(0, time - max(0, $0)) }, at: time)
    case .stepResumed(let step, let at, _): current[step]?.resumedAt = at
    case .stepFinished(let step, let key, let seconds, let memory, let usage):
      // A log that has lost the start.
      if current[step]?.span == nil {
        begin(step, key, threads: 0, attempt: 1, ready: nil, at: max(0, time - max(0, seconds)))
      }
      end(step, .finished, memory, usage)
    case .stepFailed(let step, _, _, _, _): end(step, .failed)
    case .stepBroken(let step, _, _, _): end(step, .broken)
    case .stepInterrupted(let step, _): end(step, .interrupted)
    case .stepElsewhere(let step, _):
      // The worker has ended, and the step is waited for: no core of this run is busy with it.
      if let span = current[step]?.span { spans[span] = spans[span].with(threads: 0) }
    case .stepFound(let step, _): end(step, .found)
    case .runFinished(let summary): self.summary = summary
    case .resolved, .inputImported, .fetching, .progress, .metric, .warning, .output, .stepSkipped, .divergence: break
    }
  }

  private mutating func begin(
    _ address: String, _ key: Digest, threads: Int, attempt: Int, ready: Double?, at start: Double
  ) {
    var place = steps.count
    if let known = current[address]?.step, steps[known].key == key { place = known }
    if place == steps.count { steps.append(Timeline.Step(address: address, key: key)) }
    current[address] = Current(step: place, span: spans.count)
    spans.append(
      StepSpan(
        step: place, attempt: max(1, attempt), threads: max(0, threads), ready: ready, start: start, end: start,
        outcome: .open))
  }

  /// Ends the attempt at a step now. A step that is not being attempted, as one whose failure was known before, has
  /// none.
  private mutating func end(
    _ address: String, _ outcome: StepSpan.Outcome, _ memory: Int? = nil, _ usage: ResourceUsage? = nil
  ) {
    guard let attempt = current[address], let span = attempt.span else { return }
    spans[span] = spans[span].ended(time, outcome, resumedAt: attempt.resumedAt, peakMemory: memory, usage: usage)
    current[address] = Current(step: attempt.step)
  }

  /// The timeline up to the end of the log, or up to `now`. Attempts without an end in a run that has one were stopped
  /// with it.
  func timeline(now: Double?) -> Timeline {
    let began = began ?? now ?? 0
    let end = summary == nil ? max(time, (now ?? began) - began) : time
    var spans = spans
    for attempt in current.values {
      guard let span = attempt.span else { continue }
      spans[span] = spans[span].ended(end, summary == nil ? .open : .interrupted, resumedAt: attempt.resumedAt)
    }
    // A log without starts has their moments from durations.
    let order = spans.indices.sorted { (spans[$0].start, $0) < (spans[$1].start, $1) }
    return Timeline(
      cores: cores, began: began, seconds: end, summary: summary, steps: steps, spans: order.map { spans[$0] })
  }
}

extension StepSpan {
  fileprivate func with(threads: Int) -> StepSpan {
    StepSpan(
      step: step, attempt: attempt, threads: threads, ready: ready, start: start, end: end, outcome: outcome)
  }

  fileprivate func ended(
    _ end: Double, _ outcome: Outcome, resumedAt: Int?, peakMemory: Int? = nil, usage: ResourceUsage? = nil
  ) -> StepSpan {
    StepSpan(
      step: step, attempt: attempt, threads: threads, ready: ready, start: start, end: end, outcome: outcome,
      resumedAt: resumedAt, peakMemory: peakMemory, usage: usage)
  }
}
