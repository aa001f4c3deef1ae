import Wording

/// How many rows of each class were called each class.
package struct ConfusionMatrix: Picture {
  package let name: String
  package let title: String
  package let classes: [String]
  /// By true class, by predicted class.
  package let counts: [[Int]]
  package let caption: String

  package init(_ name: String, title: String, classes: [String], counts: [[Int]], caption: String = "") {
    precondition(
      counts.count == classes.count && counts.allSatisfy { $0.count == classes.count },
      "\(classes.count) classes, \(counts.count) rows")
    (self.name, self.title, self.classes, self.counts, self.caption) = (name, title, classes, counts, caption)
  }

  package func text(width: Int) -> String? { nil }

  /// Matrices of more classes have no numbers in their cells, which are one path for each shade.
  private static let mostWritten = 20
  private static let shades = 24

  package func svg() -> String {
    let digits = counts.joined().map { Words.grouped($0).count }.max() ?? 1
    let isWritten = classes.count <= Self.mostWritten
    let cell = isWritten ? max(34, 7 * Double(digits) + 10) : max(4, 560 / Double(classes.count))
    let longest = classes.map(SVG.width).max() ?? 0
    // Names of columns stand upright where they are wider than a cell.
    let isUpright = longest > cell - 6
    let corner = (x: 40 + longest, y: 64 + (isUpright ? longest : 14))
    let side = cell * Double(classes.count)
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    svg.text("predicted", corner.x + side / 2, 46, .middle, size: 11)
    svg.vertical("true", 20, corner.y + side / 2)
    let apart = cell < 14 ? Int((14 / cell).rounded(.up)) : 1
    for line in stride(from: 0, to: classes.count, by: apart) {
      let middle = cell * (Double(line) + 0.5)
      svg.text(classes[line], corner.x - 8, corner.y + middle + 4, .end)
      if isUpright {
        svg.vertical(classes[line], corner.x + middle + 4, corner.y - 8, .start)
      } else {
        svg.text(classes[line], corner.x + middle, corner.y - 8, .middle)
      }
    }
    if isWritten { drawCells(corner, cell, into: &svg) } else { drawShades(corner, cell, into: &svg) }
    let note = [caption, "darker: a larger share of the true class"].filter { !$0.isEmpty }.joined(separator: "; ")
    let width = max(corner.x + side + 20, SVG.width(of: title) * 1.2 + 32, 320)
    let foot = corner.y + side + 24
    let height = svg.note(note, 16, foot, width: width - 32)
    let right = classes.indices.reduce(0) { $0 + counts[$1][$1] }
    return svg.document(
      width: width, height: foot + height,
      about: (
        title, "\(Words.part(right, of: counts.joined().reduce(0, +), "rows")) are called their class. \(note)"
      ))
  }

  private func drawCells(_ corner: (x: Double, y: Double), _ cell: Double, into svg: inout SVG) {
    for (line, row) in counts.enumerated() {
      let all = row.reduce(0, +)
      for (place, count) in row.enumerated() {
        let share = Double(count) / Double(max(1, all))
        let (x, y) = (corner.x + cell * Double(place), corner.y + cell * Double(line))
        svg.box(
          x + 0.5, y + 0.5, width: cell - 1, height: cell - 1, fill: HeatMap.colour(share),
          name: "\(classes[line]) called \(classes[place]): \(Words.part(count, of: all, "rows"))")
        svg.text(
          Words.grouped(count), x + cell / 2, y + cell / 2 + 4, .middle, size: 11,
          fill: share > 0.55 ? "#fff" : "#333")
      }
    }
  }

  private func drawShades(_ corner: (x: Double, y: Double), _ cell: Double, into svg: inout SVG) {
    var paths = [String](repeating: "", count: Self.shades + 1)
    let size = SVG.number(cell - 0.5)
    for (line, row) in counts.enumerated() {
      let all = row.reduce(0, +)
      for (place, count) in row.enumerated() where count > 0 {
        let (x, y) = (corner.x + cell * Double(place), corner.y + cell * Double(line))
        let shade = max(1, Int((Double(count) / Double(all) * Double(Self.shades)).rounded()))
        paths[shade] += "M\(SVG.number(x)) \(SVG.number(y))h\(size)v\(size)h-\(size)z"
      }
    }
    for (shade, path) in paths.enumerated() where !path.isEmpty {
      svg.area(path, fill: HeatMap.colour(Double(shade) / Double(Self.shades)))
    }
  }
}
