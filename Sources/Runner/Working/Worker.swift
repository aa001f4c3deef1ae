package import Artifacts
import Files
import Glibc
import JSON
package import Stores
import Synchronization
import System

/// The life of a worker process: takes keys on standard input, runs their steps, tells on standard output.
///
/// Its only input is the store and the key. The main thread blocks on the control pipe and exits the process at its
/// end, so that nothing trains on after its parent is gone; steps run on a thread of their own.
package final class Worker: Sendable {
  private let store: Store
  private let registry: StageRegistry
  private let environment: @Sendable () -> [String: String]
  private let interrupted = Atomic<Bool>(false)
  /// Whether a signal has asked to stop; a signal handler can only reach what is global.
  private static let signalled = Atomic<Bool>(false)
  private let lastProgress = Mutex<Double>(0)
  /// The lease of the step in hand.
  private let held = Mutex<Lease?>(nil)
  /// The places of steps, while none runs.
  private let idle = Mutex<Workplace?>(nil)

  package init(
    store: Store, registry: StageRegistry, environment: @escaping @Sendable () -> [String: String]
  ) {
    self.store = store
    self.registry = registry
    self.environment = environment
  }

  /// Serves until the control pipe ends.
  package func serve() -> Never {
    signal(SIGINT, SIG_IGN)
    prepare()
    var buffer: [UInt8] = []
    while Descriptors.read(0, into: &buffer) {
      for line in JSONLines.take(from: &buffer) {
        switch JSONLines.decode(WorkerCommand.self, line) {
        case .run(let task)?: start(task)
        case .interrupt?: interrupted.store(true, ordering: .relaxed)
        case nil: reply(.broken(message: "a command that this worker does not know"))
        }
      }
    }
    idle.withLock { $0?.close() }
    try? store.close()
    _exit(0)
  }

  /// Runs one step, as a job of a cluster: SIGUSR1, which comes before the time limit, and SIGTERM make it save its
  /// state and stop. Exit codes: 0 done, 75 stopped, 1 anything else.
  package func perform(_ task: WorkerTask) -> Never {
    // A parent may have blocked them.
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    for number in [SIGUSR1, SIGTERM, SIGINT] {
      sigaddset(&unblocked, number)
      signal(number) { _ in Worker.signalled.store(true, ordering: .relaxed) }
    }
    pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    prepare()
    Threads.detach {
      let reply = self.run(task)
      self.idle.withLock { $0?.close() }
      try? self.store.close()
      self.reply(reply)
      switch reply {
      case .finished, .found: _exit(0)
      case .interrupted: _exit(75)
      default: _exit(1)
      }
    }
    while true { pause() }
  }

  private func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // The kernel should take a worker before it takes processes that the user looks at.
    Memory.offerToKernel()
    ScratchFolder.sweep(store)
    Threads.detach(stack: 1 << 16) { self.signLeases() }
  }

  /// Shows that this process lives, for as long as it does.
  private func signLeases() {
    while true {
      usleep(UInt32(min(Lease.expiry / 10, 3600) * 1e6))
      held.withLock { $0?.sign() }
    }
  }

  private func start(_ task: WorkerTask) {
    interrupted.store(false, ordering: .relaxed)
    Threads.detach { self.reply(self.run(task)) }
  }

  private func run(_ task: WorkerTask) -> WorkerReply {
    do {
      let key = task.key
      guard
        let (identity, sources) = try Patience.wait({ () throws -> (StepIdentity, [Digest: Digest])? in
          if let found = try store.identity(key, isNewest: true) { return found }
          // Nothing shows up late in a store that is gone.
          try store.folder.checkPresent()
          return nil
        })
      else {
        return .lost(message: "no pre-image of \(key) is seen in \(store.root)/preimages", memory: nil)
      }
      var lease = try store.lease(key, stale: task.stale)
      var pause: UInt32 = 1000
      while lease == nil {
        if let seen = try store.sighting(of: key) { return .busy(seen) }
        // The lease ended in between, or is not to be seen yet.
        if mustStop { return .interrupted }
        usleep(pause)
        pause = min(2 * pause, 500_000)
        lease = try store.lease(key, stale: task.stale)
      }
      held.withLock { $0 = lease }
      defer {
        held.withLock { $0 = nil }
        lease?.release()
      }
      // Somebody may have made the result between the run's look and this lease.
      guard let stage = try stage(of: identity, sources) else {
        return .broken(message: "this program has no stage '\(identity.stage)' \(identity.version)")
      }
      let spared = Set(stage.declaration.outputs.filter(\.isOnDemand).map(\.name)).subtracting(task.kept)
      // A result of somebody else that counted would not have been started.
      if task.forcedBy == nil, let record = try store.result(key), record.claimant == nil,
        try store.holds(record, besides: spared)
      {
        if case .outputs = record.outcome { return .found }
        if !task.retriesFailed { return .found }
      }
      let job = Job(store: store, stage: stage, identity: identity, sources: sources)
      var place = try idle.withLock { $0.take() } ?? Workplace(in: store)
      defer { leave(place) }
      let began = Clock.monotonic()
      let (divergent, usage) = try job.run(
        in: &place, threads: task.threads, resources: try Canonical(decoding: task.resources), kept: task.kept,
        forcedBy: task.forcedBy
      ) {
        self.report($0)
      } isInterrupted: {
        self.mustStop
      } isHeld: {
        lease?.isHeld ?? false
      }
      return .finished(divergent: divergent, seconds: Clock.monotonic() - began, usage: usage)
    } catch is LeaseLost {
      return .found
    } catch is Interrupted {
      return .interrupted
    } catch let killed as CommandKilled {
      return .lost(message: killed.message, memory: killed.memory)
    } catch let error as StoreError {
      switch error {
      case .corrupt, .missing: return .damaged(message: "\(error)")
      default: return .broken(message: "\(error)")
      }
    } catch {
      return .broken(message: "\(error)")
    }
  }

  /// Has the next step find the place as the first one did.
  private func leave(_ place: Workplace) {
    var place = place
    if place.clear() { idle.withLock { [place] in $0 = place } } else { place.close() }
  }

  private var mustStop: Bool {
    interrupted.load(ordering: .relaxed) || Self.signalled.load(ordering: .relaxed)
  }

  /// The built-in stage of that name and version, or the own one whose command the step binds.
  private func stage(of identity: StepIdentity, _ sources: [Digest: Digest]) throws -> RunnableStage? {
    if let own = try RunnableStage(identity, sources: sources, store: store, forms: registry.forms) { return own }
    guard let stage = registry.stage(identity.stage), stage.declaration.version == identity.version else { return nil }
    return RunnableStage(stage, environment: environment)
  }

  private func report(_ report: StageReport) {
    switch report {
    case .progress(let done, let total, let unit, let detail):
      let now = Clock.monotonic()
      let isDue = lastProgress.withLock { last in
        guard now - last > 0.1 || done == total else { return false }
        last = now
        return true
      }
      if isDue { reply(.progress(done: done, total: total, unit: unit, detail: detail)) }
    case .metric(let name, let step, let value):
      if value.isFinite { reply(.metric(name: name, step: step, value: value)) }
    case .warning(let message): reply(.warning(message))
    case .resumed(let step, let total): reply(.resumed(at: step, total: total))
    }
  }

  private func reply(_ reply: WorkerReply) {
    // A parent that is gone is noticed on the control pipe.
    _ = Descriptors.write(JSONLines.encode(reply), to: 1)
  }
}
