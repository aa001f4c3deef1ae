import Artifacts
import Glibc
import JSON
import Plans
package import Resolving
import Syntax
import System
import Working

/// Runs steps in worker processes of this machine, which are used again for the steps that follow.
package final class LocalExecutor: Executor {
  private let cores: Int
  /// Bytes that all steps together may need, as far as their needs are known.
  private let memory: Int
  /// The program and arguments that start a worker.
  private let command: [String]
  private var workers: [WorkerProcess] = []
  private var pending: [(step: StepIndex, report: TaskReport)] = []
  private var isKilled = false

  package init(cores: Int, memory: Int = Machine.memory, command: [String]) {
    self.cores = cores
    self.memory = memory
    self.command = command
    // A worker that dies while it is written to must not take this process with it.
    signal(SIGPIPE, SIG_IGN)
  }

  private var busy: [WorkerProcess] { workers.filter { $0.task != nil } }
  package var running: Int { workers.reduce(0) { $0 + ($1.task == nil ? 0 : 1) } }

  package func threads(for task: StepTask, waiting: Int) -> Int? {
    let busy = self.busy
    let free = cores - busy.reduce(0) { $0 + $1.threads }
    guard free > 0 else { return nil }
    // A step gets the memory that it asks for, or is known to need, if need be alone.
    let taken = busy.reduce(0) { $0.added(saturatingTo: $1.task?.bytes ?? 0) }
    guard busy.isEmpty || task.bytes.added(saturatingTo: taken) <= memory else { return nil }
    guard task.isParallel else { return 1 }
    return max(1, min(task.demand.cores ?? free, free / (min(waiting, free - 1) + 1)))
  }

  package func start(_ task: StepTask, threads: Int) throws {
    let worker = try idleWorker()
    worker.begin(task, threads: threads)
    // If the worker is already gone, its pipe says so and the step is tried again.
    _ = worker.send(.run(task.order(threads: threads)))
  }

  private func idleWorker() throws -> WorkerProcess {
    if let worker = workers.first(where: { $0.task == nil }) { return worker }
    let worker = try WorkerProcess(arguments: command)
    workers.append(worker)
    return worker
  }

  package var descriptors: [Int32] { workers.flatMap { [$0.replies, $0.errors] } }
  package var wakeAfter: Double? { nil }

  package func reports() -> [(step: StepIndex, report: TaskReport)] {
    for worker in workers {
      readErrors(of: worker)
      let isOpen = Descriptors.read(worker.replies, into: &worker.replyBuffer)
      for line in JSONLines.take(from: &worker.replyBuffer) {
        guard let reply = JSONLines.decode(WorkerReply.self, line), let task = worker.task else { continue }
        if reply.isLast {
          // The worker's last words came before its reply. A last line without an end is of this step, not of the next.
          readErrors(of: worker)
          tell(worker.errorLines.finish(), of: worker)
          worker.task = nil
        }
        pending.append((task.step, .reply(reply)))
      }
      if !isOpen { lose(worker) }
    }
    defer { pending = [] }
    return pending
  }

  private func readErrors(of worker: WorkerProcess) {
    var bytes: [UInt8] = []
    _ = Descriptors.read(worker.errors, into: &bytes)
    tell(worker.errorLines.take(bytes, at: Clock.monotonic()), of: worker)
  }

  private func tell(_ lines: [[UInt8]], of worker: WorkerProcess) {
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      guard worker.lastErrors.add(text), let task = worker.task else { continue }
      pending.append((task.step, .output(text)))
    }
  }

  private func lose(_ worker: WorkerProcess) {
    readErrors(of: worker)
    tell(worker.errorLines.finish(), of: worker)
    workers.removeAll { $0 === worker }
    let ending = worker.end()
    guard let task = worker.task else { return }
    worker.task = nil
    let loss: Loss =
      isKilled ? .stopped : ending.isOutOfMemory ? .memory(peak: ending.peakMemory) : .infrastructure
    pending.append((task.step, .lost("its worker \(ending.words)", loss)))
  }

  /// Steps that were taken on have begun.
  package func withdraw() {}

  package func interrupt() {
    for worker in busy { _ = worker.send(.interrupt) }
  }

  package func kill() {
    isKilled = true
    for worker in busy { worker.kill() }
  }

  package func close() {
    for worker in workers {
      if worker.task != nil { worker.kill() }
      _ = worker.end()
    }
    workers = []
  }
}
