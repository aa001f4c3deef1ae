package import Artifacts
import FoundationEssentials
import Glibc
package import Stores
import Synchronization

/// The life of a worker process: takes keys on standard input, runs their steps, tells on standard output.
///
/// Its only input is the store and the key. The main thread blocks on the control pipe and exits the process at its
/// end, so
/// that nothing trains on after its parent is gone; steps run on a thread of their own.
package final class Worker: Sendable {
  private let store: Store
  private let registry: StageRegistry
  private let environment: @Sendable () -> [String: String]
  private let interrupted = Atomic<Bool>(false)
  private let lastProgress = Mutex<Double>(0)

  package init(
    store: Store, registry: StageRegistry, environment: @escaping @Sendable () -> [String: String]
  ) {
    self.store = store
    self.registry = registry
    self.environment = environment
  }

  /// Serves until the control pipe ends.
  package func serve() -> Never {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT, SIG_IGN)
    // The kernel should take a worker before it takes what the user looks at.
    try? "1000".write(toFile: "/proc/self/oom_score_adj", atomically: false, encoding: .utf8)
    ScratchFolder.sweep(store)
    var buffer: [UInt8] = []
    while Descriptors.read(0, into: &buffer) {
      for line in Lines.take(from: &buffer) {
        switch Lines.decode(WorkerCommand.self, line) {
        case .run(let key, let threads, let resources)?: start(key, threads, resources)
        case .interrupt?: interrupted.store(true, ordering: .relaxed)
        case nil: reply(.broken(message: "a command that this worker does not know"))
        }
      }
    }
    _exit(0)
  }

  private func start(_ key: String, _ threads: Int, _ resources: [UInt8]) {
    interrupted.store(false, ordering: .relaxed)
    let thread = StepThread { self.reply(self.run(key, threads, resources)) }
    thread.start()
  }

  private func run(_ hex: String, _ threads: Int, _ resources: [UInt8]) -> WorkerReply {
    do {
      guard let key = Digest(hex: hex), let (identity, sources) = try store.identity(key) else {
        return .broken(message: "the store has no pre-image for \(hex)")
      }
      guard let stage = registry.stage(identity.stage), stage.declaration.version == identity.version else {
        return .broken(message: "this program has no stage '\(identity.stage)' \(identity.version)")
      }
      let job = Job(store: store, stage: stage, identity: identity, sources: sources, environment: environment)
      let divergent = try job.run(threads: threads, resources: try Canonical(decoding: resources)) {
        self.report($0)
      } isInterrupted: {
        self.interrupted.load(ordering: .relaxed)
      }
      return .finished(divergent: divergent)
    } catch is Interrupted {
      return .interrupted
    } catch let error as StoreError {
      switch error {
      case .corrupt, .missing: return .damaged(message: "\(error)")
      default: return .broken(message: "\(error)")
      }
    } catch {
      return .broken(message: "\(error)")
    }
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
    }
  }

  private func reply(_ reply: WorkerReply) {
    // A parent that is gone is noticed on the control pipe.
    _ = Descriptors.write(Lines.encode(reply), to: 1)
  }
}

/// A thread with a stack large enough for any stage.
private final class StepThread: Sendable {
  private let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func start() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 64 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        Unmanaged<StepThread>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(code == 0, "no thread: \(String(cString: strerror(code)))")
  }
}

/// Clocks of the machine.
package enum Clock {
  /// Seconds of a clock that never goes back.
  package static func monotonic() -> Double { read(CLOCK_MONOTONIC) }
  /// Seconds since 1970.
  package static func wall() -> Double { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
