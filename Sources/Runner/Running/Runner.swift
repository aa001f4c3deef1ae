import Artifacts
import Catalogs
package import Events
import Files
import Glibc
import Plans
package import Resolving
import Stores
import Syntax
package import System
import Working

/// Options of a run. None of them changes a result.
package struct RunOptions: Sendable {
  /// Whether steps that do not depend on a failed one go on.
  package var keepGoing: Bool
  /// Further attempts at a step whose worker was lost.
  package var retries: Int
  /// The id of the run, which tells the saved states of a forced step from those that were there before.
  package var run: String

  package init(keepGoing: Bool, retries: Int, run: String) {
    self.keepGoing = keepGoing
    // More than anybody can wait for, and less than what overflows when one is added.
    self.retries = min(retries, 1 << 30)
    self.run = run
  }
}

/// Runs the steps that a resolution says must run: one loop over the news of its executor and its signals,
/// on the calling thread.
package final class Runner {
  private let resolution: Resolution
  private let options: RunOptions
  private let executor: any Executor
  private let signals: SignalPipe
  private let emit: (Event) -> Void
  private var ready: ReadyQueue
  /// The moments from which steps that were not started yet were ready.
  private var readySince: [StepIndex: Double] = [:]
  private var elsewhere = StepsElsewhere()
  /// The facts of steps that were tried and not finished.
  private var trials: [StepIndex: Trial] = [:]
  private var summary = RunSummary()
  private var interrupts = 0
  private var isStopping = false {
    didSet { if isStopping && !oldValue { executor.withdraw() } }
  }
  private var mayStart: Bool { interrupts == 0 && !isStopping }
  /// The time before which nothing is started, since starting has just failed.
  private var nextLaunch = 0.0
  /// Whether steps wait for that moment.
  private var isPaused = false
  private let began = Clock.monotonic()
  /// The time at which the store was last seen to be there.
  private var lastSight = Clock.monotonic()
  /// Seconds between two such looks.
  private static let sightInterval = 2.0

  /// The facts that earlier attempts at a step in this run have shown.
  private struct Trial {
    var attempts = 0
    /// The reason why the step is tried again.
    var reason: String?
    /// Bytes that the step needs at least.
    var memory: Int?
    /// A lease of somebody who is gone.
    var stale: LeaseSighting?
  }

  package init(
    resolution: Resolution, options: RunOptions, executor: any Executor, signals: SignalPipe,
    emit: @escaping (Event) -> Void
  ) {
    self.resolution = resolution
    self.options = options
    self.executor = executor
    self.signals = signals
    self.emit = emit
    ready = ReadyQueue(plan: resolution.plan)
  }

  /// Runs until nothing is left to do, and returns a summary.
  package func run() throws -> RunSummary {
    defer { executor.close() }
    while true {
      addReady()
      try launch()
      // Steps that could not be started are there again.
      addReady()
      if executor.running == 0 && (!mayStart || (ready.isEmpty && elsewhere.isEmpty)) { break }
      try wait()
    }
    let executed = summary.executed
    summary = resolution.tally(emit)
    summary.executed = executed
    summary.isInterrupted = interrupts > 0
    summary.seconds = Clock.monotonic() - began
    emit(.runFinished(summary))
    return summary
  }

  // MARK: Starting steps

  private func addReady() {
    let (steps, now) = (resolution.takeReady(), Clock.monotonic())
    for step in steps where readySince[step] == nil { readySince[step] = now }
    ready.add(steps, of: resolution)
  }

  private func launch() throws {
    isPaused = false
    while mayStart, let step = ready.first {
      guard Clock.monotonic() >= nextLaunch else { return isPaused = true }
      let task = task(step)
      guard let threads = executor.threads(for: task, waiting: ready.count - 1) else { return }
      ready.removeFirst()
      do {
        guard try prepare(step) else {
          addReady()
          continue
        }
      } catch {
        // An input or a file of code that has changed meanwhile, or the file system: other running steps
        // are not to blame.
        let finding = error as? InputFinding
        try broken(step, finding.map { "\($0.position): \($0.message)" } ?? "\(error)", attempts: 0)
        continue
      }
      try start(task, threads: threads)
    }
  }

  private func task(_ step: StepIndex) -> StepTask {
    let key = resolution.knownKey(of: step)
    let trial = trials[step]
    let node = resolution.plan.nodes[step.node]
    return StepTask(
      step: step, node: node.name, address: resolution.address(step), key: key,
      resources: Canonical.map(resolution.parameters(of: step, .resource).mapValues(\.canonical)).encoded(),
      kept: resolution.keptOutputs(of: step).sorted(), isParallel: node.declaration.isParallel,
      demand: node.resources,
      memory: trial?.memory,
      forcedBy: resolution.isForced(step) ? options.run : nil, retriesFailed: resolution.selection.retriesFailed,
      attempt: (trial?.attempts ?? 0) + 1, stale: trial?.stale)
  }

  /// Sees to it that the store holds all bytes that `step` reads; false when something must run first.
  private func prepare(_ step: StepIndex) throws -> Bool {
    let fetched = try resolution.objectsToFetch(for: step)
    if !fetched.isEmpty {
      emit(
        .fetching(
          step: resolution.address(step), objects: fetched.count, bytes: fetched.reduce(0) { $0 + $1.size }))
      try resolution.others?.fetch(fetched)
    }
    let gone = try resolution.stepsToRedo(for: step, isThorough: trials[step]?.attempts ?? 0 > 0)
    for upstream in gone.sorted(by: { ($0.node, $0.item) < ($1.node, $1.item) }) {
      trials[upstream, default: Trial()].reason = "its bytes are gone and \(resolution.address(step)) needs them"
      try resolution.redo(upstream, for: step)
    }
    guard gone.isEmpty else { return false }
    for input in resolution.inputs(of: step) {
      let findings = try resolution.catalog.require(input) { name, bytes in
        emit(.inputImported(name: name, bytes: bytes))
      }
      if let finding = findings.first { throw finding }
    }
    try resolution.catalog.commands.require(step.node)
    // The step's inputs may have come out in another way when they were computed again.
    guard resolution.encodedKey(of: step) == resolution.key(of: step) else {
      try resolution.settleAgain(step)
      return false
    }
    let (identity, sources) = try resolution.identity(of: step)
    try resolution.keepTexts(of: step)
    let kept = try resolution.store.keep(identity: identity, sources: sources)
    // Else a worker would look for its pre-image in vain.
    precondition(kept == resolution.key(of: step), "the two encodings of \(resolution.address(step)) differ")
    return true
  }

  private func start(_ task: StepTask, threads: Int) throws {
    do { try executor.start(task, threads: threads) } catch {
      // Processes, descriptors or space are short. Running steps give some back; if none runs, this was an attempt.
      let isFirst = nextLaunch == 0
      (nextLaunch, isPaused) = (Clock.monotonic() + 1, true)
      guard executor.running == 0 else {
        if isFirst { emit(.warning(step: task.address, message: "waits for others to end: \(error)")) }
        return resolution.putBack(task.step)
      }
      trials[task.step, default: Trial()].attempts = task.attempt
      return try broken(task.step, "\(error)", attempts: options.retries + 1)
    }
    resolution.begin(task.step)
    let reason = trials[task.step]?.reason ?? (task.forcedBy == nil ? "no result under its key" : "forced")
    trials[task.step, default: Trial()].stale = nil
    trials[task.step, default: Trial()].attempts = task.attempt
    emit(
      .stepStarted(
        step: task.address, key: task.key, reason: reason, threads: threads, attempt: task.attempt,
        waited: readySince.removeValue(forKey: task.step).map { Clock.monotonic() - $0 }))
  }

  // MARK: Waiting

  private func wait() throws {
    var polled = ([signals.descriptor] + executor.descriptors).map { descriptor in
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }
    let wake =
      [
        executor.wakeAfter, interrupts == 0 ? elsewhere.wakeAfter : nil,
        isPaused && mayStart ? nextLaunch - Clock.monotonic() : nil,
      ].compactMap { $0 }.min() ?? .infinity
    let milliseconds = Int32(max(0, min(wake, Self.sightInterval)) * 1000) + 1
    let count = poll(&polled, nfds_t(polled.count), milliseconds)
    // If the kernel has no memory for it, everything is looked at.
    if count < 0 && errno != EINTR { usleep(100_000) }
    if count < 0 || polled[0].revents != 0 { interrupt(signals.take()) }
    for (step, report) in executor.reports() { try handle(report, step) }
    try look()
    if Clock.monotonic() - lastSight > Self.sightInterval {
      try stopWhereStoreIsRemoved()
      lastSight = Clock.monotonic()
    }
  }

  /// Throws when the store is gone; that it cannot be seen for another reason may pass.
  private func stopWhereStoreIsRemoved() throws {
    do { try resolution.store.folder.checkPresent() } catch {
      if case .removed = error { throw error }
    }
  }

  private func interrupt(_ count: Int) {
    guard count > 0 else { return }
    interrupts += count
    if interrupts > 1 { executor.kill() } else { executor.interrupt() }
  }

  /// Looks after steps that others work on.
  private func look() throws {
    for (step, finding) in elsewhere.look(in: resolution.store, isResult: { try resolution.isAnswered($0) }) {
      switch finding {
      case .result: try found(step)
      case .gone(let lease):
        if let lease {
          trials[step, default: Trial()].stale = lease
          trials[step, default: Trial()].reason = "\(lease.words) has given no sign of life"
        }
        resolution.putBack(step)
      }
    }
  }

  // MARK: Reports

  private func handle(_ report: TaskReport, _ step: StepIndex) throws {
    let address = resolution.address(step)
    switch report {
    case .output(let line): emit(.output(step: address, line: line))
    case .lost(let message, let loss): try lost(step, message, loss)
    case .reply(let reply):
      switch reply {
      case .progress(let done, let total, let unit, let detail):
        emit(.progress(step: address, done: done, total: total, unit: unit, detail: detail))
      case .metric(let name, let at, let value): emit(.metric(step: address, name: name, at: at, value: value))
      case .warning(let message): emit(.warning(step: address, message: message))
      case .resumed(let at, let total): emit(.stepResumed(step: address, at: at, total: total))
      case .finished(let divergent, let seconds, let usage): try finish(step, divergent, seconds, usage)
      case .found: try found(step)
      case .busy(let lease):
        trials[step, default: Trial()].attempts -= 1
        if elsewhere.add(step, lease, key: resolution.key(of: step)) {
          emit(.stepElsewhere(step: address, owner: lease.words))
        }
      case .interrupted:
        emit(.stepInterrupted(step: address, key: resolution.knownKey(of: step)))
        resolution.putBack(step)
      case .broken(let message): try broken(step, message, attempts: 1)
      case .lost(let message, let memory): try lost(step, message, memory.map(Loss.memory) ?? .infrastructure)
      case .damaged(let message): try broken(step, message, attempts: Self.damageLimit)
      }
    }
  }

  private func lost(_ step: StepIndex, _ message: String, _ loss: Loss) throws {
    switch loss {
    case .stopped: resolution.putBack(step)
    case .memory(let peak):
      // The peak is that of one process; the memory that all of them were given was too little too.
      let given = max(trials[step]?.memory ?? 0, resolution.plan.nodes[step.node].resources.memory ?? 0)
      trials[step, default: Trial()].memory = max(peak, given).multiplied(saturatingBy: 2)
      try broken(step, message, attempts: options.retries + 1)
    case .time:
      // The step got further, so this was no attempt in vain.
      trials[step, default: Trial()].attempts -= 1
      try broken(step, message, attempts: .max)
    case .infrastructure: try broken(step, message, attempts: options.retries + 1)
    }
  }

  // MARK: Ending steps

  private func finish(
    _ step: StepIndex, _ divergent: [String], _ seconds: Double?, _ usage: ResourceUsage?
  ) throws {
    let address = resolution.address(step)
    guard let record = try record(of: step) else { return }
    let key = resolution.knownKey(of: step)
    if !divergent.isEmpty { emit(.divergence(step: address, key: key, ports: divergent)) }
    switch record.outcome {
    case .outputs:
      summary.executed += 1
      emit(
        .stepFinished(
          step: address, key: key, seconds: seconds ?? record.duration, peakMemory: record.peakMemory, usage: usage))
    case .failure(let code, let message):
      let isAccepted = resolution.acceptsFailures[step.node]
      emit(.stepFailed(step: address, key: key, code: code, message: message, isAccepted: isAccepted))
      resolution.noteTold(step)
      if !isAccepted && !options.keepGoing { isStopping = true }
    }
    trials[step] = nil
    try resolution.finish(step, .success(record), isReused: false)
  }

  /// The record of a step that is said to have one. A step whose record the store does not show is tried again.
  private func record(of step: StepIndex) throws -> ResultRecord? {
    guard let key = resolution.key(of: step) else { return nil }
    var problem = "its record is not in the store"
    do {
      try resolution.store.refresh()
      if let record = try resolution.store.result(key) {
        // Logs that cannot be sorted now, somebody sorts later.
        try? resolution.store.mergeIfMany()
        return record
      }
    } catch { problem = "\(error)" }
    try broken(step, problem, attempts: options.retries + 1)
    return nil
  }

  /// Somebody else has made the result of `step`.
  private func found(_ step: StepIndex) throws {
    guard let record = try record(of: step) else { return }
    emit(.stepFound(step: resolution.address(step), key: resolution.knownKey(of: step)))
    trials[step] = nil
    try resolution.finish(step, .success(record), isReused: true)
  }

  /// Attempts at a step whose inputs turn out to be damaged: each moves one bad object aside, which is then made again.
  private static let damageLimit = 50

  /// The environment failed `step`; it starts again if it has had fewer than that many attempts.
  private func broken(_ step: StepIndex, _ message: String, attempts limit: Int) throws {
    // Nothing goes better a second time when the store is gone.
    try stopWhereStoreIsRemoved()
    let again = trials[step, default: Trial()].attempts < limit && interrupts == 0
    emit(
      .stepBroken(
        step: resolution.address(step), key: resolution.knownKey(of: step), message: message, willRetry: again))
    if again {
      trials[step, default: Trial()].reason = message
      resolution.putBack(step)
    } else {
      if !options.keepGoing { isStopping = true }
      try resolution.finish(step, .failure(StageFailure(code: "broken", message)), isReused: false)
    }
  }
}
