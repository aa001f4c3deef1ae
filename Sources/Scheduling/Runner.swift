package import Artifacts
import Glibc
package import Plans
package import Stores

/// How a run is carried out. None of it changes a result.
package struct RunOptions: Sendable {
  /// Cores to use at a time, over all workers.
  package var cores: Int
  /// Go on with steps that do not depend on a failed one.
  package var keepGoing: Bool
  /// Further attempts at a step whose worker was lost.
  package var retries: Int
  /// The program and arguments that start a worker.
  package var worker: [String]

  package init(cores: Int, keepGoing: Bool, retries: Int, worker: [String]) {
    self.cores = cores
    self.keepGoing = keepGoing
    self.retries = retries
    self.worker = worker
  }
}

/// Runs what a resolution says must run: one loop over the pipes of its workers, on the calling thread.
package final class Runner {
  private let resolution: Resolution
  private let options: RunOptions
  private let signals: SignalPipe
  private let emit: (Event) -> Void
  private var workers: [WorkerProcess] = []
  private var ready: ReadyQueue
  private var attempts: [StepIndex: Int] = [:]
  private var reasons: [StepIndex: String] = [:]
  private var summary = RunSummary()
  private var interrupts = 0
  private var isStopping = false
  private let began = Clock.monotonic()

  package init(
    resolution: Resolution, options: RunOptions, signals: SignalPipe, emit: @escaping (Event) -> Void
  ) {
    self.resolution = resolution
    self.options = options
    self.signals = signals
    self.emit = emit
    ready = ReadyQueue(plan: resolution.plan)
  }

  /// Runs until nothing is left to do, and says how it ended.
  package func run() throws -> RunSummary {
    // A worker that dies while it is written to must not take this process with it.
    signal(SIGPIPE, SIG_IGN)
    defer { for worker in workers { retire(worker) } }
    while true {
      ready.add(resolution.takeReady())
      if interrupts == 0 && !isStopping { try launch() }
      if busy.isEmpty && (ready.isEmpty || interrupts > 0 || isStopping) { break }
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

  private var busy: [WorkerProcess] { workers.filter { $0.step != nil } }

  // MARK: Starting steps

  private func launch() throws {
    while let step = ready.first {
      let free = options.cores - busy.reduce(0) { $0 + $1.threads }
      guard free > 0 else { return }
      ready.removeFirst()
      guard try prepare(step) else {
        ready.add(resolution.takeReady())
        continue
      }
      let isParallel = resolution.plan.nodes[step.node].declaration.isParallel
      try start(step, threads: isParallel ? max(1, free / (min(ready.count, free - 1) + 1)) : 1)
    }
  }

  /// Sees to it that the store holds all bytes that `step` reads; false when something must run first.
  private func prepare(_ step: StepIndex) throws -> Bool {
    let gone = try resolution.stepsToRedo(for: step)
    for upstream in gone.sorted(by: { ($0.node, $0.item) < ($1.node, $1.item) }) {
      reasons[upstream] = "its bytes are gone and \(resolution.address(step)) needs them"
      try resolution.redo(upstream, for: step)
    }
    guard gone.isEmpty else { return false }
    for input in resolution.inputs(of: step) {
      let findings = try resolution.catalog.require(input) { name, bytes in
        emit(.inputImported(name: name, bytes: bytes))
      }
      if let finding = findings.first { throw finding }
    }
    let (identity, sources) = try resolution.identity(of: step)
    guard identity.key == resolution.key(of: step) else {
      try resolution.settleAgain(step)
      return false
    }
    try resolution.keepTexts(of: step)
    try resolution.store.keep(identity: identity, sources: sources)
    return true
  }

  private func start(_ step: StepIndex, threads: Int) throws {
    guard let key = resolution.key(of: step) else { preconditionFailure("a ready step has a key") }
    let worker = try idleWorker()
    let resources = Canonical.map(resolution.resources(of: step).mapValues(\.canonical)).encoded()
    worker.step = step
    worker.threads = threads
    worker.started = Clock.monotonic()
    worker.lastErrors = []
    resolution.begin(step)
    attempts[step, default: 0] += 1
    emit(
      .stepStarted(
        step: resolution.address(step), key: key.hex, reason: reasons[step] ?? "no result under its key",
        threads: threads, attempt: attempts[step] ?? 1))
    // If the worker is already gone, its pipe says so and the step is tried again.
    _ = worker.send(.run(key: key.hex, threads: threads, resources: resources))
  }

  private func idleWorker() throws -> WorkerProcess {
    if let worker = workers.first(where: { $0.step == nil }) { return worker }
    let worker = try WorkerProcess(arguments: options.worker)
    workers.append(worker)
    return worker
  }

  // MARK: Waiting

  private func wait() throws {
    var polled = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
    for worker in workers {
      polled.append(pollfd(fd: worker.replies, events: Int16(POLLIN), revents: 0))
      polled.append(pollfd(fd: worker.errors, events: Int16(POLLIN), revents: 0))
    }
    let count = poll(&polled, nfds_t(polled.count), -1)
    if count < 0 && errno != EINTR { throw SystemError("poll", errno) }
    if polled[0].revents != 0 { interrupt(signals.take()) }
    let current = workers
    for (index, worker) in current.enumerated() {
      if polled[2 + 2 * index].revents != 0 { readErrors(of: worker) }
      if polled[1 + 2 * index].revents != 0 { try readReplies(of: worker) }
    }
  }

  private func interrupt(_ count: Int) {
    guard count > 0 else { return }
    interrupts += count
    for worker in busy {
      if interrupts > 1 { worker.kill() } else { _ = worker.send(.interrupt) }
    }
  }

  private func readErrors(of worker: WorkerProcess) {
    _ = Descriptors.read(worker.errors, into: &worker.errorBuffer)
    for line in Lines.take(from: &worker.errorBuffer) {
      let text = String(decoding: line, as: UTF8.self)
      worker.lastErrors = worker.lastErrors.suffix(4) + [text]
      if let step = worker.step { emit(.output(step: resolution.address(step), line: text)) }
    }
  }

  private func readReplies(of worker: WorkerProcess) throws {
    let isOpen = Descriptors.read(worker.replies, into: &worker.replyBuffer)
    for line in Lines.take(from: &worker.replyBuffer) {
      if let reply = Lines.decode(WorkerReply.self, line), let step = worker.step {
        try handle(reply, step, worker)
      }
    }
    if !isOpen { try lose(worker) }
  }

  private func handle(_ reply: WorkerReply, _ step: StepIndex, _ worker: WorkerProcess) throws {
    let address = resolution.address(step)
    switch reply {
    case .progress(let done, let total, let unit, let detail):
      emit(.progress(step: address, done: done, total: total, unit: unit, detail: detail))
    case .metric(let name, let at, let value): emit(.metric(step: address, name: name, at: at, value: value))
    case .warning(let message): emit(.warning(step: address, message: message))
    case .finished(let divergent):
      worker.step = nil
      try finish(step, divergent)
    case .interrupted:
      worker.step = nil
      emit(.stepInterrupted(step: address, key: key(step)))
      resolution.putBack(step)
    case .broken(let message):
      worker.step = nil
      try broken(step, message, attempts: 1)
    case .damaged(let message):
      worker.step = nil
      try broken(step, message, attempts: Self.damageLimit)
    }
  }

  private func lose(_ worker: WorkerProcess) throws {
    readErrors(of: worker)
    workers.removeAll { $0 === worker }
    let ending = worker.end()
    guard let step = worker.step else { return }
    worker.step = nil
    if interrupts > 1 {
      resolution.putBack(step)
      return
    }
    let said = worker.lastErrors.isEmpty ? "" : ": " + worker.lastErrors.joined(separator: " / ")
    try broken(step, "its worker \(ending)\(said)", attempts: options.retries + 1)
  }

  private func retire(_ worker: WorkerProcess) {
    if worker.step != nil { worker.kill() }
    _ = worker.end()
  }

  // MARK: Ending steps

  private func finish(_ step: StepIndex, _ divergent: [String]) throws {
    let address = resolution.address(step)
    guard let key = resolution.key(of: step), let record = try resolution.store.result(key) else {
      return try broken(step, "its record is not in the store", attempts: options.retries + 1)
    }
    if !divergent.isEmpty { emit(.divergence(step: address, key: key.hex, ports: divergent)) }
    switch record.outcome {
    case .outputs:
      summary.executed += 1
      emit(.stepFinished(step: address, key: key.hex, seconds: record.duration, peakMemory: record.peakMemory))
    case .failure(let code, let message):
      let isAccepted = resolution.acceptsFailure(of: step)
      emit(.stepFailed(step: address, key: key.hex, code: code, message: message, isAccepted: isAccepted))
      resolution.noteTold(step)
      if !isAccepted && !options.keepGoing { isStopping = true }
    }
    try resolution.finish(step, .success(record))
  }

  /// Attempts at a step whose inputs turn out to be damaged: each moves one bad object aside, which is then made again.
  private static let damageLimit = 50

  /// The environment failed `step`; it starts again if it has had fewer than that many attempts.
  private func broken(_ step: StepIndex, _ message: String, attempts limit: Int) throws {
    let again = attempts[step, default: 0] < limit && interrupts == 0
    emit(.stepBroken(step: resolution.address(step), key: key(step), message: message, willRetry: again))
    if again {
      reasons[step] = message
      resolution.putBack(step)
    } else {
      if !options.keepGoing { isStopping = true }
      try resolution.finish(step, .failure(StageFailure(code: "broken", message)))
    }
  }

  private func key(_ step: StepIndex) -> String { resolution.key(of: step)?.hex ?? "" }
}

/// Ready steps: those with the longest way to the end first, in the order of the plan among equals.
struct ReadyQueue {
  private let height: [Int]
  private var buckets: [[StepIndex]]
  private(set) var count = 0

  init(plan: Plan) {
    var height = [Int](repeating: 0, count: plan.nodes.count)
    for index in plan.nodes.indices.reversed() {
      for case .output(let upstream, _) in plan.nodes[index].ports.values.map(\.source) {
        height[upstream] = max(height[upstream], height[index] + 1)
      }
    }
    self.height = height
    buckets = Array(repeating: [], count: (height.max() ?? 0) + 1)
  }

  var isEmpty: Bool { count == 0 }
  var first: StepIndex? { buckets.last { !$0.isEmpty }?.last }

  mutating func add(_ steps: [StepIndex]) {
    guard !steps.isEmpty else { return }
    for step in steps { buckets[height[step.node]].append(step) }
    for index in buckets.indices { buckets[index].sort { ($0.node, $0.item) > ($1.node, $1.item) } }
    count += steps.count
  }

  mutating func removeFirst() {
    guard let bucket = buckets.lastIndex(where: { !$0.isEmpty }) else { return }
    buckets[bucket].removeLast()
    count -= 1
  }
}
