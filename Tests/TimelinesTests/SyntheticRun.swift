import Artifacts
import Events
import System
import TestSupport

@testable import Timelines

func key(_ name: String) -> Digest { .of(bytes(name)) }

/// A run whose answer is known: a graph of steps with their attempts, each with whole seconds, and its schedule.
struct SyntheticRun {
  /// By step, those that it needs: all before it.
  let needs: [[Int]]
  /// By step, the seconds of its attempts: all but the last break.
  var attempts: [[Double]]
  let threads: [Int]

  init(steps: Int, _ random: inout RandomNumbers) {
    let density = Double.random(in: 0...0.6, using: &random)
    needs = (0..<steps).map { step in
      (0..<step).filter { _ in Double.random(in: 0..<1, using: &random) < density }
    }
    attempts = (0..<steps).map { _ in
      let count = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 2...3, using: &random) : 1
      return (0..<count).map { _ in Double(Int.random(in: 0...20, using: &random)) }
    }
    threads = (0..<steps).map { _ in Int.random(in: 1...2, using: &random) }
  }

  init(needs: [[Int]], attempts: [[Double]], threads: [Int]) {
    (self.needs, self.attempts, self.threads) = (needs, attempts, threads)
  }

  static func name(_ step: Int) -> String { "s\(step)" }

  /// An attempt as it came to be: the moments at which it was ready, began and ended.
  struct Scheduled: Equatable {
    let step: Int
    let attempt: Int
    let ready: Double
    let start: Double
    let end: Double
  }

  /// The schedule on so many cores: the ready step with the lowest number starts as soon as it fits.
  func schedule(cores: Int) -> [Scheduled] {
    var (time, free) = (0.0, cores)
    var (waiting, running): ([(step: Int, attempt: Int, ready: Double)], [Scheduled]) = ([], [])
    var done = [Double?](repeating: nil, count: needs.count)
    var begun = [Bool](repeating: false, count: needs.count)
    var all: [Scheduled] = []
    while true {
      for step in needs.indices where !begun[step] && needs[step].allSatisfy({ done[$0] != nil }) {
        begun[step] = true
        waiting.append((step, 0, time))
      }
      waiting.sort { $0.step < $1.step }
      while let place = waiting.firstIndex(where: { threads[$0.step] <= free }) {
        let next = waiting.remove(at: place)
        free -= threads[next.step]
        let end = time + attempts[next.step][next.attempt]
        running.append(Scheduled(step: next.step, attempt: next.attempt, ready: next.ready, start: time, end: end))
        all.append(running[running.count - 1])
      }
      guard let first = running.map(\.end).min() else { return all }
      time = first
      for ended in running where ended.end == first {
        free += threads[ended.step]
        if ended.attempt + 1 < attempts[ended.step].count {
          waiting.append((ended.step, ended.attempt + 1, time))
        } else {
          done[ended.step] = time
        }
      }
      running.removeAll { $0.end == first }
    }
  }

  /// The log of a schedule.
  func events(_ schedule: [Scheduled], cores: Int) -> [LoggedEvent] {
    let origin = 1_000_000.0
    var events: [(time: Double, rank: Int, event: Event)] = []
    for (rank, one) in schedule.enumerated() {
      let name = Self.name(one.step)
      // A start at the moment at which it ends is told of after what ended then.
      events.append(
        (
          one.start, 2 * rank,
          .stepStarted(
            step: name, key: key(name), reason: "", threads: threads[one.step], attempt: one.attempt + 1,
            waited: one.start - one.ready)
        ))
      let isLast = one.attempt == attempts[one.step].count - 1
      let usage = ResourceUsage(cpuSeconds: one.end - one.start, bytesRead: 3, bytesWritten: 1)
      events.append(
        (
          one.end, one.end == one.start ? 2 * rank + 1 : -1,
          isLast
            ? .stepFinished(
              step: name, key: key(name), seconds: one.end - one.start, peakMemory: 100 + one.step, usage: usage)
            : .stepBroken(step: name, key: key(name), message: "", willRetry: true)
        ))
    }
    let sorted = events.enumerated().sorted {
      ($0.element.time, $0.element.rank, $0.offset) < ($1.element.time, $1.element.rank, $1.offset)
    }
    var summary = RunSummary()
    summary.executed = needs.count
    let end = schedule.map(\.end).max() ?? 0
    let beginning = Event.runStarted(pipeline: "p", file: "p.yaml", cores: cores, text: nil, settings: nil)
    return [LoggedEvent(time: origin, event: beginning)]
      + sorted.map { LoggedEvent(time: origin + $0.element.time, event: $0.element.event) }
      + [LoggedEvent(time: origin + end, event: .runFinished(summary))]
  }

  /// The needs of each step of a timeline of this run.
  func sources(_ timeline: Timeline) -> [[Int]] {
    let numbers = timeline.steps.map { Int($0.address.dropFirst())! }
    let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    return numbers.map { needs[$0].map { places[$0]! }.sorted() }
  }
}
