package import Artifacts
import Plans
import Stores

/// Settling steps: from their keys and the results in the store to the steps that waited for them.
extension Resolution {
  /// Settles every step whose turn it is, and all that follows from that.
  func drain() throws {
    while queued < queue.count {
      let count = min(queue.count - queued, Self.wave.upperBound)
      guard count >= Self.wave.lowerBound, redoing.isEmpty else {
        let step = queue[queued]
        queued += 1
        try settle(step)
        continue
      }
      let steps = Array(queue[queued..<queued + count])
      queued += count
      let seen = try look(up: steps)
      for (step, seen) in zip(steps, seen) { try settle(step, seen) }
    }
    queue.removeAll(keepingCapacity: queue.count < 1024)
    queued = 0
  }

  /// The number of steps that are looked up at once: fewer are not worth it, more would take memory.
  private static let wave = 64...1 << 17

  /// Facts about a step that were read together with others, before its turn.
  private struct Seen {
    enum Result { case unknown, none, failure, outputs }
    let key: Digest?
    /// A failure's or outputs' row is noted.
    var result = Result.unknown
  }

  /// Looks the results of steps up, all of whose sources are settled.
  private func look(up steps: [StepIndex]) throws -> [Seen] {
    var seen = steps.map { Seen(key: obstacle(of: $0) == nil ? encodedKey(of: $0) : nil) }
    let places = steps.indices.filter { seen[$0].key != nil && !isForced(steps[$0]) }
    for place in places { seen[place].result = .none }
    try look(at: places, of: steps, &seen)
    if let others {
      let missing = places.filter { if case .none = seen[$0].result { true } else { false } }
      let asked = missing.compactMap { place in seen[place].key.map { claimed(steps[place], $0) } }
      if try !asked.isEmpty && others.bring(asked) > 0 { try look(at: missing, of: steps, &seen) }
    }
    return seen
  }

  private func look(at places: [Int], of steps: [StepIndex], _ seen: inout [Seen]) throws {
    var doubtful: [(place: Int, row: ResultRow)] = []
    let note = { (place: Int, row: ResultRow, seen: inout [Seen]) in
      let step = steps[place]
      // These steps ask for more than a row tells.
      let isPlain =
        !self.axisSources.contains(step.node) && self.choosers[step.node] == nil
        && (row.objects?.isEmpty == true || !self.consumers[step.node].isEmpty)
      seen[place].result = row.isFailure ? .failure : isPlain ? .outputs : .unknown
      self.nodes[step.node].setResult(step.item, row)
    }
    try store.forEachRow(of: places.compactMap { seen[$0].key }) { index, row in
      if row.support == nil { note(places[index], row, &seen) } else { doubtful.append((places[index], row)) }
    }
    for (place, row) in doubtful {
      guard let key = seen[place].key, try believes(row, steps[place], key) else { continue }
      note(place, row, &seen)
    }
  }

  private func claimed(_ step: StepIndex, _ key: Digest) -> ClaimedStep {
    ClaimedStep(key: key, stage: plan.nodes[step.node].declaration.name)
  }

  /// Whether a result counts: one of somebody else may be believed no more.
  package func believes(_ row: ResultRow, _ step: StepIndex, _ key: Digest) throws -> Bool {
    guard row.support != nil, let others else { return true }
    let ports = plan.nodes[step.node].declaration.outputs
    let isWhole =
      row.outputs.count == ports.count && row.outputs.allSatisfy { out in ports.contains { $0.name == out.port } }
    guard row.isFailure || isWhole else { return false }
    return try others.believes(row, of: claimed(step, key))
  }

  /// The row of a step that counts, one of somebody else that is brought for it too.
  private func row(of step: StepIndex, _ key: Digest) throws -> ResultRow? {
    if let row = try store.row(key), try believes(row, step, key) { return row }
    guard let others, try others.bring([claimed(step, key)]) > 0, let row = try store.row(key) else { return nil }
    return try believes(row, step, key) ? row : nil
  }

  private func settle(_ step: StepIndex, _ seen: Seen? = nil) throws {
    guard !waitsAgain(step) else { return }
    if let obstacle = obstacle(of: step) {
      nodes[step.node].set(step.item, obstacle)
      try propagate(step)
      return
    }
    let key = seen?.key ?? encodedKey(of: step)
    nodes[step.node].setKey(step.item, key)
    if let first = owners[key], first != step, !mustRunBeside(first, step) {
      followers[first, default: []].append(step)
      if isSettled(first) { try follow(step, first) }
      return
    }
    owners[key] = step
    if redoing[step] == nil, !isForced(step), let isFailure = try result(of: step, key, seen) {
      nodes[step.node].reused[step.item] = true
      try conclude(step, isFailure: isFailure)
    } else {
      nodes[step.node].standings[step.item] = .ready
      ready.append(step)
    }
  }

  /// Whether the result that was found for `step` is a failure, its row being noted; nil where no result is accepted.
  private func result(of step: StepIndex, _ key: Digest, _ seen: Seen?) throws -> Bool? {
    switch seen?.result ?? .unknown {
    case .none: return nil
    case .failure: return selection.retriesFailed ? nil : true
    case .outputs: return false
    case .unknown:
      guard let row = try row(of: step, key), try accepts(row, key, step) else { return nil }
      nodes[step.node].setResult(step.item, row)
      return row.isFailure
    }
  }

  /// Whether a result that was found is accepted. A user looks at the bytes of a step that no other reads,
  /// so they must be there.
  private func accepts(_ row: ResultRow, _ key: Digest, _ step: StepIndex) throws -> Bool {
    if row.isFailure { return !selection.retriesFailed }
    // The items of an axis are in the record itself.
    if axisSources.contains(step.node), try store.result(key) == nil { return false }
    if let ports = choosers[step.node] {
      guard let record = try store.result(key) else { return false }
      for port in ports where try choice(at: port, in: record) == nil { return false }
    }
    let asked = askedOutputs(of: step)
    if !asked.isEmpty {
      let spared = outputsOnDemand[step.node].subtracting(asked)
      guard let record = try store.result(key), try store.holds(record, besides: spared) else { return false }
    }
    guard consumers[step.node].isEmpty else { return true }
    return try store.holds(row, key, orEvicted: true)
  }

  /// Whether `step` is forced, and the result of `first`, which has the same key, was there before.
  private func mustRunBeside(_ first: StepIndex, _ step: StepIndex) -> Bool {
    isForced(step) && isSettled(first) && nodes[first.node].reused[first.item]
  }

  /// Whether the step runs even if it has a result.
  package func isForced(_ step: StepIndex) -> Bool {
    selection.forced.isEmpty
      ? false : selection.forces(node: step.node, grid: nodes[step.node].grid, item: step.item, plan: plan)
  }

  /// The state of `step` that cannot run since something that it reads failed; nil where nothing did.
  private func obstacle(of step: StepIndex) -> StepState? {
    for (place, read) in reading[step.node].enumerated() {
      guard let map = nodes[step.node].sources[place] else { continue }
      let base = map.base(step.item)
      // The others of an array from which one is chosen may fail.
      for offset in map.offsets
      where read.choosing == nil && nodes[read.source].standings[base + offset] != .done {
        let source = StepIndex(node: read.source, item: base + offset)
        switch state(source) {
        case .failed where !read.acceptsFailures: return .skipped(because: address(source), isResult: true)
        case .skipped(let because, let isResult) where !(read.acceptsFailures && isResult):
          return .skipped(because: because, isResult: isResult)
        case .broken: return .skipped(because: address(source), isResult: false)
        default: continue
        }
      }
    }
    return choosers.isEmpty ? nil : obstacleOfChoice(step)
  }

  /// Gives `step` the result of the step with the same key.
  private func follow(_ step: StepIndex, _ first: StepIndex) throws {
    nodes[step.node].set(step.item, state(first))
    nodes[step.node].copyResult(to: step.item, from: nodes[first.node], first.item)
    nodes[step.node].reused[step.item] = true
    try propagate(step)
  }

  /// Settles the steps that waited for the result of a step, which is noted.
  private func conclude(_ step: StepIndex, isFailure: Bool) throws {
    if isFailure {
      let failure: StageFailure
      if let key = key(of: step), case .failure(let code, let message)? = try store.result(key)?.outcome {
        failure = StageFailure(code: code, message)
      } else {
        failure = StageFailure(code: "failed", "its record is gone")
      }
      nodes[step.node].set(step.item, .failed(failure))
    } else {
      nodes[step.node].standings[step.item] = .done
    }
    try propagate(step)
  }

  /// Ends the step in this run, with the result that the store now holds under its key, or broken.
  package func finish(
    _ step: StepIndex, _ outcome: Result<ResultRecord, StageFailure>, isReused: Bool
  ) throws {
    nodes[step.node].reused[step.item] = isReused
    switch outcome {
    case .success(let record):
      let row = ResultRow(record)
      nodes[step.node].setResult(step.item, row)
      try conclude(step, isFailure: row.isFailure)
    case .failure(let failure):
      nodes[step.node].set(step.item, .broken(failure.message))
      try propagate(step)
    }
    for other in followers[step] ?? [] where !isSettled(other) { try follow(other, step) }
    try drain()
  }

  /// Notes that a step was started.
  package func begin(_ step: StepIndex) { nodes[step.node].standings[step.item] = .running }
  /// Makes a step ready again that was taken and not started.
  package func putBack(_ step: StepIndex) {
    nodes[step.node].standings[step.item] = .ready
    ready.append(step)
  }
  /// The steps that can run and were not taken yet, in the order in which they became ready.
  package func takeReady() -> [StepIndex] {
    defer { ready.removeAll() }
    return ready
  }

  private func propagate(_ step: StepIndex) throws {
    if let waiters = redoing.removeValue(forKey: step) {
      for waiter in waiters { release(waiter) }
      return
    }
    if let ports = choosers[step.node] { try learn(ports, from: step) }
    if axisSources.contains(step.node), try learnAxes(from: step) {
      for node in plan.nodes.indices where nodes[node].grid == nil { try expand(node) }
    }
    for (reader, map) in nodes[step.node].readers {
      let base = map.base(step.item)
      for offset in map.offsets { release(StepIndex(node: reader, item: base + offset)) }
    }
  }

  private func release(_ step: StepIndex) {
    guard nodes[step.node].standings[step.item] == .waiting, nodes[step.node].waiting[step.item] > 0 else { return }
    nodes[step.node].waiting[step.item] -= 1
    if nodes[step.node].waiting[step.item] == 0 { queue.append(step) }
  }

  /// Fills the run-time axes whose items `step` wrote; true when there is one.
  private func learnAxes(from step: StepIndex) throws -> Bool {
    guard case .outputs(let outputs)? = try record(of: step)?.outcome else { return false }
    var hasLearned = false
    for (index, axis) in plan.axes.enumerated() where axes[index] == nil {
      guard case .members(let node, let port) = axis.items, node == step.node, let output = outputs[port],
        let manifest = output.manifest
      else { continue }
      let kind = plan.nodes[node].declaration.output(port)?.member ?? output.artifact.kind
      let members = manifest.entries.map {
        ArtifactReference(kind: kind, format: "", options: [:], layout: .file, digest: $0.digest, size: $0.size)
      }
      axes[index] = AxisItems(ids: manifest.entries.map(\.name), payload: .members(members))
      hasLearned = true
    }
    return hasLearned
  }
}
