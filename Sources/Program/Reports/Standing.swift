package import Artifacts
import Explaining
import Plans
package import Resolving
package import Running
import Stores
package import Tables
import Wording

/// How the steps of a resolution stand, for people and programs.
package enum Standing {
  package struct Row: Codable {
    package let stage: String
    let axes: [String]
    /// nil: an axis is known only once a step has run.
    let total: Int?
    let upToDate: Int
    let toRun: Int
    /// Steps among those to run that somebody works on now; nil where nobody asked.
    let running: Int?
    let waiting: Int
    /// Steps with the key of another, which runs for both.
    let shared: Int
    let failed: Int
    /// Seconds of the steps that run or wait, one after the other; nil where nobody asked, or nothing is known.
    let expectedSeconds: Double?

    /// Whether steps run or may run.
    var isPending: Bool { toRun + waiting > 0 || total == nil }
  }

  package struct Step: Codable {
    package let step: String
    package let state: String
    /// The lab whose result it has; nil: it was computed here, or there is none.
    package let lab: String?
    package let key: Digest?
    package let isRunning: Bool
    /// Who works on it, and since when, in seconds since 1970, as far as a log says.
    let owner: String?
    let since: Double?
    /// After how many steps of its training, which has `totalSteps`, it goes on; nil: from the first.
    package let keptSteps: Int?
    let totalSteps: Int?
  }

  package static func rows(
    _ resolution: Resolution, _ forecast: ForecastText? = nil, inHand: StepsInHand? = nil
  ) throws -> [Row] {
    resolution.plan.nodes.enumerated().compactMap { index, node in
      guard resolution.isWanted(node: index) else { return nil }
      let counts = resolution.counts(of: index)
      // A forecast knows of results whose bytes are gone.
      let part = forecast?.forecast.parts[index]
      return Row(
        stage: node.name, axes: node.axes.map { resolution.plan.axes[$0].name },
        total: counts.isOpen ? nil : counts.total, upToDate: part?.reused ?? counts.done,
        toRun: part?.certain ?? counts.ready,
        running: inHand.map { inHand in resolution.steps(of: index).count { inHand.work(on: $0) != nil } },
        waiting: counts.waiting, shared: counts.shared, failed: counts.failed,
        expectedSeconds: forecast?.seconds(index))
    }
  }

  package static func table(_ rows: [Row], isForecast: Bool = false) -> Table {
    var numbers: [(header: String, of: (Row) -> Int)] = [
      ("up to date", \.upToDate), ("to run", \.toRun), ("waiting", \.waiting), ("failed", \.failed),
    ]
    if rows.contains(where: { ($0.running ?? 0) > 0 }) {
      numbers.insert(("of them running", { $0.running ?? 0 }), at: 2)
    }
    // The column is rare, so it is shown only where it says something.
    if rows.contains(where: { $0.shared > 0 }) { numbers.insert(("same as another", \.shared), at: numbers.count - 1) }
    var table = Table(
      ["stage", "axes", "steps"] + numbers.map(\.header) + (isForecast ? ["expected"] : []), numeric: Set(2...9))
    for row in rows {
      let axes = row.axes.isEmpty ? "-" : row.axes.joined(separator: ", ")
      table.add(
        [row.stage, axes, row.total.map(String.init) ?? "?"]
          + numbers.map { $0.of(row) == 0 ? "." : String($0.of(row)) }
          + (isForecast ? [expected(row)] : []))
    }
    return table
  }

  private static func expected(_ row: Row) -> String {
    row.isPending ? row.expectedSeconds.map { Words.seconds($0) } ?? "?" : "."
  }

  package static func steps(_ resolution: Resolution, _ inHand: StepsInHand) throws -> [Step] {
    try resolution.plan.nodes.indices.flatMap(resolution.steps).map { try step($0, resolution, inHand) }
  }

  package static func step(_ step: StepIndex, _ resolution: Resolution, _ inHand: StepsInHand) throws -> Step {
    let (work, kept) = (inHand.work(on: step), try inHand.kept(of: step))
    let state = resolution.isShared(step) ? "same as another" : word(resolution.state(step))
    return Step(
      step: resolution.address(step), state: words(work, kept) ?? state, lab: try resolution.lab(of: step),
      key: resolution.key(of: step),
      isRunning: work != nil, owner: work?.owner, since: work?.since, keptSteps: kept?.step, totalSteps: kept?.total)
  }

  /// How a step stands that somebody works on, or that was begun.
  private static func words(_ work: StepsInHand.Work?, _ kept: Resolution.Kept?) -> String? {
    let steps = kept.map { "\($0.step)" + ($0.total.map { " of \($0)" } ?? "") + " steps" }
    guard let work else {
      guard let kept, let steps else { return nil }
      return kept.isOwn ? "interrupted, \(steps) kept" : "to run; \(steps) are trained already"
    }
    let since = work.since.map { " since \(Words.time($0))" } ?? ""
    return "running\(since), by \(work.words)" + (steps.map { ", \($0) saved" } ?? "")
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

extension StepsInHand.Work {
  /// The process that works on it.
  var owner: String? { life.owner }

  /// The process that works on it, and for how long it has been silent.
  var words: String {
    guard case .silent(_, let seconds) = life else { return owner ?? "" }
    return "\(owner ?? ""), of which no sign of life was seen for \(Words.seconds(seconds))"
  }
}
