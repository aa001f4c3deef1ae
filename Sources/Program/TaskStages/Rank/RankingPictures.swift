import Figures
import Inputs
import Rankings
import Spaces

/// The pictures of a ranking: what test says, by ids of candidates, by numbers that name tasks, by receptive fields.
struct RankingPictures {
  private let document: RankingDocument
  /// The names of the axes of candidates, and of tasks, where they are known.
  private let axes: [String: [String]]

  init(_ document: RankingDocument, axes: [String: [String]]) { (self.document, self.axes) = (document, axes) }

  private var candidates: [RankingDocument.Candidate] { document.candidates }
  private var tasks: [Ranking.Task] { document.ranking.tasks }

  var all: [any Picture] {
    let all: [(any Picture)?] = [heatMap, overTasks, overFields]
    return all.compactMap(\.self)
  }

  /// The metric, where all tasks have the same.
  private var measure: String {
    let metrics = Set(tasks.map(\.metric.rawValue))
    return metrics.count == 1 ? metrics.first! : "the metric of each task"
  }

  /// The finite number that a name is, or nil.
  private static func number(_ name: String) -> Double? { Double(name).flatMap { $0.isFinite ? $0 : nil } }

  /// Numbers by their size; other names as they are sorted.
  private static func sorted(_ names: Set<String>) -> [String] {
    let numbers = Dictionary(uniqueKeysWithValues: names.map { ($0, number($0)) })
    if numbers.values.contains(nil) { return names.sorted() }
    return names.sorted { (numbers[$0]!!, $0) < (numbers[$1]!!, $1) }
  }

  /// A grid of the last two axes of candidates that differ; each value of the others, and each task, is a panel.
  private var heatMap: HeatMap? {
    // Failed candidates have cells, too, which are empty.
    let ids = document.ranking.rows.map(\.candidate)
    guard let names = axes["candidate"], !candidates.isEmpty, ids.allSatisfy({ $0.count == names.count }) else {
      return nil
    }
    let values = names.indices.map { axis in Self.sorted(Set(ids.map { $0[axis] })) }
    let varying = names.indices.filter { values[$0].count > 1 }
    guard varying.count > 1, !tasks.isEmpty else { return nil }
    let (row, column) = (varying[varying.count - 2], varying[varying.count - 1])
    let others = varying.dropLast(2)
    // A grid that is mostly empty is none: its axes depend on each other.
    let cells = varying.reduce(1.0) { $0 * Double(values[$1].count) }
    guard cells <= 4 * Double(ids.count) else { return nil }
    let tests = Dictionary(candidates.map { candidate in (varying.map { candidate.candidate[$0] }, candidate.test) }) {
      first, _ in first
    }
    let first = varying.map { candidates[0].candidate[$0] }
    let place = (
      row: values[row].firstIndex(of: first[first.count - 2])!, column: values[column].firstIndex(of: first.last!)!
    )
    var outer: [[String]] = [[]]
    for axis in others { outer = outer.flatMap { ids in values[axis].map { ids + [$0] } } }
    let measures = tasks.indices.map { task in
      let panels = outer.map { ids in
        let title =
          ([tasks[task].task].filter { !$0.isEmpty } + zip(others, ids).map { "\(names[$0])=\($1)" })
          .joined(separator: ", ")
        return HeatMap.Panel(
          title,
          values[row].map { rowValue in
            values[column].map { columnValue in
              tests[ids + [rowValue, columnValue]]?[task].value
            }
          }, chosen: ids == Array(first.prefix(ids.count)) ? place : nil)
      }
      return HeatMap.Column(panels, higherIsBetter: tasks[task].higherIsBetter)
    }
    return HeatMap(
      "heat-map", title: "\(measure) on test", rows: (names[row], values[row]),
      columns: (names[column], values[column]), measures: measures,
      framed: "the candidate that is first by dev")
  }

  /// A line of each candidate, and of each baseline, over tasks that are numbers, as distances.
  private var overTasks: Plot? {
    let numbers = tasks.compactMap { Self.number($0.task) }
    guard numbers.count == tasks.count, Set(numbers).count > 1 else { return nil }
    let line = { (name: String, test: [Estimate]) in
      Plot.Line(
        name,
        zip(numbers, test).compactMap { x, estimate in estimate.value.map { Plot.Point(x: x, y: $0) } }
          .sorted { $0.x < $1.x })
    }
    let lines =
      candidates.map { line($0.candidate.joined(separator: ","), $0.test) }
      + (document.baselines ?? []).map { line("baseline \($0.name)", $0.test) }
    guard lines.contains(where: { !$0.points.isEmpty }) else { return nil }
    let (low, high) = (numbers.min()!, numbers.max()!)
    let isWide = low > 0 && high / low >= 20
    return Plot(
      "tasks", title: "\(measure) on test",
      x: .init(
        axes["task"]?.joined(separator: ",") ?? "task", isWide ? .logarithmic : .linear,
        ticks: isWide ? numbers.sorted() : nil), lines: lines)
  }

  /// Points of all candidates over the tokens that their last layer sees where tokens see both sides; those that see
  /// all are left out, and counted.
  private var overFields: Plot? {
    let fields: [Int?] = candidates.map { try? ArchitectureText.parse($0.architecture).receptiveField() }
    guard Set(fields.compactMap(\.self)).count > 1 else { return nil }
    let lines = tasks.indices.map { task in
      Plot.Line(
        tasks[task].task,
        zip(fields, candidates).compactMap { field, candidate in
          guard let field, let value = candidate.test[task].value else { return nil }
          return Plot.Point(x: Double(field), y: value)
        }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }, isJoined: false)
    }
    guard lines.contains(where: { !$0.points.isEmpty }) else { return nil }
    let ofAll = fields.count { $0 == nil }
    return Plot(
      "fields",
      title: "\(measure) on test" + (ofAll > 0 ? "; candidates that see all tokens, not drawn: \(ofAll)" : ""),
      x: .init("tokens that the last layer sees", .logarithmic), lines: lines)
  }
}
