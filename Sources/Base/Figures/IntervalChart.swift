/// Values with intervals, a row each, in groups one below the other on one axis.
package struct IntervalChart: Picture {
  /// Rows that belong together, under a title.
  package struct Group: Sendable {
    package let title: String
    package let rows: [Row]

    package init(_ title: String, _ rows: [Row]) { (self.title, self.rows) = (title, rows) }
  }

  /// A value, its interval or single points beside it where there are such, and a word behind it.
  package struct Row: Sendable {
    package let name: String
    package let value: Double
    package let interval: ClosedRange<Double>?
    package let points: [Double]
    package let note: String

    package init(
      _ name: String, _ value: Double, _ interval: ClosedRange<Double>?, points: [Double] = [], note: String = ""
    ) {
      (self.name, self.value, self.interval, self.points, self.note) = (name, value, interval, points, note)
    }
  }

  package let name: String
  package let title: String
  /// The quantity along the axis.
  package let axis: String
  package let groups: [Group]
  /// A line about what notes and intervals are.
  package let caption: String

  package init(_ name: String, title: String, axis: String, groups: [Group], caption: String) {
    (self.name, self.title, self.axis, self.groups, self.caption) = (name, title, axis, groups, caption)
  }

  package func text(width: Int) -> String? { nil }

  /// The height of the title of a group.
  private static func head(_ group: Group) -> Double { group.title.isEmpty ? 6 : 26 }

  package func svg() -> String {
    let rows = groups.flatMap(\.rows)
    let ends = rows.flatMap { row in
      [row.value] + row.points + (row.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let range = Plot.Scale.linear.wider(Plot.Scale.linear.range(ends))
    let (left, span) = (32 + (rows.map { SVG.width(of: $0.name) }.max() ?? 0), 440.0)
    let right = left + span
    let place = { (value: Double) in left + (value - range.lowerBound) / (range.upperBound - range.lowerBound) * span }
    let number = SVG.number
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    let top = 40.0
    let floor = top + Double(rows.count) * 20 + groups.reduce(0) { $0 + Self.head($1) }
    let ticks = Ticks(range, count: 6)
    for tick in ticks.values {
      svg.path("M\(number(place(tick))) \(number(top))V\(number(floor))", stroke: "#ddd")
      svg.text(ticks.label(tick), place(tick), floor + 18, .middle)
    }
    svg.path("M\(number(left)) \(number(floor))H\(number(right))", stroke: "#333")
    svg.text(axis, (left + right) / 2, floor + 38, .middle)
    var y = top
    for group in groups {
      if !group.title.isEmpty { svg.text(group.title, 16, y + 18, size: 13) }
      y += Self.head(group)
      for row in group.rows {
        let middle = y + 10
        svg.text(row.name, left - 8, middle + 4, .end)
        if let interval = row.interval {
          let ends = (place(interval.lowerBound), place(interval.upperBound))
          svg.path("M\(number(ends.0)) \(number(middle))H\(number(ends.1))", stroke: "#1f77b4", width: 2)
          for end in [ends.0, ends.1] {
            svg.path("M\(number(end)) \(number(middle - 4))v8", stroke: "#1f77b4", width: 1.5)
          }
        }
        for point in row.points {
          svg.path(
            "M\(number(place(point) - 3)) \(number(middle - 3))l6 6m0 -6l-6 6", stroke: "#1f77b4", width: 1.5)
        }
        svg.add(
          "<circle cx=\"\(number(place(row.value)))\" cy=\"\(number(middle))\" r=\"4\" fill=\"#1f77b4\"/>")
        svg.text(row.note, right + 10, middle + 4)
        y += 20
      }
    }
    svg.text(caption, 16, floor + 62, size: 11)
    let notes = rows.map { SVG.width(of: $0.note) }.max() ?? 0
    let width = max(right + 20 + notes, 6.2 * Double(caption.count) + 32, SVG.width(of: title) * 1.2 + 32)
    return svg.document(width: width, height: floor + 76)
  }
}
