import Artifacts
import Events
import Files
import Glibc
import Plans
import Resolving
import Running
import Stores
import System
import TestSupport
import Testing

@testable import Working

/// The loop of a run, over an executor that does what a test says: what ends a run, and what does not.
@Suite struct RunnerTests {
  struct Refusal: Error {}

  /// Ends every step at once, as `act` says.
  final class ScriptedExecutor: Executor {
    let act: (StepTask) throws -> TaskReport
    /// Called before a report is taken.
    var beforeReport: () -> Void = {}
    private(set) var started: [StepTask] = []
    private var pending: [(step: StepIndex, report: TaskReport)] = []

    init(_ act: @escaping (StepTask) throws -> TaskReport) { self.act = act }

    func threads(for task: StepTask, waiting: Int) -> Int? { 1 }
    func start(_ task: StepTask, threads: Int) throws {
      pending.append((task.step, try act(task)))
      started.append(task)
    }
    var running: Int { pending.count }
    var descriptors: [Int32] { [] }
    var wakeAfter: Double? { pending.isEmpty ? nil : 0 }
    func reports() -> [(step: StepIndex, report: TaskReport)] {
      beforeReport()
      defer { pending = [] }
      return pending
    }
    func withdraw() {}
    func interrupt() {}
    func kill() {}
    func close() {}
  }

  /// Runs all that must run of `text`; returns the run's summary and events.
  private func run(
    _ scene: Scene, _ text: String, _ executor: ScriptedExecutor, retries: Int = 2, before: () throws -> Void = {}
  ) throws -> (summary: RunSummary, events: [Event]) {
    let resolution = try scene.resolve(text)
    try before()
    var events: [Event] = []
    let runner = Runner(
      resolution: resolution, options: RunOptions(keepGoing: false, retries: retries, run: "a"), executor: executor,
      signals: try SignalPipe([])
    ) { events.append($0) }
    return (try runner.run(), events)
  }

  private func broken(_ events: [Event]) -> [(message: String, willRetry: Bool)] {
    events.compactMap { if case .stepBroken(_, _, let message, let again) = $0 { (message, again) } else { nil } }
  }

  private static let finished = TaskReport.reply(.finished(divergent: [], seconds: nil, usage: nil))

  private static func two(_ scene: Scene, _ resources: String = "{}") -> String {
    """
    bioarc: 1
    name: two
    inputs:
      a: { path: \(scene.path("input")), kind: sequences, format: raw }
      b: { path: \(scene.path("other")), kind: sequences, format: raw }
    stages:
      one: { stage: follow, in: { input: $a }, resources: \(resources) }
      two: { stage: follow, in: { input: $b } }
    """
  }

  private func scene(_ files: any FileSystem = MemoryFileSystem()) throws -> Scene {
    let scene = try Scene(files: files)
    try scene.write("other", "GT")
    return scene
  }

  /// A process that cannot be started now is started later, as often as a step may be tried.
  @Test(arguments: [2, 3]) func `a step whose start fails is started again`(_ failures: Int) throws {
    let scene = try scene()
    var left = failures
    let executor = ScriptedExecutor { task in
      left -= 1
      if left >= 0 { throw Refusal() }
      try scene.work(task.key)
      return Self.finished
    }
    let (summary, events) = try run(scene, Self.two(scene), executor)
    #expect(summary.executed == (failures == 2 ? 2 : 0))
    #expect(broken(events).map(\.willRetry) == (failures == 2 ? [true, true] : [true, true, false]))
    #expect(summary.seconds > 1.9, "there was a pause before each attempt")
  }

  /// A start that fails is repeated, also where no other step is ready.
  @Test func `the only step is started again when its start fails`() throws {
    let scene = try scene()
    var left = 2
    let executor = ScriptedExecutor { task in
      left -= 1
      if left >= 0 { throw Refusal() }
      try scene.work(task.key)
      return Self.finished
    }
    let one = Self.two(scene).split(separator: "\n").dropLast().joined(separator: "\n")
    let (summary, events) = try run(scene, one, executor)
    #expect(summary.executed == 1 && summary.pending == 0)
    #expect(broken(events).map(\.willRetry) == [true, true])
  }

  /// While another step runs, one that cannot be started waits: that is no attempt.
  @Test func `a step that cannot start waits while another runs`() throws {
    let scene = try scene()
    var hasFailed = false
    let executor = ScriptedExecutor { task in
      if task.node == "two" && !hasFailed {
        hasFailed = true
        throw Refusal()
      }
      try scene.work(task.key)
      return Self.finished
    }
    let (summary, events) = try run(scene, Self.two(scene), executor, retries: 0)
    #expect(summary.executed == 2 && broken(events).isEmpty)
    #expect(summary.seconds > 0.9)
    #expect(events.count { if case .warning("two", _) = $0 { true } else { false } } == 1)
  }

  /// After a step that cannot be prepared nothing more starts.
  @Test func `nothing starts after a preparation that fails`() throws {
    let scene = try scene()
    let executor = ScriptedExecutor { _ in Self.finished }
    let (summary, events) = try run(scene, Self.two(scene), executor) { try scene.write("input", "changed") }
    #expect(executor.started.isEmpty)
    #expect(broken(events).count == 1 && summary.failed == 1 && summary.pending == 1)
  }

  /// Each attempt gets twice what the one before had, and that is at least what the file asks for: the peak that is
  /// told is that of one process.
  @Test func `each attempt gets more memory than the one before`() throws {
    let scene = try scene()
    let executor = ScriptedExecutor { task in
      guard task.node == "one", task.attempt < 3 else {
        try scene.work(task.key)
        return Self.finished
      }
      return .lost("out of memory", .memory(peak: task.attempt == 1 ? 2_500_000_000 : 50_000_000_000))
    }
    let (summary, _) = try run(scene, Self.two(scene, "{ memory: 10GB }"), executor)
    #expect(summary.executed == 2)
    let memory = executor.started.filter { $0.node == "one" }.map(\.memory)
    #expect(memory == [nil, 20_000_000_000, 100_000_000_000])
  }

  /// One call to the file system fails, whichever it is, when a step has ended and logs of others are merged on the
  /// way: the run goes on.
  @Test func `a run goes on after one failed call`() throws {
    var kinds: Set<Bool> = []
    for operation in [0, 1, 30, 130, 250, 400] {
      let failing = FailingFileSystem(MemoryFileSystem())
      let scene = try scene(failing)
      let record = ResultRecord(outcome: .outputs([:]), environment: [:], finished: 0, duration: 0, peakMemory: 0)
      for number in 0..<102 {
        _ = try scene.store.publish(record, .of([UInt8(number)]))
        try scene.store.close()
      }
      let executor = ScriptedExecutor { task in
        try scene.work(task.key)
        return Self.finished
      }
      executor.beforeReport = {
        executor.beforeReport = {}
        failing.follow(.once(at: failing.operations + operation, code: EDQUOT))
      }
      let (summary, events) = try run(scene, Self.two(scene), executor)
      #expect(summary.executed == 2, "operation \(operation)")
      kinds.insert(broken(events).isEmpty)
    }
    #expect(kinds == [true, false], "some calls are housekeeping, and some tell of the result")
  }
}
