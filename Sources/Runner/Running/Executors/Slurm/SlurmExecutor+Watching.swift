import Artifacts
import JSON
import Plans
import Stores
import Syntax
import System
import Working

extension SlurmExecutor {
  /// Takes note of the answer of squeue. `asked` is when it was started.
  func queried(_ ending: ChildProcess.Ending, _ asked: Double) {
    let now = Clock.monotonic()
    guard ending.status == 0 else {
      if queryInterval == options.interval, let job = jobs.first { warn(job, "squeue: \(ending.message)") }
      queryInterval = min(queryInterval * 2, max(options.interval, 120))
      nextQuery = now + queryInterval
      return
    }
    queryInterval = options.interval
    nextQuery = now + (isInterrupted ? min(2, queryInterval) : queryInterval)
    let rows = SlurmRow.rows(ending.output)
    adopt(rows, asked)
    let byJob = Dictionary(grouping: rows, by: \.job).mapValues { rows in
      Dictionary(rows.map { ($0.index, $0) }) { first, _ in first }
    }
    for job in jobs where job.since < asked {
      guard let id = job.id else { continue }
      for (index, task) in job.tasks {
        // A job that has been seen to end keeps its state when the cluster forgets it.
        if let row = byJob[id]?[index] {
          task.row = row
          if row.phase != .pending && !row.nodes.isEmpty { task.hasBegun = true }
        }
        let isGone = byJob[id]?[index].map { $0.phase == .ended } ?? true
        if isGone && task.goneSince == nil { task.goneSince = now }
      }
      if !job.isReported, let stuck = job.sorted.first(where: { $0.task.row?.isStuck == true }) {
        job.isReported = true
        let reason = stuck.task.row?.reason ?? ""
        pending.append(
          (stuck.task.task.step, .reply(.warning("\(job.words(stuck.index)) waits in the queue: \(reason)"))))
      }
    }
    // Cancelling may have failed, or come before the number of a job was known.
    if isInterrupted { stop() } else if isWithdrawn && jobs.contains(where: \.isPending) { withdraw() }
    lookSoon()
  }

  /// Settles submissions whose answer was lost: the cluster has the job, or it does not.
  private func adopt(_ rows: [SlurmRow], _ asked: Double) {
    for job in jobs where job.id == nil && job.since < asked {
      job.id = rows.first { $0.comment == job.files.label }?.job
      guard job.id == nil else { continue }
      jobs.removeAll { $0 === job }
      putBack(job)
    }
  }

  /// Reads the files that jobs have written, and settles those that have ended.
  func look(_ now: Double) {
    let names = folder.names()
    let before = pending.count
    var mayHaveEnded: [(job: SlurmJob, index: Int, task: SlurmTask)] = []
    for job in jobs {
      for (index, task) in job.sorted {
        if names.contains(job.files.replies(index)) { task.hasBegun = true }
        if task.hasBegun { read(task, job.files, index) }
        if task.lastWord != nil || task.goneSince != nil { mayHaveEnded.append((job, index, task)) }
      }
    }
    // One look at the store is enough for all of them.
    if !mayHaveEnded.isEmpty { try? store.refresh() }
    for (job, index, task) in mayHaveEnded {
      if let report = end(of: task, words: job.words(index), now) { end(job, index, report) }
    }
    jobs.removeAll { job in
      guard job.tasks.isEmpty else { return false }
      removeFiles(job)
      return true
    }
    lookInterval = pending.count > before ? Self.shortestLook : min(lookInterval * 1.3, Self.longestLook)
    nextLook = Clock.monotonic() + lookInterval
  }

  private func read(_ task: SlurmTask, _ files: Slurm.Files, _ index: Int) {
    let logged = folder.read(files.log(index), from: &task.logOffset)
    for line in task.logLines.take(logged, at: Clock.monotonic()) {
      let text = String(decoding: line, as: UTF8.self)
      if task.lastErrors.add(text) { pending.append((task.task.step, .output(text))) }
    }
    task.replyBuffer += folder.read(files.replies(index), from: &task.replyOffset)
    for line in JSONLines.take(from: &task.replyBuffer) {
      guard let reply = JSONLines.decode(WorkerReply.self, line) else { continue }
      if case .progress(let done, _, _, _) = reply { task.done = max(task.done, done) }
      if reply.isLast {
        task.lastWord = (reply, Clock.monotonic())
      } else {
        pending.append((task.task.step, .reply(reply)))
      }
    }
  }

  private func end(_ job: SlurmJob, _ index: Int, _ report: TaskReport) {
    guard let task = job.tasks.removeValue(forKey: index) else { return }
    folder.remove(job.files.replies(index))
    folder.remove(job.files.log(index))
    pending.append((task.task.step, report))
  }

  /// The last report on a task, if it has ended.
  private func end(of task: SlurmTask, words: String, _ now: Double) -> TaskReport? {
    if let (reply, at) = task.lastWord {
      switch reply {
      case .finished, .found:
        // Another host's file system may show the record a little later than the reply.
        if isRecorded(task) { return .reply(reply) }
        guard now - at > Patience.limit else { return nil }
        return .lost("\(words) has told of a result that the store does not show", .infrastructure)
      case .interrupted where !isInterrupted:
        return .lost("\(words) was told to stop before its end; its state is saved", outOfTime(task))
      case .lost(let message, nil): return .lost(message, loss(of: task))
      default: return .reply(reply)
      }
    }
    guard let goneSince = task.goneSince else { return nil }
    // A step that never began was taken back.
    if (isInterrupted || isWithdrawn) && !task.hasBegun { return .lost("", .stopped) }
    // A user who interrupts a run does not wait long for its end; the next run sees what this one does not.
    let patience = isInterrupted ? min(options.interval, Patience.limit) : Patience.limit
    guard now - goneSince >= patience else { return nil }
    // A task's last word may be lost where its record is not.
    if task.task.forcedBy == nil && isRecorded(task) {
      return .reply(.finished(divergent: [], seconds: nil, usage: nil))
    }
    let said = task.lastErrors.isEmpty ? "" : ": " + (task.lastErrors.fatal ?? task.lastErrors.text)
    let ending = task.row.flatMap { $0.phase == .ended ? $0.ending : nil } ?? "is gone from the queue"
    return .lost("\(words) \(ending)\(said)", loss(of: task))
  }

  /// Whether the store shows a result of a task, as of the last look at it.
  private func isRecorded(_ task: SlurmTask) -> Bool {
    guard let row = (try? store.row(task.task.key)) ?? nil else { return false }
    // A step that was started has no result of somebody else that counts.
    return row.support == nil
  }

  /// The reason for which a task was lost that left no last word.
  private func loss(of task: SlurmTask) -> Loss {
    let said = task.lastErrors.text.lowercased()
    let isOutOfMemory =
      task.row?.state == "OUT_OF_MEMORY" || task.lastErrors.fatal != nil && task.lastErrors.lackOfMemory != nil
      || ["oom_kill", "oom-kill", "memory limit"].contains(where: said.contains)
    if isOutOfMemory { return .memory(peak: task.task.memory ?? task.task.demand.memory ?? 4 << 30) }
    if task.row?.state == "TIMEOUT" { return outOfTime(task) }
    if let node = task.row?.nodes, !node.isEmpty { failedOn[task.task.key] = node }
    return .infrastructure
  }

  /// A step that gets further each time goes on for as long as it takes; one that does not is tried like after a crash.
  private func outOfTime(_ task: SlurmTask) -> Loss {
    guard task.done > reached[task.task.key, default: 0] else { return .infrastructure }
    reached[task.task.key] = task.done
    return .time
  }
}
