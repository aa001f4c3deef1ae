import Artifacts
import Explaining
import Figures
import Inputs
import ModelStages
import PageWriting
import Plans
import Rankings
import Resolving
import Sessions
import TaskStages
import Wording

/// Courses of trainings: losses over steps and epochs, replicates as a mean with a band.
enum LearningSection {
  /// Trainings of a stage that are read.
  private static let read = 4_000
  /// Curves of a picture.
  private static let drawn = 12

  /// One training, with its ids on all axes.
  private struct Course {
    let ids: [String]
    /// The loss that its values are of: those of others are other numbers.
    let loss: String
    let points: [(x: Double, y: Double)]
  }

  static func section(_ run: ReportedRun) -> Section {
    var blocks: [Block] = []
    for node in run.nodes {
      for (kind, x) in [(ArtifactKind.history, "step"), (.metrics, "epoch")] {
        let (courses, count) = courses(run, node, kind)
        // A chart for each loss, in the order of their names.
        let losses = Set(courses.map(\.loss)).sorted()
        for loss in losses { blocks += self.blocks(run, node, courses.filter { $0.loss == loss }, losses.count, x) }
        if courses.count < count, !courses.isEmpty {
          blocks.append(
            .lines([
              "\(node.name): \(Words.grouped(courses.count)) of \(Words.grouped(count)) steps have a course"
                + (count > read ? "; \(Words.grouped(read)), spread evenly, were looked at" : "")
            ]))
        }
      }
    }
    guard !blocks.isEmpty else {
      return .absent("Learning", "No course of a training: 'pretrain' and 'fine-tune' keep theirs")
    }
    return Section("learning", "Learning", blocks)
  }

  /// The courses of a node, and the number of its steps.
  private static func courses(_ run: ReportedRun, _ node: ReportedNode, _ kind: ArtifactKind) -> ([Course], Int) {
    let outputs = run.outputs([kind], of: node, limit: read)
    let courses = outputs.compactMap { output -> Course? in
      guard let bytes = run.artifact(output).flatMap({ try? $0.bytes() }) else { return nil }
      let (points, loss): ([(x: Double, y: Double)], String)
      if kind == .history {
        let history = try? JSONArtifact.decode(TrainingHistory.self, bytes)
        points = history?.allPoints.map { (Double($0.step), $0.loss) } ?? []
        loss = history?.lossName ?? ""
      } else {
        let metrics = try? JSONArtifact.decode(MetricsDocument.self, bytes)
        points = metrics?.epochs?.enumerated().map { (Double($0 + 1), $1.loss) } ?? []
        loss = metrics?.lossName ?? ""
      }
      return points.count > 1 ? Course(ids: node.ids(output.item), loss: loss, points: points) : nil
    }
    return (courses, node.count)
  }

  /// The axes whose items are replicates: those that a port gathers so, or where the run's plan is not known those that
  /// are named as seeds and folds are.
  static func replicates(_ axes: [String], _ plan: Plan?) -> [Int] {
    let names = plan?.axes(gatheredAs: "replicate") ?? ["seed", "replicate", "fold"]
    return axes.indices.filter { names.contains(axes[$0]) }
  }

  private static func blocks(
    _ run: ReportedRun, _ node: ReportedNode, _ courses: [Course], _ losses: Int, _ x: String
  ) -> [Block] {
    let axes = node.bindings?.axes ?? []
    let replicates = replicates(axes, run.plan)
    let otherAxes = axes.indices.filter { !replicates.contains($0) }
    let groups = Dictionary(grouping: courses) { course in otherAxes.map { course.ids[$0] } }
    let others = otherAxes.map { axes[$0] }
    let curves = groups.compactMap { ids, own -> BandChart.Curve? in
      let name = others.isEmpty ? node.name : zip(others, ids).map { "\($0)=\($1)" }.joined(separator: ", ")
      return ReplicateBand(own.map(\.points)).map {
        // Two curves say more than an interval of theirs, which is 12.7 times half their distance to either side.
        let isPair = $0.replicates == 2
        return BandChart.Curve(
          name, x: $0.x, mean: $0.mean, band: isPair ? $0.x.map { _ in nil } : $0.band, replicates: $0.replicates,
          members: isPair ? $0.values : [])
      }
    }.sorted { ($0.mean.last ?? 0, $0.name) < ($1.mean.last ?? 0, $1.name) }
    guard !curves.isEmpty else { return [] }
    let shown = (0..<curves.count).spread(drawn).map { curves[$0] }
    let last = curves.count > drawn ? curves[curves.count - 1] : nil
    let chosen = last.map { Array(shown.dropLast()) + [$0] } ?? shown
    var lines: [String] = []
    let isCut = curves.count > chosen.count
    if isCut {
      lines.append(
        "\(chosen.count) of \(Words.grouped(curves.count)) curves are drawn: the lowest and the highest at their end, "
          + "and others evenly between them by that order. Grey reaches from the lowest to the highest of all "
          + "\(Words.grouped(curves.count)); the table has the last value of each.")
    }
    let envelope = isCut ? BandChart.Envelope(curves.map { Array(zip($0.x, $0.mean)).map { (x: $0, y: $1) } }) : nil
    let hasBand = curves.contains { $0.replicates > 1 }
    let axis = replicates.map { axes[$0] }.joined(separator: ", ")
    let kind = x == "step" ? "loss" : "loss on the hold-out"
    let (loss, place) = (courses[0].loss, "\(node.name)-\(x)")
    let what = losses > 1 ? "\(kind) of \(loss.prefix { $0 != "," })" : kind
    let chart = BandChart(
      "learning", title: "\(node.name): \(what)", x: Plot.Axis(x), y: Plot.Axis("\(kind): \(loss)"),
      curves: chosen, envelope: envelope,
      caption: hasBand
        ? "bands: 95 % intervals of the mean over '\(axis)' (Student), of two curves both thin; the number of curves "
          + "in brackets"
        : "one training each: no band")
    let table = RowTable(
      losses > 1 ? "learning-\(place)-\(loss.prefix { $0 != "," })" : "learning-\(place)",
      "\(node.name): the end of \(Words.count(curves.count, "curve")) of \(what)",
      [
        RowTable.Column("training", curves.map(\.name)),
        RowTable.Column("replicates", curves.map { Double($0.replicates) }, digits: 0),
        RowTable.Column("last \(x)", curves.map { $0.x.last }, digits: 0),
        RowTable.Column("last \(what)", curves.map { $0.mean.last }, digits: 4),
        RowTable.Column("lowest \(what)", curves.map { $0.mean.min() }, digits: 4),
        RowTable.Column("low", curves.map { $0.band.last.flatMap { $0?.lowerBound } }, digits: 4),
        RowTable.Column("high", curves.map { $0.band.last.flatMap { $0?.upperBound } }, digits: 4),
      ].filter(\.tellsApart))
    return [
      .figure(
        Drawing(
          "\(node.name): \(what) by \(x)",
          "\(Words.count(chosen.count, "curve")) of \(what) over \(x)s; the lowest end is that of \(chosen[0].name).",
          chart))
    ] + (lines.isEmpty ? [] : [.lines(lines)]) + [.rows(table)]
  }
}
