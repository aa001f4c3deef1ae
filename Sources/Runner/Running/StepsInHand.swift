import Artifacts
import Events
import JSON
package import Resolving
package import Stores

/// Steps without a result that somebody works on, or that were begun, as far as the store shows.
package struct StepsInHand {
  /// Somebody works on a step.
  package struct Work: Sendable {
    package let life: Life
    /// The time at which the run that has the step started it; nil where no log of a run in progress says so.
    package let since: Double?
  }

  private let resolution: Resolution
  private let lives: [Digest: Life]
  private let started: [Digest: Double]
  /// Trainings with saved states.
  private let trainings: Set<Digest>

  /// Reads from the store who works on steps of `resolution`, and when runs in progress have started them.
  package init(_ resolution: Resolution) throws {
    self.resolution = resolution
    lives = try resolution.store.work()
    started = lives.isEmpty ? [:] : try History(store: resolution.store).started(Set(lives.keys))
    trainings = try resolution.store.trainingsWithStates()
  }

  /// The work of some process on `step` now; nil where nobody works on it.
  package func work(on step: StepIndex) -> Work? {
    guard !lives.isEmpty, case .ready = resolution.state(step), let key = resolution.key(of: step),
      let life = lives[key]
    else {
      return nil
    }
    return Work(life: life, since: started[key])
  }

  /// The state from which `step` will go on, or goes on by now.
  package func kept(of step: StepIndex) throws -> Resolution.Kept? {
    guard !trainings.isEmpty, case .ready = resolution.state(step), resolution.key(of: step) != nil,
      !resolution.isForced(step)
    else { return nil }
    return try resolution.kept(of: step) { trainings.contains($0) }
  }
}

extension History {
  /// Runs whose logs are looked through for steps that are running.
  private static let looked = 50

  /// The times at which steps of these keys were last started by runs that have not ended.
  func started(_ keys: Set<Digest>) throws -> [Digest: Double] {
    var result: [Digest: Double] = [:]
    for id in try store.runs().prefix(Self.looked) where result.count < keys.count {
      guard try run(id)?.summary == nil else { continue }
      for line in try store.events(id) ?? [] where line.utf8.starts(with: Self.stepStarted) {
        guard let logged = JSONLines.decode(LoggedEvent.self, Array(line.utf8)),
          case .stepStarted(_, let key, _, _, _, _) = logged.event, keys.contains(key)
        else { continue }
        result[key] = max(result[key] ?? 0, logged.time)
      }
    }
    return result
  }
}
