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

  /// Numbers by their size; other names as they are sorted.
  private static func sorted(_ names: Set<String>) -> [String] {
    let numbers = names.compactMap(Double.init)
    if numbers.count < names.count { return names.sorted() }
    return names.sorted { (Double($0)!, $0) < (Double($1)!, $1) }
  }

  /// A grid of the last two axes of candidates that differ; each value of the others, and each task, is a panel.
  private var heatMap: HeatMap? {
    guard let names = axes["candidate"], candidates.allSatisfy({ $0.candidate.count == names.count }) else {
      return nil
    }
    let values = names.indices.map { axis in Self.sorted(Set(candidates.map { $0.candidate[axis] })) }
    let varying = names.indices.filter { values[$0].count > 1 }
    guard varying.count > 1, !tasks.isEmpty else { return nil }
    let (row, column) = (varying[varying.count - 2], varying[varying.count - 1])
    let others = varying.dropLast(2)
    var outer: [[String]] = [[]]
    for axis in others { outer = outer.flatMap { ids in values[axis].map { ids + [$0] } } }
    let panels = tasks.indices.map { task in
      outer.map { ids in
        let title =
          ([tasks[task].task].filter { !$0.isEmpty } + zip(others, ids).map { "\(names[$0])=\($1)" })
          .joined(separator: ", ")
        return HeatMap.Panel(
          title,
          values[row].map { rowValue in
            values[column].map { columnValue in
              candidates.first { candidate in
                candidate.candidate[row] == rowValue && candidate.candidate[column] == columnValue
                  && zip(others, ids).allSatisfy { candidate.candidate[$0] == $1 }
              }?.test[task].value
            }
          })
      }
    }
    return HeatMap(
      "heat-map", title: "\(measure) on test", rows: (names[row], values[row]),
      columns: (names[column], values[column]), panels: panels)
  }

  /// A line of each candidate over tasks that are numbers, as distances.
  private var overTasks: Plot? {
    let numbers = tasks.compactMap { Double($0.task) }
    guard numbers.count == tasks.count, Set(numbers).count > 1 else { return nil }
    let lines = candidates.map { candidate in
      Plot.Line(
        candidate.candidate.joined(separator: ","),
        zip(numbers, candidate.test).compactMap { x, estimate in estimate.value.map { Plot.Point(x: x, y: $0) } }
          .sorted { $0.x < $1.x })
    }
    guard lines.contains(where: { !$0.points.isEmpty }) else { return nil }
    let (low, high) = (numbers.min()!, numbers.max()!)
    let isWide = low > 0 && high / low >= 20
    return Plot(
      "tasks", title: "\(measure) on test",
      x: .init(
        axes["task"]?.joined(separator: ",") ?? "task", isWide ? .logarithmic : .linear,
        ticks: isWide ? numbers.sorted() : nil), lines: lines)
  }

  /// Points of all candidates over the tokens that their last layer sees, those that see all left out.
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
      "fields", title: "\(measure) on test" + (ofAll > 0 ? "; \(ofAll) that see all tokens are left out" : ""),
      x: .init("tokens that the last layer sees", .logarithmic), lines: lines)
  }
}
