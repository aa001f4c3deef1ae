import Artifacts
import Plans
import Syntax
import System

/// The command lines of Slurm and their answers; nothing is run in here. Written for 20.11 and later.
enum Slurm {
  /// The demands that make one array job: the steps of one stage that ask for the same.
  struct Shape: Hashable {
    /// The job's name.
    let name: String
    let demand: Resources
    /// Nodes on which its steps were lost before.
    var avoided: String?
  }

  /// The files of an array job.
  struct Files {
    let folder: String
    /// The name of its files, and the comment of its job.
    let label: String
    var tasks: String { label + ".tasks" }
    var script: String { label + ".sh" }
    func replies(_ index: Int) -> String { "\(label).\(index).replies" }
    func log(_ index: Int) -> String { "\(label).\(index).log" }
  }

  /// Submits an array of `count` tasks.
  ///
  /// The job is not requeued by Slurm itself, which makes it wait two minutes: lost steps are submitted again.
  static func submission(_ shape: Shape, _ files: Files, count: Int) -> [String] {
    let demand = shape.demand
    // %% stands for a per cent sign in the name of an output file.
    let folder = files.folder.replacing("%", with: "%%")
    var arguments = [
      "sbatch", "--parsable", "--array=0-\(count - 1)", "--job-name=\(shape.name)", "--comment=\(files.label)",
      "--chdir=\(files.folder)", "--output=\(folder)/\(files.label).%a.replies",
      "--error=\(folder)/\(files.label).%a.log", "--open-mode=append", "--no-requeue",
      "--signal=B:USR1@\(warning(before: demand.time))", "--nodes=1", "--ntasks=1",
      "--cpus-per-task=\(demand.cores ?? 1)",
    ]
    if let memory = demand.memory { arguments.append("--mem=\(memory.added(saturatingTo: 1023) / 1024)K") }
    if let time = demand.time { arguments.append("--time=\((time + 59) / 60)") }
    if let partition = demand.partition { arguments.append("--partition=\(partition)") }
    if let account = demand.account { arguments.append("--account=\(account)") }
    return arguments + extra(of: shape) + ["\(files.folder)/\(files.script)"]
  }

  /// The further arguments of the file, whose list of excluded nodes grows by those to avoid: the last list counts.
  private static func extra(of shape: Shape) -> [String] {
    guard let avoided = shape.avoided else { return shape.demand.extra }
    var nodes = [avoided]
    let rest = shape.demand.extra.filter { argument in
      let isLong = argument.hasPrefix("--exclude=")
      guard isLong || argument.hasPrefix("-x") else { return true }
      nodes.append(String(argument.dropFirst(isLong ? 10 : 2)))
      return false
    }
    return rest + ["--exclude=" + nodes.joined(separator: ",")]
  }

  /// Seconds before the time limit at which a job is told to save its state: enough for a large one, and little of a
  /// short limit. Slurm may be up to a minute early.
  static func warning(before limit: Int?) -> Int {
    guard let limit else { return 120 }
    return min(120, max(10, limit / 20))
  }

  /// The batch script of an array job. The worker takes the place of the shell, so that signals reach it.
  static func script(_ files: Files, program: String, store: String) -> String {
    """
    #!/bin/sh
    # Each task of this array runs the step on its line of \(files.tasks).
    exec \(quoted(program)) worker --store \(quoted(store)) \
    --tasks \(quoted(files.folder + "/" + files.tasks)) --index "$SLURM_ARRAY_TASK_ID"

    """
  }

  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }

  /// Asks for all jobs of these names at once.
  static func query(_ names: [String]) -> [String] {
    [
      "squeue", "--me", "--noheader", "--array", "--states=all", "--name=" + names.joined(separator: ","),
      "--Format=ArrayJobID:;,ArrayTaskID:;,State:;,exit_code:;,Comment:;,NodeList:;,Reason:",
    ]
  }

  /// Asks for the names of all jobs that have not ended.
  static let names = ["squeue", "--me", "--noheader", "--format=%j"]

  /// Takes jobs out of the queue that have not started.
  static func withdrawal(_ jobs: [Int]) -> [String] {
    ["scancel", "--quiet", "--state=PENDING"] + jobs.map(String.init)
  }

  /// Asks running jobs to save their state and end.
  static func stop(_ jobs: [Int]) -> [String] {
    ["scancel", "--quiet", "--batch", "--signal=USR1"] + jobs.map(String.init)
  }

  static func cancellation(_ jobs: [Int]) -> [String] { ["scancel", "--quiet"] + jobs.map(String.init) }

  /// Cancels jobs whose numbers are not known.
  static func cancellation(named name: String) -> [String] { ["scancel", "--quiet", "--name=" + name] }

  /// The number of a job that sbatch has printed, as `4711` or `4711;cluster`.
  ///
  /// A site's sbatch may print lines of its own around it: the last line that is nothing else counts.
  static func job(_ output: String) -> Int? {
    output.split(whereSeparator: \.isNewline).lazy.reversed().compactMap { line -> Int? in
      let parts = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
      guard !parts[0].isEmpty, parts[0].allSatisfy({ $0.isASCII && $0.isNumber }),
        parts.count == 1 || !parts[1].isEmpty && !parts[1].contains(where: \.isWhitespace)
      else { return nil }
      return Int(parts[0])
    }.first
  }

  /// The reason for which a submission failed.
  enum Refusal: Equatable {
    /// There was no answer; the job may have been taken nevertheless.
    case unclear
    /// Too many jobs, of this user or of all.
    case limit
    /// The submission would fail again.
    case final
  }

  /// The meaning of an sbatch that did not tell the number of a job.
  static func refusal(_ ending: ChildProcess.Ending) -> Refusal {
    // The command was killed, by this process if it took too long; or something else was printed.
    guard ending.status > 0 else { return .unclear }
    let text = ending.message.lowercased()
    let unclear = [
      "timed out", "temporarily unable", "contact slurm controller", "connection refused", "zero bytes",
      "unexpected message", "communication",
    ]
    if unclear.contains(where: text.contains) { return .unclear }
    return text.contains("submit limit") || text.contains("maxsubmit") || text.contains("maximum number of jobs")
      ? .limit : .final
  }
}

extension BidirectionalCollection where SubSequence == Self {
  func trimming(_ isBlank: (Element) -> Bool) -> Self {
    var rest = self[...]
    while let first = rest.first, isBlank(first) { rest.removeFirst() }
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
