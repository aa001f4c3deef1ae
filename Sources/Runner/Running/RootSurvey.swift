import Artifacts
import Events
import JSON
import Resolving
package import Space
package import Stores

/// The needs of runs, pins and processes at work, read from a store; a second look reads only new files.
package final class RootSurvey {
  private let store: Store
  /// Nanoseconds for which a run is recent.
  private let recency: Int64
  private let keepsNewest: Bool
  /// The number of logs that are kept, the newest ones.
  private let keepRuns: Int
  /// Runs whose logs nobody needs, as of the last look.
  private(set) var expired: [String] = []
  /// Runs that have ended.
  private var ended: [String: RunNeeds] = [:]
  /// The keys in binding lists, which never change.
  private var bindings: [ObjectName: [Digest]] = [:]

  /// Days for which the log of a run is kept, whatever came after it.
  package static let logDays = 90

  package init(store: Store, keepDays: Int, keepsNewest: Bool, keepRuns: Int) {
    self.store = store
    self.keepsNewest = keepsNewest
    self.keepRuns = keepRuns
    recency = Int64(clamping: keepDays).multiplied(saturatingBy: Self.day)
  }

  /// Nanoseconds.
  private static let day: Int64 = 86_400 * 1_000_000_000

  /// The needs now; `now` is by the clock of the file system.
  ///
  /// With `keepsNewest`, the newest run of a pipeline that ended well counts as recent whatever its age,
  /// for each of its stages, and so do the runs after it. Binding lists are kept with the logs that name them:
  /// `why` must be able to answer, and they are small.
  package func roots(now: Int64) throws -> [Reach.Reason: Reach.Roots] {
    var roots: [Reach.Reason: Reach.Roots] = [:]
    roots[.running, default: .init()].keys = try store.keysInProgress(now: now)
    for pin in try store.pins() { roots[.pinned, default: .init()].keys.formUnion(pin.keys) }
    var covered: Set<[String]> = []
    expired = []
    for (index, id) in try store.runs().enumerated() {
      let run = try needs(of: id, now: now)
      let reason = reason(run, now: now, covered)
      if let reason { add(run, to: &roots[reason, default: .init()]) }
      if run.isInProgress { roots[.running, default: .init()].objects.formUnion(try store.inputs(ofRun: id)) }
      if reason == nil, index >= keepRuns, now - run.lastEvent >= Int64(Self.logDays) * Self.day {
        expired.append(id)
      } else {
        roots[.history, default: .init()].objects.formUnion(run.bindings.map(\.digest) + [run.text].compactMap(\.self))
      }
      // A run that failed, or was of some stages only, does not stand for the rest.
      if run.isWhole { for stage in run.stages { covered.insert(run.pipeline + [stage]) } }
    }
    return roots
  }

  /// The reason for which the results of a run are needed, if they are; `covered` are pipelines and stages
  /// of which there is a newer run.
  private func reason(_ run: RunNeeds, now: Int64, _ covered: Set<[String]>) -> Reach.Reason? {
    if run.isInProgress { return .running }
    if now - run.lastEvent < recency { return .recent }
    return keepsNewest && !run.stages.allSatisfy { covered.contains(run.pipeline + [$0]) } ? .recent : nil
  }

  private func add(_ run: RunNeeds, to roots: inout Reach.Roots) {
    roots.keys.formUnion(run.keys)
    for name in run.bindings { roots.keys.formUnion(keys(in: name)) }
  }

  private func keys(in name: ObjectName) -> [Digest] {
    if let known = bindings[name] { return known }
    guard let list = History(store: store).bindings(name) else { return [] }
    let keys = (0..<list.count).compactMap { list.key(at: $0) }
    bindings[name] = keys
    return keys
  }

  private func needs(of id: String, now: Int64) throws -> RunNeeds {
    if let known = ended[id] { return known }
    var run = RunNeeds(lastEvent: try store.lastEvent(ofRun: id) ?? 0)
    for line in try store.events(id) ?? [] { run.note(line) }
    run.isInProgress = try !run.isFinished && store.mayBeInProgress(id, now: now)
    if !run.isInProgress { ended[id] = run }
    return run
  }
}

/// The needs of one run, as its log tells them.
private struct RunNeeds {
  let lastEvent: Int64
  /// The name and the file of the pipeline.
  var pipeline: [String] = []
  /// The text of the pipeline.
  var text: Digest?
  var bindings: Set<ObjectName> = []
  /// The keys of the steps that the run has started or waited for.
  var keys: Set<Digest> = []
  /// The stages whose keys the run has logged.
  var stages: Set<String> = []
  var isFinished = false
  /// Whether the run ended without a failure.
  var isWhole = false
  var isInProgress = false

  init(lastEvent: Int64) { self.lastEvent = lastEvent }

  private static let events = ["runStarted", "resolved", "stepStarted", "stepFound", "runFinished"].map {
    Array("{\"event\":{\"\($0)\"".utf8)
  }

  /// Most lines of a long log are not decoded: keys are sorted, so a line begins with its event.
  mutating func note(_ line: String) {
    guard Self.events.contains(where: { line.utf8.starts(with: $0) }),
      let logged = JSONLines.decode(LoggedEvent.self, Array(line.utf8))
    else { return }
    switch logged.event {
    case .runStarted(let name, let file, _, let text, _, let purpose):
      pipeline = [name, file, purpose ?? ""]
      self.text = text?.digest
    case .resolved(let stage, let name):
      bindings.insert(name)
      stages.insert(stage)
    case .stepStarted(_, let key, _, _, _, _), .stepFound(_, let key): keys.insert(key)
    case .runFinished(let summary): (isFinished, isWhole) = (true, summary.exitCode == 0)
    default: return
    }
  }
}
