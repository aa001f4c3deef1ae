import Artifacts
import Events
import JSON
import System
import TestSupport
import Testing

@testable import Timelines

/// Logs of runs that ended in one way or another.
@Suite struct TimelineTests {
  private static func started(_ step: String, threads: Int = 2, attempt: Int = 1, waited: Double? = nil) -> Event {
    .stepStarted(step: step, key: key(step), reason: "", threads: threads, attempt: attempt, waited: waited)
  }

  private static func finished(_ step: String, usage: ResourceUsage? = nil, memory: Int = 5) -> Event {
    .stepFinished(step: step, key: key(step), seconds: 1, peakMemory: memory, usage: usage)
  }

  private static func log(_ events: [(Double, Event)]) -> [LoggedEvent] {
    let beginning = Event.runStarted(pipeline: "p", file: "p.yaml", cores: 4, text: nil, settings: nil)
    return ([(0, beginning)] + events).map { LoggedEvent(time: 500 + $0.0, event: $0.1) }
  }

  private static func summary(_ change: (inout RunSummary) -> Void = { _ in }) -> Event {
    var summary = RunSummary()
    change(&summary)
    return .runFinished(summary)
  }

  @Test func `a run is its attempts, with waits and resources`() throws {
    let usage = ResourceUsage(cpuSeconds: 6, bytesRead: 70, bytesWritten: 8)
    let timeline = Timeline(
      Self.log([
        (1, Self.started("a[x=1]", waited: 1)), (5, Self.finished("a[x=1]", usage: usage, memory: 9)),
        (5, Self.started("b", waited: 0)),
        (6, .stepFailed(step: "b", key: key("b"), code: "nan-loss", message: "", isAccepted: false)),
        (8, Self.summary { $0.reused = 3 }),
      ]))
    #expect(timeline.cores == 4 && timeline.began == 500 && timeline.seconds == 8)
    #expect(timeline.steps.map(\.address) == ["a[x=1]", "b"] && timeline.steps.map(\.node) == ["a", "b"])
    #expect(
      timeline.spans == [
        StepSpan(
          step: 0, attempt: 1, threads: 2, ready: 0, start: 1, end: 5, outcome: .finished, peakMemory: 9, usage: usage),
        StepSpan(step: 1, attempt: 1, threads: 2, ready: 5, start: 5, end: 6, outcome: .failed),
      ])
    let totals = RunTotals(timeline)
    #expect(totals.offered == 32 && totals.held == 10 && totals.cpuSeconds == 6 && totals.heldByTelling == 8)
    #expect(totals.reused == 3 && totals.wasted == 0 && totals.attempts == [.finished: 1, .failed: 1])
    let node = try #require(timeline.nodes.first)
    #expect(timeline.nodes.map(\.node) == ["a", "b"] && node.efficiency == 0.75 && node.peakMemory == 9)
    #expect(node.threads == 2 && node.bytesRead == 70 && node.bytesWritten == 8 && node.longest == 4)
    #expect(timeline.nodes[1].efficiency == nil && timeline.nodes[1].cpuSeconds == nil)
  }

  @Test func `attempts that break are retried, and are spans of their own`() {
    let timeline = Timeline(
      Self.log([
        (0, Self.started("a")), (2, .stepBroken(step: "a", key: key("a"), message: "", willRetry: true)),
        (3, Self.started("a", attempt: 2, waited: 1)), (4, .stepResumed(step: "a", at: 40, total: 90)),
        (5, .stepInterrupted(step: "a", key: key("a"))), (6, Self.summary { $0.isInterrupted = true }),
      ]))
    #expect(timeline.steps.count == 1 && timeline.spans.map(\.outcome) == [.broken, .interrupted])
    #expect(timeline.spans.map(\.resumedAt) == [nil, 40] && timeline.spans.map(\.attempt) == [1, 2])
    #expect(timeline.spans.map(\.step) == [0, 0] && RunTotals(timeline).wasted == 8)
    let nodes = timeline.nodes
    #expect(nodes.count == 1 && nodes[0].steps == 1 && nodes[0].attempts == 2 && nodes[0].seconds == 4)
  }

  @Test func `steps of a run that was killed are open, and go on in one that goes on`() {
    let log = Self.log([(1, Self.started("a")), (3, .metric(step: "a", name: "loss", at: 1, value: 2))])
    let killed = Timeline(log)
    #expect(killed.summary == nil && killed.seconds == 3 && RunTotals(killed).reused == nil)
    #expect(killed.spans.map(\.end) == [3] && killed.spans[0].outcome == .open)
    #expect(Timeline(log, now: 510).spans.map(\.end) == [10] && Timeline(log, now: 510).seconds == 10)
    // The present is of no concern once the run has ended.
    let stopped = Timeline(log + [LoggedEvent(time: 504, event: Self.summary())], now: 510)
    #expect(stopped.spans.map(\.end) == [4] && stopped.spans[0].outcome == .interrupted && stopped.seconds == 4)
  }

  @Test func `a step that another process works on holds no core until its result is found`() {
    let timeline = Timeline(
      Self.log([
        (0, Self.started("a", threads: 3)), (0.5, .stepElsewhere(step: "a", owner: "host:1")),
        (4, .stepFound(step: "a", key: key("a"))), (4, .stepFound(step: "b", key: key("b"))), (5, Self.summary()),
      ]))
    #expect(timeline.spans.map(\.outcome) == [.found] && timeline.spans[0].threads == 0)
    #expect(timeline.spans[0].seconds == 4 && RunTotals(timeline).held == 0 && timeline.steps.count == 1)
    #expect(Concurrency(timeline).mostRunning == 0)
    // It takes the step over where the other has gone.
    let taken = Timeline(
      Self.log([
        (0, Self.started("a")), (1, .stepElsewhere(step: "a", owner: "host:1")), (7, Self.started("a", waited: 0)),
        (8, Self.finished("a")),
      ]))
    #expect(taken.spans.map(\.outcome) == [.broken, .finished] && taken.spans.map(\.threads) == [0, 2])
  }

  /// Lines as older programs wrote them, and a failure that was known before the run.
  @Test func `an older log tells what it can`() throws {
    let (a, b) = (key("a").hex, key("b").hex)
    let lines = [
      #"{"event":{"runStarted":{"cores":8,"file":"p.yaml","pipeline":"p"}},"time":100}"#,
      #"{"event":{"stepStarted":{"attempt":1,"key":"\#(a)","reason":"","step":"a","threads":8}},"time":101}"#,
      #"{"event":{"stepFinished":{"key":"\#(a)","peakMemory":7,"seconds":2,"step":"a"}},"time":103}"#,
      #"{"event":{"stepFinished":{"key":"\#(b)","peakMemory":7,"seconds":1.5,"step":"b"}},"time":104}"#,
    ]
    let events = try lines.map { try #require(JSONLines.decode(LoggedEvent.self, bytes($0)), "\($0)") }
    let known = Event.stepFailed(step: "c", key: key("c"), code: "x", message: "", isAccepted: true)
    let timeline = Timeline(events + [LoggedEvent(time: 104, event: known)])
    #expect(timeline.spans.map(\.start) == [1, 2.5] && timeline.spans.map(\.end) == [3, 4])
    #expect(timeline.spans.allSatisfy { $0.ready == nil && $0.usage == nil && $0.outcome == .finished })
    #expect(timeline.spans[1].threads == 0 && !Concurrency(timeline).tellsWaiting)
    #expect(RunTotals(timeline).cpuSeconds == nil && RunTotals(timeline).held == 16)
    // A log whose beginning is lost.
    #expect(Timeline(Array(events.dropFirst(2))).spans.map(\.start) == [0, 0])
  }

  @Test func `a clock that is set back moves nothing before what was logged before`() {
    let timeline = Timeline(
      Self.log([(5, Self.started("a")), (-90, Self.finished("a")), (-89, Self.started("b")), (6, Self.finished("b"))]))
    #expect(timeline.spans.map(\.start) == [5, 5] && timeline.spans.map(\.end) == [5, 6])
    #expect(timeline.seconds == 6)
  }

  @Test func `concurrency is what a look at each moment counts`() {
    for trial in 0..<UInt64(Trials.count(20)) {
      var random = RandomNumbers(seed: seed &+ trial)
      let run = SyntheticRun(steps: 25, &random)
      let timeline = Timeline(run.events(run.schedule(cores: 3), cores: 3))
      let concurrency = Concurrency(timeline)
      let levels = concurrency.levels
      #expect(zip(levels, levels.dropFirst()).allSatisfy { $0.time < $1.time }, "seed \(seed &+ trial)")
      #expect(levels.first?.time == 0 && levels.last?.time == timeline.seconds && concurrency.tellsWaiting)
      for moment in stride(from: 0.5, to: timeline.seconds, by: 1) {
        let running = timeline.spans.filter { $0.start < moment && moment < $0.end }
        let level = levels.last { $0.time < moment }
        #expect(level?.running == running.count && level?.cores == running.reduce(0) { $0 + $1.threads })
        #expect(level?.waiting == timeline.spans.count { $0.ready! < moment && moment < $0.start })
      }
      #expect(levels.last?.running == 0 && concurrency.secondsByRunning.reduce(0, +) == timeline.seconds)
    }
  }
}
