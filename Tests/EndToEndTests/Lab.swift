import Foundation
import TestSupport
import Testing

/// A folder with a small pipeline and its store, and runs of the built program in it.
struct Lab {
  let workspace: Workspace

  /// Everything that the program does, small: 2 tokenizations, 3 architectures, a ranking.
  static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters:
        stage: synthesize
        with: { train: 120, dev: 40, test: 40, seed: 3 }
      tokens:
        stage: tokenize
        for: { k: [2, 3] }
        with: { scheme: kmer, k: $k }
        in: { sequences: $promoters }
      space:
        stage: sample-space
        with:
          architectures: [c16-c16, t16, c16-t32]
      supernet:
        stage: pretrain
        with: { steps: 6, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      scores:
        stage: fine-tune
        for: { architecture: [c16-c16, t16] }
        with: { epochs: 1, lr: 0.001 }
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      ranking:
        stage: rank
        in: { scores: { from: $scores.metrics, over: { candidate: [k, architecture] } } }
    """

  init(_ text: String = Lab.pipeline) throws {
    workspace = try Workspace()
    try write(text)
  }

  func write(_ text: String) throws { try workspace.write("pipelines/small.yaml", text) }

  /// Runs the pipeline and returns its events; fails the test unless it ends with `status`.
  @discardableResult
  func run(_ arguments: [String] = [], status: Int32 = 0) throws -> Events {
    let process = workspace.process(["run", "pipelines/small.yaml", "--json"] + arguments)
    let execution = try Workspace.finish(process)
    #expect(execution.status == status, "\(execution.errors)")
    return Events(execution.output)
  }

  /// The digest of every output of every step, by `STEP.OUTPUT`.
  func digests() throws -> [String: String] {
    var result: [String: String] = [:]
    let status =
      try JSONSerialization.jsonObject(
        with: Data(try bioarc("status", "--steps", "--json").output.utf8)) as? [[String: Any]]
    for row in status ?? [] {
      guard let step = row["step"] as? String else { continue }
      let shown =
        try JSONSerialization.jsonObject(
          with: Data(try bioarc("show", step, "--json").output.utf8)) as? [[String: Any]]
      for output in shown ?? [] {
        result["\(step).\(output["output"] as? String ?? "")"] = output["digest"] as? String
      }
    }
    return result
  }

  /// The files of complete saved states of trainings; their blocks come first.
  var savedStates: [URL] {
    let partial = URL(fileURLWithPath: workspace.path("cache/partial"))
    let paths = FileManager.default.enumerator(atPath: partial.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { !$0.contains("/blocks") && $0.split(separator: "/").count == 3 }
      .map { partial.appendingPathComponent($0) }
  }

  /// After how many steps they were saved.
  var savedSteps: [Int] { savedStates.compactMap { Int($0.lastPathComponent.prefix { $0 != "-" }) } }

  /// Runs a verb on the pipeline.
  func bioarc(_ verb: String, _ arguments: String...) throws -> Execution {
    try Workspace.finish(workspace.process([verb, "pipelines/small.yaml"] + arguments))
  }
}

/// The events of one run, as `--json` prints them.
struct Events {
  let all: [[String: Any]]

  init(_ text: String) {
    all = text.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  private func steps(_ kind: String) -> [String] {
    all.compactMap { (($0["event"] as? [String: Any])?[kind] as? [String: Any])?["step"] as? String }
  }

  /// The addresses of the steps that started, sorted.
  var started: [String] { steps("stepStarted").sorted() }
  var finished: [String] { steps("stepFinished").sorted() }
  var failed: [String] { steps("stepFailed").sorted() }
  /// The stages whose steps started, each once, sorted.
  var stages: [String] { Array(Set(started.map { String($0.prefix { $0 != "[" }) })).sorted() }
}

extension Lab {
  /// A lab whose steps `rows[part=...]` run `script` with the part as third argument, and HERE as a folder.
  static func ofParts(_ parts: String, resources: String = "{}", _ script: String) throws -> Lab {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }
        rows:
          stage: act
          for: { part: [\(parts)] }
          with: { part: $part }
          in: { task: $promoters }
          resources: \(resources)

      """)
    try lab.workspace.write(
      "stages/act.yaml",
      """
      name: act
      version: 1
      summary: Acts.
      parameters:
        part: { type: int, default: 0, neutral: 0, help: Which. }
      inputs:
        task: { kinds: [labelled-sequences], help: Rows. }
      outputs:
        count: { kind: row-count, layout: file, help: The number. }
      command: [sh, "{code}/act.sh", "{inputs}", "{outputs}/count", "{with.part}"]
      code: [act.sh]
      """)
    try lab.workspace.write("stages/act.sh", script.replacing("HERE", with: lab.workspace.folder.path))
    return lab
  }
}
