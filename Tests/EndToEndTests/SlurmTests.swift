import Foundation
import TestSupport
import Testing

/// Runs on a real Slurm: a controller and two nodes on the loopback.
@Suite(.serialized, .enabled(if: SlurmCluster.obstacle == nil, "\(SlurmCluster.obstacle ?? "")"))
struct SlurmTests {
  /// One for all tests, which come one after the other; it ends with this process.
  static let shared: Result<SlurmCluster, any Error> = Result { try SlurmCluster() }
  let cluster: SlurmCluster

  init() throws { cluster = try Self.shared.get() }

  /// A run of `lab` on the cluster, not started yet. It waits seconds for files to show up, not a minute.
  func process(_ lab: Lab, _ arguments: [String] = [], on cluster: SlurmCluster? = nil) -> Process {
    lab.workspace.process(
      ["run", "pipelines/small.yaml", "--json", "--executor", "slurm", "--poll", "1"] + arguments,
      environment: (cluster ?? self.cluster).environment.merging(["BIOARC_LEASE_SECONDS": "3"]) { $1 })
  }

  /// Runs `lab` on the cluster to its end; then there is no job, and nothing is left of them in the run's folder.
  @discardableResult
  func run(_ lab: Lab, _ arguments: [String] = [], on other: SlurmCluster? = nil, status: Int32 = 0) throws -> Events {
    let execution = try Workspace.finish(process(lab, arguments, on: other))
    #expect(execution.status == status, "\(execution.errors)")
    try expectNothingLeft(lab, on: other)
    return Events(execution.output)
  }

  func expectNothingLeft(_ lab: Lab, on other: SlurmCluster? = nil) throws {
    let cluster = other ?? self.cluster
    // The cluster takes a moment to tidy up behind a job that has told its result.
    #expect(try Waiting.until { try cluster.queue().isEmpty })
    #expect(CrashTests.workers(lab) == [])
    let runs = lab.workspace.path("cache/runs")
    for run in (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? [] {
      #expect(!FileManager.default.fileExists(atPath: "\(runs)/\(run)/jobs"))
    }
  }

  @Test func `a run on Slurm has the digests of a local one`() throws {
    let local = try Lab()
    try local.run()
    let text = Lab.pipeline.replacing(
      "in: { tokens: $tokens.tokens",
      with: """
        resources: { cores: 2, memory: 300MB, time: 1h30m, partition: main, extra: [--nice=5] }
            in: { tokens: $tokens.tokens
        """)
    let lab = try Lab(text)
    let before = cluster.calls.count
    let events = try run(lab)
    #expect(events.finished.count == 11)
    #expect(try lab.digests() == local.digests())
    #expect(try lab.run().started == [], "the local run finds everything done")
    // Steps that are ready together are one array job, with what the file asks for.
    let submissions = cluster.calls.dropFirst(before).map(\.words).filter { $0[0] == "sbatch" }
    let sizes = submissions.compactMap { $0.first { $0.hasPrefix("--array=0-") } }.compactMap { Int($0.dropFirst(10)) }
    #expect(sizes.reduce(0) { $0 + $1 + 1 } == 11)
    #expect(sizes.count < 11)
    let supernet = submissions.first { $0.contains { $0.hasPrefix("--job-name=supernet-") } } ?? []
    for argument in ["--cpus-per-task=2", "--mem=292969K", "--time=90", "--partition=main", "--nice=5"] {
      #expect(supernet.contains(Substring(argument)), "\(supernet)")
    }
  }

  @Test func `a job that the cluster refuses is told`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: refused
      stages:
        promoters: { stage: synthesize, with: { train: 20, dev: 4, test: 4 }, resources: { partition: nowhere } }
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      """)
    let execution = try Workspace.finish(process(lab))
    #expect(execution.status == 1)
    #expect(execution.output.contains("invalid partition specified: nowhere"))
    try expectNothingLeft(lab)
  }

  @Test func `a run without Slurm's commands is refused`() throws {
    let lab = try Lab()
    let execution = try lab.workspace.bioarc(
      "run", "pipelines/small.yaml", "--executor", "slurm", environment: ["PATH": "/nowhere"])
    #expect(execution.status == 2)
    #expect(execution.errors.contains("Slurm's commands are not here"))
  }

  // MARK: Many jobs

  /// `count` steps that each take a moment.
  static func many(_ count: Int) -> String {
    """
    bioarc: 1
    name: many
    stages:
      promoters:
        stage: synthesize
        for: { seed: [\((0..<count).map(String.init).joined(separator: ", "))] }
        with: { train: 20, dev: 4, test: 4, seed: $seed }
    """
  }

  /// Fails where commands came more often than one a second on the average: on a busy machine one may be late, and the
  /// next in time.
  private func expectOneASecond(_ times: [Double], _ what: Comment) {
    guard let first = times.first, let last = times.last else { return }
    #expect(Double(times.count - 1) <= (last - first) / 0.95 + 1, "\(what): \(times)")
  }

  @Test(arguments: ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? [10, 100, 1000] : [10, 100])
  func `one query an interval serves any number of jobs`(_ count: Int) throws {
    let before = cluster.calls.count
    let lab = try Lab(Self.many(count))
    #expect(try run(lab).finished.count == count)
    let calls = cluster.calls.dropFirst(before)
    let queries = calls.filter { $0.words[0] == "squeue" }.map(\.time)
    let seconds = (queries.last ?? 0) - (queries.first ?? 0)
    print("\(count) jobs: \(queries.count) queries within \(seconds) s")
    #expect(calls.count { $0.words[0] == "sbatch" } == 1, "one array job")
    expectOneASecond(queries, "queries")
  }

  @Test func `arrays are no larger than the cluster takes them`() throws {
    let small = try SlurmCluster("MaxArraySize=4", "MinJobAge=2")
    defer { small.stop() }
    let lab = try Lab(Self.many(10))
    #expect(try run(lab, on: small).finished.count == 10)
    let arrays = small.calls.filter { $0.words[0] == "sbatch" }.compactMap {
      $0.words.first { $0.hasPrefix("--array=") }
    }
    #expect(arrays == ["--array=0-3", "--array=0-3", "--array=0-1"])
    let times = small.calls.filter { $0.words[0] == "sbatch" }.map(\.time)
    expectOneASecond(times, "submissions")
  }
}
