import Artifacts
import Glibc
import Plans
package import Resolving
package import Stores
import Syntax
import System
import Working

/// Runs steps as jobs of a Slurm cluster.
///
/// Steps of a stage that are ready together are one array job. Each of its tasks is a worker that needs the store and
/// a key; it tells its progress into a file of the run's folder. One query per interval asks for all jobs at once,
/// however many there are. A step counts as done by its worker's last word and the record in the store; the
/// cluster is only believed that a job is no more, and of such a job files may show up for a while (`Patience`).
///
/// One command of Slurm runs at a time, and nobody waits for it.
package final class SlurmExecutor: Executor {
  let store: Store
  let options: SlurmOptions
  let folder: JobFolder
  /// The end of the run's id, which makes names of jobs its own.
  private let token: String
  /// Tasks of an array at most.
  let largestArray: Int
  /// Tasks of the next array: fewer when the cluster has refused as many.
  var arraySize: Int
  /// Steps that no job has yet, by shape, in the order of their coming.
  var waiting: [(shape: Slurm.Shape, tasks: [SlurmTask])] = []
  var jobs: [SlurmJob] = []
  var command: (running: ChildProcess, purpose: Purpose)?
  /// Cancellations to be sent.
  var orders: [[String]] = []
  var pending: [(step: StepIndex, report: TaskReport)] = []
  /// By key, the progress of attempts that ran out of time.
  var reached: [Digest: Int] = [:]
  /// The node on which a step was lost: its next attempt is made elsewhere.
  var failedOn: [Digest: String] = [:]
  var isInterrupted = false
  /// Whether nothing more is to begin.
  var isWithdrawn = false
  var submissions = 0
  var nextSubmission = 0.0
  var nextQuery = 0.0
  /// Seconds between two queries; they grow while the cluster does not answer.
  var queryInterval: Double
  var nextLook = 0.0
  var lookInterval = SlurmExecutor.shortestLook

  /// Seconds between two looks at the files of jobs: short when something happens.
  static let shortestLook = 0.5
  static let longestLook = 2.0

  enum Purpose {
    case submission(SlurmJob)
    case query(at: Double)
    case order
  }

  /// Asks the cluster for its settings. Throws `SlurmError` where there is none.
  package init(store: Store, run: String, options: SlurmOptions) throws {
    let settings = try Self.settings()
    self.store = store
    self.options = options
    token = Self.token(ofRun: run)
    // Files that are left now are left for a later run.
    try? Self.sweep(store)
    folder = try JobFolder(store, run: run)
    largestArray = settings.arraySize
    arraySize = settings.arraySize
    queryInterval = options.interval
  }

  private static func token(ofRun run: String) -> String { String(run.suffix(8)) }

  /// Removes the files that killed runs have left for their jobs, where none of these is in the queue any more.
  private static func sweep(_ store: Store) throws {
    let left = try JobFolder.abandoned(in: store)
    guard !left.isEmpty else { return }
    let queue = try ChildProcess.run(Slurm.names, seconds: 30)
    guard queue.status == 0 else { return }
    let names = queue.output.split(whereSeparator: \.isWhitespace)
    for (run, folder) in left where !names.contains(where: { $0.hasSuffix("-" + token(ofRun: run)) }) {
      folder.removeAll()
    }
  }

  /// The cluster's settings.
  package static func settings() throws -> SlurmSettings {
    let ending: ChildProcess.Ending
    do { ending = try ChildProcess.run(["scontrol", "show", "config"], seconds: 30) } catch {
      throw SlurmError(message: "Slurm's commands are not here: \(error)")
    }
    guard ending.status == 0 else { throw SlurmError(message: "the cluster does not answer: \(ending.message)") }
    return SlurmSettings(ending.output)
  }

  // MARK: Executor

  package var running: Int {
    var count = jobs.reduce(0) { $0 + $1.tasks.count } + waiting.reduce(0) { $0 + $1.tasks.count }
    if case .submission(let job) = command?.purpose { count += job.tasks.count }
    return count + pending.count { $0.report.isLast }
  }

  package func threads(for task: StepTask, waiting: Int) -> Int? {
    running < options.limit ? task.demand.cores ?? 1 : nil
  }

  package func start(_ task: StepTask, threads: Int) throws {
    var demand = task.demand
    demand.cores = threads
    // A demand that was too little once is not made again.
    if let memory = task.memory { demand.memory = max(memory, demand.memory ?? 0) }
    let avoided = failedOn.removeValue(forKey: task.key)
    let shape = Slurm.Shape(name: "\(task.node)-\(token)", demand: demand, avoided: avoided)
    let slurmTask = SlurmTask(task, threads: threads)
    if let index = waiting.firstIndex(where: { $0.shape == shape }) {
      waiting[index].tasks.append(slurmTask)
    } else {
      waiting.append((shape, [slurmTask]))
    }
  }

  package var descriptors: [Int32] { command?.running.descriptors ?? [] }

  package var wakeAfter: Double? {
    guard running > 0 else { return nil }
    guard pending.isEmpty else { return 0 }
    var next = jobs.isEmpty ? Double.infinity : nextLook
    if let command {
      next = min(next, Clock.monotonic() + Self.patience - command.running.age)
    } else {
      if !orders.isEmpty { next = 0 }
      if !waiting.isEmpty { next = min(next, nextSubmission) }
      if !jobs.isEmpty { next = min(next, nextQuery) }
    }
    return max(0, next - Clock.monotonic())
  }

  package func reports() -> [(step: StepIndex, report: TaskReport)] {
    let now = Clock.monotonic()
    if let (running, purpose) = command {
      if running.age > Self.patience { running.kill() }
      if let ending = running.ending() {
        command = nil
        answered(ending, purpose)
      }
    }
    if now >= nextLook && !jobs.isEmpty { look(now) }
    if command == nil { startCommand(now) }
    defer { pending = [] }
    return pending
  }

  /// Seconds that a command of Slurm may take.
  private static let patience = 120.0

  private func startCommand(_ now: Double) {
    if !orders.isEmpty {
      // An order that cannot be given now is given again after the next answer about all jobs.
      let order = orders.removeFirst()
      if let running = try? ChildProcess(order) { command = (running, .order) }
    } else if !waiting.isEmpty && now >= nextSubmission {
      submit()
    } else if !jobs.isEmpty && now >= nextQuery {
      let names = Set(jobs.map(\.shape.name)).sorted()
      do { command = (try ChildProcess(Slurm.query(names)), .query(at: now)) } catch {
        queried(ChildProcess.Ending(status: -1, output: "", errors: "\(error)"), now)
      }
    }
  }

  private func answered(_ ending: ChildProcess.Ending, _ purpose: Purpose) {
    switch purpose {
    case .submission(let job): submitted(job, ending)
    case .query(let asked): queried(ending, asked)
    // The cluster needs a moment for an order, and is not asked more often for having been given one.
    case .order: nextQuery = max(nextQuery, Clock.monotonic() + min(2, options.interval))
    }
  }

  package func withdraw() {
    isWithdrawn = true
    for (_, tasks) in waiting { for task in tasks { pending.append((task.task.step, .lost("", .stopped))) } }
    waiting = []
    let ids = jobs.compactMap(\.id)
    if !ids.isEmpty && orders.isEmpty { orders = [Slurm.withdrawal(ids)] }
  }

  package func interrupt() {
    withdraw()
    isInterrupted = true
    orders = []
    stop()
  }

  /// Asks the cluster to drop jobs that wait and to stop those that run, saving their state.
  func stop() {
    let ids = jobs.compactMap(\.id)
    if !ids.isEmpty && orders.isEmpty { orders = [Slurm.withdrawal(ids), Slurm.stop(ids)] }
  }

  package func kill() {
    isInterrupted = true
    if let (running, purpose) = command {
      command = nil
      if case .submission(let job) = purpose { submitted(job, running.wait(seconds: 10)) } else { running.kill() }
    }
    let ids = jobs.compactMap(\.id)
    let unclear = Set(jobs.filter { $0.id == nil }.map(\.shape.name)).sorted()
    for order in (ids.isEmpty ? [] : [Slurm.cancellation(ids)]) + unclear.map(Slurm.cancellation(named:)) {
      _ = try? ChildProcess.run(order, seconds: 30)
    }
    let left = jobs.flatMap { $0.sorted.map(\.task) } + waiting.flatMap(\.tasks)
    for task in left { pending.append((task.task.step, .lost("", .stopped))) }
    jobs = []
    waiting = []
    orders = []
  }

  package func close() {
    kill()
    folder.removeAll()
  }
}

/// Slurm cannot be used.
package struct SlurmError: Error, CustomStringConvertible {
  let message: String
  package var description: String { message }
}

extension TaskReport {
  /// Whether the step is over for its executor.
  var isLast: Bool {
    switch self {
    case .reply(let reply): reply.isLast
    case .output: false
    case .lost: true
    }
  }
}
