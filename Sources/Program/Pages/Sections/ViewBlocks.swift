import Artifacts
import DataStages
import Explaining
import Figures
import PageWriting
import Tables
import Wording

/// Results as blocks of a page, as `show` has them: lines, pictures, tables.
enum ViewBlocks {
  /// Rows of a table that stand in the page as they are; a longer one is searched and scrolled.
  private static let short = 60

  /// The view of each output, under its name; outputs whose bytes are gone are named.
  static func all(_ outputs: [ReportedRun.Output], of count: Int, _ run: ReportedRun, rule: String) -> [Block] {
    guard !outputs.isEmpty else { return [] }
    var blocks: [Block] = []
    if outputs.count < count {
      blocks.append(.lines(["\(Words.grouped(outputs.count)) of \(Words.grouped(count)) results are shown: \(rule)"]))
    }
    for output in outputs {
      guard let view = run.view(output) else {
        blocks.append(.lines(["\(output.name): its bytes are gone, or none that this program can read"]))
        continue
      }
      blocks += self.blocks(view, output.name)
    }
    return blocks
  }

  static func blocks(_ view: ArtifactView, _ name: String) -> [Block] {
    var blocks: [Block] = []
    if !view.lines.isEmpty || view.tables.isEmpty {
      blocks.append(.notes(name, view.lines.isEmpty ? ["nothing to show"] : view.lines))
    }
    blocks += view.pictures.map { picture in
      .figure(
        Drawing(
          "\(name): \(picture.name)", "The picture '\(picture.name)' of \(name), as 'bioarc show --svg' writes it.",
          picture, numbers: Self.numbers(picture)))
    }
    for (index, table) in view.tables.enumerated() where !table.rows.isEmpty {
      let title = "\(name), by \(table.columns[0])"
      if table.rows.count <= short {
        blocks.append(.table(title, table))
      } else {
        blocks.append(.rows(rows("\(name)-\(index)", title, table)))
      }
    }
    return blocks
  }

  /// A table of text as one that is searched and scrolled.
  static func rows(_ id: String, _ title: String, _ table: Table) -> RowTable {
    RowTable(
      id, title,
      table.columns.enumerated().map { place, column in
        RowTable.Column(column.isEmpty ? "name" : column, table.rows.map { place < $0.count ? $0[place] : "" })
      })
  }

  /// The points of a plot; other pictures have their numbers in tables beside them.
  static func numbers(_ picture: any Picture) -> Table? {
    guard let plot = picture as? Plot else { return nil }
    let points = plot.lines.flatMap { line in line.points.map { (line.name, $0) } }
    let limit = 200
    let shown = (0..<points.count).spread(limit).map { points[$0] }
    return Table(
      ["line", plot.x.title.isEmpty ? "x" : plot.x.title, plot.title], numeric: [1, 2],
      rows: shown.map { [$0.0, Words.short($0.1.x), Words.short($0.1.y)] })
  }
}
