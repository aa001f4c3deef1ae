import ArgumentParser
import Artifacts
import FoundationEssentials
import Plans
import Scheduling

/// What a verb prints with `--json`: sorted keys, one document.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  Terminal.print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// `bioarc check`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a pipeline and its inputs without running anything.",
    discussion: "Example:\n  bioarc check pipelines/promoters.yaml")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "Print the findings as JSON.") var json = false

  func run() throws {
    let planned = try Session.planned(options)
    if json { try printJSON(planned.findings) }
    guard let plan = planned.plan else {
      if !json { Session.complain(planned.findings, planned.sources) }
      throw ExitCode(2)
    }
    // It tells of warnings.
    let session = try Session(options)
    let inputs = Resolution.inputs(of: plan, Selection(plan: plan, only: [], from: [], force: []))
    var findings = session.catalog.resolve(inputs)
    if findings.isEmpty {
      for input in inputs.sorted() { findings += try session.catalog.require(input) { _, _ in } }
    }
    try session.refuse(findings)
    if !json {
      Terminal.print(
        "\(plan.file): no errors; \(Words.count(plan.nodes.count, "stage")), \(Words.count(inputs.count, "input"))")
    }
  }
}

/// `bioarc plan`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what 'run' would do, without running anything.",
    discussion: """
      Examples:
        bioarc plan pipelines/promoters.yaml
        bioarc plan pipelines/promoters.yaml --exit-code || echo there is work
      """)

  @OptionGroup var options: PipelineOptions
  @Option(parsing: .singleValue, help: "Steps to end at.") var only: [String] = []
  @Option(parsing: .singleValue, help: "Steps to begin at.") var from: [String] = []
  @Option(parsing: .singleValue, help: "Steps that run even if they have a result.") var force: [String] = []
  @Flag(help: "Exit with 3 when there is work.") var exitCode = false
  @Flag(help: "Print the plan as JSON.") var json = false

  func run() throws {
    let session = try Session(options)
    let resolution = try session.resolve(only: only, from: from, force: force)
    let rows = Standing.rows(resolution)
    if json { try printJSON(rows) } else { Terminal.print(Standing.table(rows)) }
    let work = rows.reduce(0) { $0 + $1.toRun + $1.waiting } + rows.filter { $0.total == nil }.count
    if !json {
      let certain = rows.reduce(0) { $0 + $1.toRun }
      Terminal.print(
        work == 0
          ? "nothing to run"
          : "\(Words.count(certain, "step")) will run; what waits for them runs if they come out different")
    }
    if exitCode && work > 0 { throw ExitCode(3) }
  }
}

/// `bioarc status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how each stage of a pipeline stands.",
    discussion: "Example:\n  bioarc status pipelines/promoters.yaml --steps")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "One line per step instead of one per stage.") var steps = false
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let session = try Session(options)
    let resolution = try session.resolve()
    if steps {
      let rows = Standing.steps(resolution)
      if json { return try printJSON(rows) }
      var table = Table(["step", "state", "key"])
      for row in rows { table.add([row.step, row.state, String(row.key?.prefix(12) ?? "-")]) }
      return Terminal.print(table.text)
    }
    let rows = Standing.rows(resolution)
    if json { try printJSON(rows) } else { Terminal.print(Standing.table(rows)) }
  }
}

/// How the steps of a resolution stand, for people and programs.
enum Standing {
  struct Row: Codable {
    let stage: String
    let axes: [String]
    /// nil: an axis is known only once a step has run.
    let total: Int?
    let upToDate: Int
    let toRun: Int
    let waiting: Int
    let failed: Int
  }

  struct Step: Codable {
    let step: String
    let state: String
    let key: String?
  }

  static func rows(_ resolution: Resolution) -> [Row] {
    resolution.plan.nodes.enumerated().compactMap { index, node in
      guard resolution.isWanted(node: index) else { return nil }
      let counts = resolution.counts(of: index)
      return Row(
        stage: node.name, axes: node.axes.map { resolution.plan.axes[$0].name },
        total: resolution.grid(of: index) == nil ? nil : counts.total, upToDate: counts.done, toRun: counts.ready,
        waiting: counts.waiting, failed: counts.failed)
    }
  }

  static func table(_ rows: [Row]) -> String {
    var table = Table(["stage", "axes", "steps", "up to date", "to run", "waiting", "failed"], right: [2, 3, 4, 5, 6])
    for row in rows {
      let axes = row.axes.isEmpty ? "-" : row.axes.joined(separator: ", ")
      table.add(
        [row.stage, axes, row.total.map(String.init) ?? "?"]
          + [row.upToDate, row.toRun, row.waiting, row.failed].map { $0 == 0 ? "." : String($0) })
    }
    return table.text
  }

  static func steps(_ resolution: Resolution) -> [Step] {
    resolution.plan.nodes.indices.flatMap { node in
      (0..<(resolution.grid(of: node)?.count ?? 0)).map { item in
        let step = StepIndex(node: node, item: item)
        return Step(
          step: resolution.address(step), state: word(resolution.state(step)), key: resolution.key(of: step)?.hex)
      }
    }
  }

  private static func word(_ state: StepState) -> String {
    switch state {
    case .unwanted: "not asked for"
    case .waiting: "waiting"
    case .ready: "to run"
    case .running: "running"
    case .done: "up to date"
    case .failed: "failed"
    case .skipped: "skipped"
    case .broken: "broken"
    }
  }
}
