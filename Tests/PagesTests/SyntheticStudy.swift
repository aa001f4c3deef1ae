import Artifacts
import Events
import Foundation
import JSON
import Rankings
import Resolving
import Stores
import System
import TestSupport

@testable import PageWriting
@testable import Pages
@testable import Resolving

/// A store with a run that never was: a search over so many candidates on one task, and its ranking.
final class SyntheticStudy {
  let folder: URL
  let store: Store
  private(set) var run = ""

  /// - Parameters:
  ///   - withRecords: whether each score has a record with metrics and epochs, and not its log alone.
  ///   - summary: the end of the run; nil: it was killed.
  init(candidates count: Int, withRecords: Bool, failures: Set<Int> = [], summary: RunSummary? = RunSummary()) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("study-\(UUID().uuidString)")
    store = try Store(root: folder.path, create: true)
    var random = RandomNumbers(seed: UInt64(count))
    let ids = Self.architectures(count, &random)
    let keys = (0..<count).map { Digest.of(bytes("score \($0)")) }
    let values = (0..<count).map { place in failures.contains(place) ? nil : 0.7 + 0.05 * random.normal() }
    if withRecords {
      for (place, key) in keys.enumerated() {
        _ = try store.publish(try Self.score(values[place], ids[place], &random), key)
      }
    }
    let document = try Self.ranking(ids, values)
    let rank = Digest.of(bytes("ranking"))
    _ = try store.publish(Self.record("ranking", document, "ranking"), rank)
    try store.merge()
    let log = try store.newRun()
    run = log.id
    try log.append(
      .runStarted(pipeline: "search", file: "pipelines/search.yaml", cores: 16, text: nil, settings: []))
    let bindings = [
      ("scores", Bindings(axes: ["architecture"], ids: [ids], count: count) { keys[$0] }),
      ("ranking", Bindings(axes: [], ids: [], count: 1) { _ in rank }),
    ]
    for (node, bindings) in bindings {
      let stored = try store.put(bindings.encoded())
      try log.append(.resolved(node: node, bindings: ObjectName(digest: stored.digest, size: stored.size)))
    }
    try appendSteps(ids, keys, failures, &random)
    if var summary {
      summary.executed = count - failures.count
      summary.failed = failures.count
      try log.append(.runFinished(summary))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The page of the run.
  func page() throws -> Page {
    try PageBuilder(ReportedRun(run, in: store) { _, _ in nil }, places: false).page()
  }

  /// Writes the page into the folder; returns its path.
  func written(_ page: Page) throws -> String {
    let path = folder.appendingPathComponent("report.html").path
    try Data(PageHTML(page).text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static func architectures(_ count: Int, _ random: inout RandomNumbers) -> [String] {
    var ids: Set<String> = []
    while ids.count < count {
      let layers = (0..<Int.random(in: 3...6, using: &random)).map { _ in
        "cthm".randomElement(using: &random).map(String.init)! + ["16", "32", "64", "128"].randomElement(
          using: &random)!
      }
      ids.insert(layers.joined(separator: "-"))
    }
    return ids.sorted()
  }

  /// The starts and ends of all steps, sixteen at a time.
  private func appendSteps(
    _ ids: [String], _ keys: [Digest], _ failures: Set<Int>, _ random: inout RandomNumbers
  ) throws {
    var lines: [String] = []
    var free = [Double](repeating: 0, count: 16)
    for (place, key) in keys.enumerated() {
      let lane = free.indices.min { free[$0] < free[$1] }!
      let (start, seconds) = (free[lane], 20 + 5 * random.normal())
      let step = "scores[architecture=\(ids[place])]"
      let began = LoggedEvent(
        time: 1_790_000_000 + start,
        event: .stepStarted(
          step: step, key: key, reason: "no result under its key", threads: 1, attempt: 1, waited: start / 7))
      let event: Event =
        failures.contains(place)
        ? .stepFailed(step: step, key: key, code: "diverged", message: HostileTexts.all[place % 200], isAccepted: true)
        : .stepFinished(
          step: step, key: key, seconds: seconds, peakMemory: 70_000_000 + 1000 * place,
          usage: ResourceUsage(cpuSeconds: 0.9 * seconds, bytesRead: 1 << 20, bytesWritten: 1 << 12))
      let ended = LoggedEvent(time: 1_790_000_000 + start + seconds, event: event)
      free[lane] = start + seconds
      lines += [EventLine.encode(began), EventLine.encode(ended)]
    }
    let path = folder.appendingPathComponent("runs/\(run)/events.jsonl")
    let file = try FileHandle(forWritingTo: path)
    try file.seekToEnd()
    try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    try file.close()
  }

  private static func record(_ port: String, _ content: [UInt8], _ kind: String) -> ResultRecord {
    let artifact = ArtifactReference(
      kind: ArtifactKind(kind), format: "", options: [:], layout: .file, digest: .of(content), size: content.count)
    return ResultRecord(
      outcome: .outputs([port: .init(artifact: artifact, manifest: nil, inline: [artifact.digest: content])]),
      environment: ["kernel": "test"], finished: 1_790_000_000, duration: 20, peakMemory: 1 << 26)
  }

  private static func score(
    _ value: Double?, _ id: String, _ random: inout RandomNumbers
  ) throws -> ResultRecord {
    guard let value else {
      return ResultRecord(
        outcome: .failure(code: "diverged", message: "the loss is not finite"), environment: [:],
        finished: 1_790_000_000, duration: 3, peakMemory: 1)
    }
    let epochs = (1...12).map { epoch in
      JSON.object([("loss", .double(0.3 + 1 / Double(epoch) + 0.01 * random.normal())), ("score", .double(value))])
    }
    let split = JSON.object([("rows", .int(400)), ("entries", .array([]))])
    let rows = [
      "train", "holdOut", "dev", "test", "droppedFromTrain", "devInTrain", "testInTrain", "testInDev",
      "conflictingLabels",
    ]
    let document = JSON.object([
      ("architecture", .string(id)), ("parameters", .int(20_000)), ("epochs", .array(epochs)),
      ("rows", .object(rows.map { ($0, .int(400)) })),
      (
        "metrics",
        .object([("primary", .string("mcc")), ("higherIsBetter", .bool(true)), ("dev", split), ("test", split)])
      ),
    ])
    return record("metrics", document.bytes(.line), "metrics")
  }

  /// The document of the ranking of these values, with a baseline and an audit.
  private static func ranking(_ ids: [String], _ values: [Double?]) throws -> [UInt8] {
    let scores = zip(ids, values).map { id, value in
      Score(
        candidate: [id], task: "promoters", replicate: "", metric: .mcc,
        outcome: value.map { .value(Estimate($0, low: $0 - 0.06, high: $0 + 0.055)) } ?? .failed("diverged"))
    }
    let ranking = try Ranking(scores)
    let estimate = { (value: Double) in
      JSON.object([("value", .double(value)), ("low", .double(value - 0.0613)), ("high", .double(value + 0.0552))])
    }
    let candidates = ranking.rows.filter { $0.score != nil }.map { row in
      let width = row.candidate[0].split(separator: "-").reduce(0) { $0 + (Int($1.dropFirst()) ?? 0) }
      return JSON.object([
        ("candidate", .array([.string(row.candidate[0])])), ("architecture", .string(row.candidate[0])),
        ("parameters", .int(1000 * width + row.rank % 977)),
        ("test", .array([estimate((row.results[0].estimate.value ?? 0) - 0.013)])),
      ])
    }
    let baseline = JSON.object([
      ("candidate", .array([])), ("model", .string("k-mers")), ("parameters", .int(4096)), ("score", .double(0.5)),
      ("dev", .array([estimate(0.71)])), ("test", .array([estimate(0.7)])), ("failures", .array([])),
    ])
    let finding = JSON.object([
      ("code", .string("exact-across-splits")), ("severity", .string("grave")),
      ("text", .string("12 sequences of test are in train")),
    ])
    return JSON.object([
      ("ranking", try JSON(encoding: ranking)), ("candidates", .array(candidates)), ("baselines", .array([baseline])),
      ("audits", .array([.object([("task", .string("promoters")), ("findings", .array([finding]))])])),
    ]).bytes(.line)
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
