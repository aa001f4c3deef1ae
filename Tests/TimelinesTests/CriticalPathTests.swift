import TestSupport
import Testing

@testable import Timelines

/// Synthetic logs with a known answer.
@Suite struct CriticalPathTests {
  /// The end of the run with unlimited cores.
  private static func end(_ run: SyntheticRun) -> Double { run.schedule(cores: 1_000).map(\.end).max() ?? 0 }

  /// Slack by brute force: the seconds by which an attempt can be longer before the run is.
  private static func slack(_ run: SyntheticRun, _ step: Int, _ attempt: Int) -> Double {
    let end = end(run)
    var (longer, slack) = (run, 0.0)
    while true {
      longer.attempts[step][attempt] += 1
      guard Self.end(longer) <= end else { return slack }
      slack += 1
    }
  }

  @Test func `path, slack and potential improvement agree with brute force`() throws {
    for trial in 0..<UInt64(Trials.count(60)) {
      var random = RandomNumbers(seed: seed &+ trial)
      let run = SyntheticRun(steps: Int.random(in: 1...14, using: &random), &random)
      let cores = Int.random(in: 2...5, using: &random)
      let schedule = run.schedule(cores: cores)
      let timeline = Timeline(run.events(schedule, cores: cores))
      let found = CriticalPath(timeline, sources: run.sources(timeline))
      let told = "seed \(seed &+ trial)"
      try #require(timeline.spans.count == schedule.count, "\(told)")
      let end = Self.end(run)
      #expect(found.unlimited == end, "\(told)")
      for (place, span) in timeline.spans.enumerated() {
        let (step, attempt) = (Int(timeline.steps[span.step].address.dropFirst())!, span.attempt - 1)
        var faster = run
        faster.attempts[step][attempt] = 0
        #expect(found.improvement[place] == end - Self.end(faster), "\(told), \(place)")
        #expect(found.slack[place] == Self.slack(run, step, attempt), "\(told), \(place)")
      }
      // The path is one, and as long as the run.
      let needs = CriticalPath.needs(timeline, run.sources(timeline))
      for (a, b) in zip(found.path, found.path.dropFirst()) { #expect(needs[b].contains(a), "\(told)") }
      #expect(found.path.reduce(0) { $0 + timeline.spans[$1].seconds } == end, "\(told)")
      #expect(found.path.allSatisfy { found.slack[$0] == 0 }, "\(told)")
    }
  }

  /// The chain of what happened, from the schedule itself and not from the log.
  @Test func `the chain leads from the beginning to the end through what was waited for last`() {
    for trial in 0..<UInt64(Trials.count(60)) {
      var random = RandomNumbers(seed: seed &+ trial)
      let run = SyntheticRun(steps: Int.random(in: 1...30, using: &random), &random)
      let cores = Int.random(in: 2...4, using: &random)
      let schedule = run.schedule(cores: cores)
      let timeline = Timeline(run.events(schedule, cores: cores))
      let chain = CriticalPath(timeline, sources: run.sources(timeline)).chain
      let told = "seed \(seed &+ trial)"
      let sum = chain.reduce(0) { $0 + $1.wait + $1.seconds }
      #expect(sum == schedule.map(\.end).max() && chain.allSatisfy { $0.wait >= 0 }, "\(told)")
      for (place, link) in chain.enumerated() {
        let span = timeline.spans[link.span]
        let (step, attempt) = (Int(timeline.steps[span.step].address.dropFirst())!, span.attempt - 1)
        // A step is ready at the end of the last that it needs, and begins its next attempt at the end of one.
        let ready = schedule.first { $0.step == step && $0.attempt == attempt }!.ready
        let before = place == 0 ? 0 : timeline.spans[chain[place - 1].span].end
        #expect(before == ready && link.wait == span.start - ready, "\(told), \(place)")
      }
    }
  }

  @Test func `a diamond has the path through its longer side, and improves by the difference of both`() {
    // a: 2, then b: 5 and c: 3, then d: 1.
    let seconds = [2.0, 5, 3, 1]
    let starts = [0.0, 2, 2, 7]
    let timeline = Timeline(
      cores: 2, began: 0, seconds: 8, summary: nil,
      steps: (0..<4).map { Timeline.Step(address: "s\($0)", key: nil) },
      spans: (0..<4).map {
        StepSpan(
          step: $0, attempt: 1, threads: 1, ready: starts[$0], start: starts[$0], end: starts[$0] + seconds[$0],
          outcome: .finished)
      })
    let found = CriticalPath(timeline, sources: [[], [0], [0], [1, 2]])
    #expect(found.path == [0, 1, 3] && found.chain.map(\.span) == [0, 1, 3] && found.unlimited == 8)
    #expect(found.slack == [0, 0, 2, 0])
    #expect(found.improvement == [2, 2, 0, 1])
    let alone = CriticalPath(timeline, sources: [[], [], [], []])
    #expect(alone.path == [1] && alone.unlimited == 5 && alone.improvement == [0, 2, 0, 0])
    #expect(alone.chain.map(\.wait) == [7])
  }

  @Test func `a run without steps has no path`() {
    let empty = Timeline([])
    let path = CriticalPath(empty, sources: [])
    #expect(path.chain.isEmpty && path.path.isEmpty && path.unlimited == 0)
    #expect(Concurrency(empty).levels.map(\.running) == [0] && RunTotals(empty).held == 0)
  }

  /// A step that was computed again for one that came later is needed as it was when that one began.
  @Test func `a step that was computed again is needed as it was`() {
    let times = [(0, 0.0, 2.0), (1, 2, 3), (0, 4, 9), (2, 9, 10)]
    let timeline = Timeline(
      cores: 2, began: 0, seconds: 10, summary: nil,
      steps: (0..<3).map { Timeline.Step(address: "s\($0)", key: nil) },
      spans: times.map {
        StepSpan(step: $0.0, attempt: 1, threads: 1, ready: nil, start: $0.1, end: $0.2, outcome: .finished)
      })
    #expect(CriticalPath.needs(timeline, [[], [0], [0, 1]]) == [[], [0], [0], [2, 1]])
    let path = CriticalPath(timeline, sources: [[], [0], [0, 1]])
    #expect(path.chain.map(\.span) == [0, 2, 3] && path.chain.map(\.wait) == [0, 2, 0])
  }

  /// A ladder of 100,000 steps, whose path is as long as it can be. The times are printed.
  @Test func `100,000 steps are read and judged`() {
    var random = RandomNumbers(seed: 1)
    let count = 100_000
    let run = SyntheticRun(
      needs: (0..<count).map { $0 < 2 ? [] : [$0 - 2, $0 - 1 - $0 % 2].filter { $0 >= 0 } },
      attempts: (0..<count).map { _ in [Double(Int.random(in: 1...9, using: &random))] },
      threads: [Int](repeating: 1, count: count))
    var ends = [Double](repeating: 0, count: count)
    let schedule = (0..<count).map { step in
      let start = run.needs[step].map { ends[$0] }.max() ?? 0
      ends[step] = start + run.attempts[step][0]
      return SyntheticRun.Scheduled(step: step, attempt: 0, ready: start, start: start, end: ends[step])
    }
    let events = run.events(schedule, cores: 2)
    let clock = ContinuousClock()
    var (timeline, path, levels) = (Timeline([]), CriticalPath(Timeline([]), sources: []), 0)
    let reading = clock.measure { timeline = Timeline(events) }
    let sources = run.sources(timeline)
    let judging = clock.measure { path = CriticalPath(timeline, sources: sources) }
    let counting = clock.measure { levels = Concurrency(timeline).levels.count }
    print("100,000 steps: timeline \(reading), critical path \(judging), concurrency \(counting)")
    #expect(timeline.spans.count == count && levels > count / 2)
    #expect(path.unlimited == ends.max() && path.chain.reduce(0) { $0 + $1.wait + $1.seconds } == ends.max())
  }
}
