import ArgumentParser
import Artifacts
import Plans
import Scheduling

/// `bioarc status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how each stage of a pipeline stands.",
    discussion: "Example:\n  bioarc status pipelines/promoters.yaml --steps")

  @OptionGroup var options: PipelineOptions
  @Flag(help: "One line per step instead of one per stage.") var steps = false
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let resolution = try Session(options.request(), isReading: true).resolve()
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
    /// Steps with the key of another, which runs for both.
    let shared: Int
    let failed: Int
    /// Seconds of the steps that run or wait, one after the other; nil where nobody asked, or nothing is known.
    let expectedSeconds: Double?

    /// Whether steps run or may run.
    var isPending: Bool { toRun + waiting > 0 || total == nil }
  }

  struct Step: Codable {
    let step: String
    let state: String
    let key: String?
  }

  static func rows(_ resolution: Resolution, _ forecast: ForecastText? = nil) -> [Row] {
    resolution.plan.nodes.enumerated().compactMap { index, node in
      guard resolution.isWanted(node: index) else { return nil }
      let counts = resolution.counts(of: index)
      // A forecast knows of results whose bytes are gone.
      let part = forecast?.forecast.parts[index]
      return Row(
        stage: node.name, axes: node.axes.map { resolution.plan.axes[$0].name },
        total: counts.isOpen ? nil : counts.total, upToDate: part?.reused ?? counts.done,
        toRun: part?.certain ?? counts.ready, waiting: counts.waiting, shared: counts.shared, failed: counts.failed,
        expectedSeconds: forecast?.seconds(index))
    }
  }

  static func table(_ rows: [Row], isForecast: Bool = false) -> String {
    var numbers: [(header: String, of: (Row) -> Int)] = [
      ("up to date", \.upToDate), ("to run", \.toRun), ("waiting", \.waiting), ("failed", \.failed),
    ]
    // Rare: its header says as much as its column.
    if rows.contains(where: { $0.shared > 0 }) { numbers.insert(("same as another", \.shared), at: 3) }
    var table = Table(
      ["stage", "axes", "steps"] + numbers.map(\.header) + (isForecast ? ["expected"] : []), right: Set(2...8))
    for row in rows {
      let axes = row.axes.isEmpty ? "-" : row.axes.joined(separator: ", ")
      table.add(
        [row.stage, axes, row.total.map(String.init) ?? "?"]
          + numbers.map { $0.of(row) == 0 ? "." : String($0.of(row)) }
          + (isForecast ? [expected(row)] : []))
    }
    return table.text
  }

  private static func expected(_ row: Row) -> String {
    row.isPending ? row.expectedSeconds.map { Words.seconds($0) } ?? "?" : "."
  }

  static func steps(_ resolution: Resolution) -> [Step] {
    resolution.plan.nodes.indices.flatMap { node in
      (0..<(resolution.grid(of: node)?.count ?? 0)).map { item in
        let step = StepIndex(node: node, item: item)
        return Step(
          step: resolution.address(step),
          state: resolution.isShared(step) ? "same as another" : word(resolution.state(step)),
          key: resolution.key(of: step)?.hex)
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
