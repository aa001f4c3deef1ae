/// The numbers of steps that run and that wait, as functions of time that change at moments and are constant between.
package struct Concurrency: Sendable {
  /// The numbers from a moment on.
  package struct Level: Hashable, Sendable {
    /// Seconds since the beginning of the run.
    package let time: Double
    /// Steps that run here.
    package let running: Int
    /// Cores that they hold.
    package let cores: Int
    /// Steps that are ready and wait for cores. Those that were never started are in no log, and not in here.
    package let waiting: Int
  }

  /// By ascending time, from 0 to the end of the run, each once.
  package let levels: [Level]
  /// Whether waiting steps are known: older logs do not tell of them.
  package let tellsWaiting: Bool

  /// A span is counted from its start, and not any more at its end; one that another process works on is in no number.
  package init(_ timeline: Timeline) {
    struct Change {
      let time: Double
      let running: Int
      let cores: Int
      let waiting: Int
    }
    var changes = [Change(time: 0, running: 0, cores: 0, waiting: 0)]
    changes.reserveCapacity(3 * timeline.spans.count + 2)
    for span in timeline.spans {
      if let ready = span.ready, ready < span.start {
        changes.append(Change(time: ready, running: 0, cores: 0, waiting: 1))
        changes.append(Change(time: span.start, running: 0, cores: 0, waiting: -1))
      }
      guard span.threads > 0, span.start < span.end else { continue }
      changes.append(Change(time: span.start, running: 1, cores: span.threads, waiting: 0))
      changes.append(Change(time: span.end, running: -1, cores: -span.threads, waiting: 0))
    }
    changes.append(Change(time: timeline.seconds, running: 0, cores: 0, waiting: 0))
    changes.sort { $0.time < $1.time }
    var levels: [Level] = []
    var (running, cores, waiting) = (0, 0, 0)
    for change in changes {
      running += change.running
      cores += change.cores
      waiting += change.waiting
      if levels.last?.time == change.time { levels.removeLast() }
      levels.append(Level(time: change.time, running: running, cores: cores, waiting: waiting))
    }
    self.levels = levels
    tellsWaiting = timeline.spans.contains { $0.ready != nil }
  }

  /// The largest number of steps that ran at once.
  package var mostRunning: Int { levels.map(\.running).max() ?? 0 }
  /// The largest number of steps that waited at once.
  package var mostWaiting: Int { levels.map(\.waiting).max() ?? 0 }

  /// Seconds for which so many steps ran, by their number.
  package var secondsByRunning: [Double] {
    var result = [Double](repeating: 0, count: mostRunning + 1)
    for (level, next) in zip(levels, levels.dropFirst()) { result[level.running] += next.time - level.time }
    return result
  }
}
