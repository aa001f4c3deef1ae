import JSON
import Stores
import System
import Working

extension SlurmExecutor {
  /// Submits the steps that have waited longest, as many of their shape as an array takes.
  func submit() {
    let (shape, all) = waiting[0]
    let tasks = Array(all.prefix(arraySize))
    if tasks.count == all.count { waiting.removeFirst() } else { waiting[0].tasks.removeFirst(tasks.count) }
    submissions += 1
    let files = Slurm.Files(folder: folder.path, label: "\(submissions)")
    let job = SlurmJob(shape: shape, files: files, tasks: tasks)
    do {
      try store.synchronizeIdentities()
      let lines = tasks.map { JSONLines.encode($0.task.order(threads: $0.threads)) }
      try folder.write(files.tasks, String(decoding: lines.joined(), as: UTF8.self))
      try folder.write(files.script, Slurm.script(files, program: options.program, store: folder.store))
      command = (try ChildProcess(Slurm.submission(shape, files, count: tasks.count)), .submission(job))
    } catch {
      nextSubmission = Clock.monotonic() + max(options.interval, options.gap)
      giveUp(job, .lost("cannot submit a job: \(error)", .infrastructure))
    }
  }

  /// Takes note of the answer of sbatch.
  func submitted(_ job: SlurmJob, _ ending: ChildProcess.Ending) {
    let now = Clock.monotonic()
    nextSubmission = now + options.gap
    if ending.status == 0, let id = Slurm.job(ending.output) {
      job.id = id
      jobs.append(job)
      arraySize = min(largestArray, 2 * arraySize)
      lookSoon()
      if jobs.count == 1 { nextQuery = now + queryInterval }
      if isInterrupted { stop() } else if isWithdrawn { withdraw() }
      return
    }
    switch Slurm.refusal(ending) {
    case .unclear:
      warn(job, "sbatch: \(ending.message); asking the cluster whether it has the job")
      job.since = now
      jobs.append(job)
      nextQuery = min(nextQuery, now + queryInterval)
    case .limit where job.tasks.count > 1 || !jobs.isEmpty:
      // As many are too many: fewer at a time, when some have ended.
      arraySize = max(1, job.tasks.count / 2)
      nextSubmission = now + max(options.interval, options.gap)
      putBack(job)
    case .final where job.shape.avoided != nil:
      // There may be no other node for it.
      job.shape.avoided = nil
      putBack(job)
    case .limit, .final: giveUp(job, .reply(.broken(message: "sbatch: \(ending.message)")))
    }
  }

  private func giveUp(_ job: SlurmJob, _ report: TaskReport) {
    for (_, task) in job.sorted { pending.append((task.task.step, report)) }
    removeFiles(job)
  }

  /// Lets the steps of a job that the cluster has not taken wait again, before all others.
  func putBack(_ job: SlurmJob) {
    let tasks = job.sorted.map(\.task)
    removeFiles(job)
    if isInterrupted || isWithdrawn {
      for task in tasks { pending.append((task.task.step, .lost("", .stopped))) }
    } else if let index = waiting.firstIndex(where: { $0.shape == job.shape }) {
      waiting[index].tasks.insert(contentsOf: tasks, at: 0)
    } else {
      waiting.insert((job.shape, tasks), at: 0)
    }
  }

  func warn(_ job: SlurmJob, _ message: String) {
    guard let task = job.sorted.first?.task else { return }
    pending.append((task.task.step, .reply(.warning(message))))
  }

  func removeFiles(_ job: SlurmJob) {
    folder.remove(job.files.tasks)
    folder.remove(job.files.script)
  }

  func lookSoon() {
    lookInterval = Self.shortestLook
    nextLook = min(nextLook, Clock.monotonic() + lookInterval)
  }
}
