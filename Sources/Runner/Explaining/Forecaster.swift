import Artifacts
import Plans
package import Resolving
import Stores

/// Expects times from records: for a step, the time of its latest result; else the median of the
/// results of its node; else that of results of the same stage, in this plan, in earlier runs of the pipeline, in runs
/// of others. Times of trainings are taken by their lengths. A sample of the steps of an array stands for all.
package final class Forecaster {
  private let resolution: Resolution
  private let past: Past
  private let cores: Int
  private let isCounted: (StepIndex) -> Bool
  /// By stage, the times of results that this plan reuses, or that were found in runs.
  private var stageTimes: [String: [Sample]] = [:]
  private var nodeTimes: [[Sample]]
  /// Nodes whose times were looked for in earlier runs.
  private var searched: Set<Int> = []
  /// Steps with a result that run again, for its bytes are gone and needed.
  private var redone: Set<StepIndex> = []
  /// Trainings with saved states, once somebody asked.
  private var trainings: Set<Digest>?

  /// Steps of an array that are looked up in earlier runs, and runs that are looked through.
  private static let sample = 32
  private static let runs = 4

  /// The time of a result, and the length of its training: 1 for one that is none.
  private struct Sample {
    let seconds: Double
    let length: Double
  }

  /// - Parameter isCounted: whether a step that runs or may run is counted elsewhere; asked once of each.
  package init(
    _ resolution: Resolution, past: Past, cores: Int, isCounted: @escaping (StepIndex) -> Bool = { _ in false }
  ) {
    (self.resolution, self.past, self.isCounted) = (resolution, past, isCounted)
    self.cores = max(1, cores)
    nodeTimes = Array(repeating: [], count: resolution.plan.nodes.count)
  }

  /// The forecast of the whole resolution. Throws the store's errors.
  package func forecast() throws -> Forecast {
    var parts: [Forecast.Part] = []
    var pending: [(certain: [Int], waiting: [Int])] = []
    redone = try resolution.stepsToRedo()
    for node in resolution.plan.nodes.indices {
      let (part, certain, waiting) = count(node)
      parts.append(part)
      pending.append((certain, waiting))
      stageTimes[resolution.plan.nodes[node].declaration.name, default: []] += nodeTimes[node]
    }
    for node in parts.indices where resolution.isWanted(node: node) {
      (parts[node].certainSeconds, parts[node].isGuess) = try seconds(node, pending[node].certain)
      if parts[node].isOpen {
        parts[node].asBefore = try past.count(of: resolution.plan.nodes[node].name) ?? 0
        let typical = try typical(StepIndex(node: node, item: 0))
        parts[node].waitingSeconds = typical.map { $0.seconds * Double(parts[node].asBefore) }
      } else {
        let isGuess: Bool
        (parts[node].waitingSeconds, isGuess) = try seconds(node, pending[node].waiting)
        parts[node].isGuess = parts[node].isGuess || isGuess
        parts[node].isNew = try !pending[node].waiting.isEmpty && !hasRun(node, pending[node].waiting)
      }
    }
    let unknown = parts.indices.filter { node in
      let part = parts[node]
      return part.certainSeconds == nil || part.waitingSeconds == nil || part.isOpen && part.asBefore == 0
    }
    return Forecast(
      parts: parts, certainSeconds: wall(parts) { ($0.sure, $0.sureSeconds) },
      atMostSeconds: wall(parts) {
        ($0.certain + $0.waiting + $0.asBefore, ($0.certainSeconds ?? 0) + ($0.waitingSeconds ?? 0))
      }, unknown: unknown)
  }

  /// Seconds that `step` will take, or nil when nothing is known of such steps.
  package func seconds(of step: StepIndex) throws -> Double? { try earlier(step) ?? typical(step)?.seconds }

  // MARK: One node

  private func count(_ node: Int) -> (part: Forecast.Part, certain: [Int], waiting: [Int]) {
    var part = Forecast.Part()
    var certain: [Int] = []
    var waiting: [Int] = []
    guard resolution.isWanted(node: node) else { return (part, [], []) }
    guard let grid = resolution.grid(of: node) else {
      // After a failure of the step that makes the axis, nothing ever will run.
      let first = StepIndex(node: node, item: 0)
      guard case .waiting = resolution.state(first), !isCounted(first) else { return (part, [], []) }
      let counts = resolution.counts(of: node)
      (part.waiting, part.isOpen) = (counts.waiting, counts.isOpen)
      return (part, [], Array(0..<counts.waiting))
    }
    var finished: [(step: StepIndex, seconds: Double)] = []
    for item in 0..<grid.count {
      let step = StepIndex(node: node, item: item)
      switch resolution.state(step) {
      case .ready, .running: if !isCounted(step) { certain.append(item) }
      case .waiting: if !resolution.isShared(step), !isCounted(step) { waiting.append(item) }
      case .done where redone.contains(step): if !isCounted(step) { certain.append(item) }
      case .done:
        part.reused += 1
        guard let seconds = resolution.duration(of: step) else { continue }
        part.saved += seconds
        finished.append((step, seconds))
      case .unwanted, .failed, .skipped, .broken: continue
      }
    }
    nodeTimes[node] = finished.indices.spread(Self.sample).map { index in
      Sample(seconds: finished[index].seconds, length: length(of: finished[index].step) ?? 1)
    }
    (part.certain, part.waiting) = (certain.count, waiting.count)
    return (part, certain, waiting)
  }

  /// Whether any of these items of a node, as far as they are looked up, had a key in an earlier run.
  private func hasRun(_ node: Int, _ items: [Int]) throws -> Bool {
    for index in items.indices.spread(Self.sample) {
      let name = resolution.name(of: StepIndex(node: node, item: items[index]))
      var index = 0
      while index < Self.runs, let run = try past.run(index) {
        index += 1
        if let key = past.key(name, in: run), try past.store.row(key) != nil { return true }
      }
    }
    return false
  }

  /// Seconds of all these items of a node, one after the other, and whether they are those of other steps.
  private func seconds(_ node: Int, _ items: [Int]) throws -> (seconds: Double?, isGuess: Bool) {
    guard !items.isEmpty else { return (0, false) }
    var known: [Double] = []
    let sample = items.indices.spread(Self.sample)
    for index in sample {
      if let seconds = try earlier(StepIndex(node: node, item: items[index])) { known.append(seconds) }
    }
    // The mean of a sample gives the sum; a step without a past is taken for a typical one.
    var isGuess = false
    if known.isEmpty {
      for index in sample {
        guard let found = try typical(StepIndex(node: node, item: items[index])) else { return (nil, false) }
        known.append(found.seconds)
        isGuess = isGuess || found.isGuess
      }
    } else if let median = Self.median(known) {
      known += Array(repeating: median, count: sample.count - known.count)
    }
    return (known.reduce(0, +) / Double(known.count) * Double(items.count), isGuess)
  }

  /// Seconds that the step took when it last ran.
  private func earlier(_ step: StepIndex) throws -> Double? {
    let name = resolution.name(of: step)
    var index = 0
    while index < Self.runs, let run = try past.run(index) {
      index += 1
      guard let key = past.key(name, in: run), let row = try past.store.row(key) else { continue }
      if !row.isFailure { return try row.duration * share(step, of: key, before: index) }
    }
    return nil
  }

  /// The part of the time of the step with the key `earlier` that is expected for `step`, which goes further or less
  /// far: a training takes as long as it has steps, and goes on from where an earlier one like it ended. The earlier
  /// step went on in the same way if a run older than its own, from number `index` on, has such a training.
  private func share(_ step: StepIndex, of earlier: Digest, before index: Int) throws -> Double {
    let declaration = resolution.plan.nodes[step.node].declaration
    guard let length = declaration.length, let old = try past.store.identity(earlier)?.identity,
      old.stage == declaration.name
    else { return 1 }
    let facts = try resolution.facts(of: step)
    let new = facts.identity
    guard !facts.unknown.contains(length.name),
      case .int(let before)? = old.horizon[length.name] ?? length.neutral, before > 0,
      case .int(let after)? = new.horizon[length.name] ?? length.neutral
    else { return 1 }
    func goesOn(_ longer: StepIdentity, from shorter: StepIdentity, at length: Int) -> Bool {
      declaration.training(shorter).segmentKey(step: length) == declaration.training(longer).segmentKey(step: length)
    }
    var start = 0
    let name = resolution.name(of: step)
    var index = index
    while start == 0, index < Self.runs, let run = try past.run(index) {
      index += 1
      guard let key = past.key(name, in: run), key != earlier, let older = try past.store.identity(key)?.identity,
        older.stage == old.stage, case .int(let end)? = older.horizon[length.name] ?? length.neutral, end < before,
        goesOn(old, from: older, at: end), try past.store.row(key)?.isFailure == false
      else { continue }
      start = end
    }
    let isLonger = after > before && facts.unknown.isEmpty && goesOn(new, from: old, at: before)
    let kept = max(isLonger ? before : 0, try self.kept(of: step))
    return Double(after - kept) / Double(before - start)
  }

  /// After how many of its steps a training goes on, by the states that are there.
  private func kept(of step: StepIndex) throws -> Int {
    guard !resolution.isForced(step), resolution.isReady(step), resolution.key(of: step) != nil else { return 0 }
    if trainings == nil { trainings = try resolution.store.trainingsWithStates() }
    guard let trainings, !trainings.isEmpty else { return 0 }
    let kept = try resolution.kept(of: step) { trainings.contains($0) }
    return kept.flatMap { $0.total == nil ? nil : $0.step } ?? 0
  }

  /// The length of a training in its own unit; nil for a step that is none, or whose length is not known.
  private func length(of step: StepIndex) -> Double? {
    guard let length = resolution.plan.nodes[step.node].declaration.length,
      case .int(let number)? = resolution.parameters(of: step, .horizon)[length.name] ?? length.neutral, number > 0
    else { return nil }
    return Double(number)
  }

  /// The median time of results of the node, now or in an earlier run, else of the same stage in this plan, else in the
  /// newest run of the pipeline that knows, else in one of another pipeline: by the length of the training, less what
  /// is there.
  private func typical(_ step: StepIndex) throws -> (seconds: Double, isGuess: Bool)? {
    let declaration = resolution.plan.nodes[step.node].declaration
    let length = length(of: step)
    let rest = try length.map { max(0, $0 - Double(try kept(of: step))) } ?? 1
    if nodeTimes[step.node].isEmpty, searched.insert(step.node).inserted {
      nodeTimes[step.node] = try found(step.node)
    }
    if let median = Self.median(nodeTimes[step.node], hasLength: length != nil) { return (median * rest, false) }
    if stageTimes[declaration.name, default: []].isEmpty { stageTimes[declaration.name] = try found(declaration) }
    return Self.median(stageTimes[declaration.name] ?? [], hasLength: length != nil).map { ($0 * rest, true) }
  }

  /// Times of results of a node in the newest run that has some of the stage that it has now.
  private func found(_ node: Int) throws -> [Sample] {
    let (name, declaration) = (resolution.plan.nodes[node].name, resolution.plan.nodes[node].declaration)
    var index = 0
    while index < Self.runs, let run = try past.run(index) {
      index += 1
      let samples = try past.keys(ofNode: name, in: run, limit: Self.sample).compactMap { key in
        try past.store.identity(key)?.identity.stage == declaration.name ? try sample(key, declaration) : nil
      }
      if !samples.isEmpty { return samples }
    }
    return []
  }

  /// Times of results of a stage in the newest run that has some.
  private func found(_ declaration: StageDeclaration) throws -> [Sample] {
    for next in [past.run, past.other] {
      var index = 0
      while index < Self.runs, let run = try next(index) {
        index += 1
        let samples = try past.keys(ofStage: declaration.name, in: run, limit: Self.sample).compactMap { _, key in
          try sample(key, declaration)
        }
        if !samples.isEmpty { return samples }
      }
    }
    return []
  }

  private func sample(_ key: Digest, _ declaration: StageDeclaration) throws -> Sample? {
    guard let row = try past.store.row(key), !row.isFailure else { return nil }
    guard let length = declaration.length, let identity = try past.store.identity(key)?.identity,
      case .int(let number)? = identity.horizon[length.name] ?? length.neutral, number > 0
    else { return Sample(seconds: row.duration, length: 1) }
    return Sample(seconds: row.duration, length: Double(number))
  }

  /// The median of whole results, or of a unit of their lengths.
  private static func median(_ samples: [Sample], hasLength: Bool) -> Double? {
    median(samples.map { hasLength ? $0.seconds / $0.length : $0.seconds })
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  // MARK: All nodes

  /// Seconds by the clock: the longest way through the nodes, each working on its steps at once as far as there are
  /// cores; and no less than all work spread over the cores.
  private func wall(_ parts: [Forecast.Part], _ work: (Forecast.Part) -> (steps: Int, seconds: Double)) -> Double {
    var ends = [Double](repeating: 0, count: parts.count)
    var total = 0.0
    for (node, part) in parts.enumerated() {
      let (steps, seconds) = work(part)
      var start = 0.0
      for source in resolution.plan.sources(of: node) { start = max(start, ends[source]) }
      ends[node] = start + seconds / Double(max(1, min(cores, steps)))
      total += seconds
    }
    return max(ends.max() ?? 0, total / Double(cores))
  }
}
