import Wording

/// Stretches of time as bars, in as few lanes as there are at once.
package struct TimelineChart: Picture {
  /// A stretch, in seconds since the beginning.
  package struct Bar: Sendable {
    package let name: String
    package let start: Double
    package let end: Double
    /// The place of its kind among `kinds`.
    package let kind: Int

    package init(_ name: String, start: Double, end: Double, kind: Int) {
      (self.name, self.start, self.end, self.kind) = (name, start, max(start, end), kind)
    }
  }

  package let name: String
  package let title: String
  package let bars: [Bar]
  /// Names in the legend; a colour each.
  package let kinds: [String]
  /// The end of the axis, in seconds.
  package let seconds: Double
  package let caption: String

  package init(
    _ name: String, title: String, bars: [Bar], kinds: [String], seconds: Double, caption: String = ""
  ) {
    (self.name, self.title, self.bars, self.kinds) = (name, title, bars, kinds)
    (self.seconds, self.caption) = (max(seconds, bars.map(\.end).max() ?? 0), caption)
  }

  package func text(width: Int) -> String? { nil }

  /// Bars up to this number are elements of their own with names; more are one path for each kind.
  package static let mostNamed = 2_000

  /// By bar, the lowest lane that is free from its start to its end. A bar that ends as another starts leaves it its
  /// lane. There are as many lanes as bars at once.
  package static func lanes(_ bars: [Bar]) -> [Int] {
    let starts = bars.indices.sorted { (bars[$0].start, bars[$0].end, $0) < (bars[$1].start, bars[$1].end, $1) }
    var rank = [Int](repeating: 0, count: bars.count)
    for (place, bar) in starts.enumerated() { rank[bar] = place }
    let ends = bars.indices.sorted { (bars[$0].end, rank[$0]) < (bars[$1].end, rank[$1]) }
    var lanes = [Int](repeating: -1, count: bars.count)
    /// Lanes below `used` without a bar, descending.
    var (free, used, ended): ([Int], Int, Int) = ([], 0, 0)
    for bar in starts {
      while ended < ends.count, bars[ends[ended]].end <= bars[bar].start, lanes[ends[ended]] >= 0 {
        let lane = lanes[ends[ended]]
        var (low, high) = (0, free.count)
        while low < high {
          let middle = (low + high) / 2
          if free[middle] > lane { low = middle + 1 } else { high = middle }
        }
        free.insert(lane, at: low)
        ended += 1
      }
      if let lane = free.popLast() {
        lanes[bar] = lane
      } else {
        lanes[bar] = used
        used += 1
      }
    }
    return lanes
  }

  private static let (left, right, most) = (70.0, 700.0, 480.0)

  package func svg() -> String {
    let lanes = Self.lanes(bars)
    let count = (lanes.max() ?? 0) + 1
    let height = min(16, Self.most / Double(count))
    let (unit, axis, range) = TimeUnit.axis(seconds)
    let top = 40.0
    let frame = Frame(
      x: axis, range, y: Plot.Axis("at once"), 0...Double(count), left: Self.left, right: Self.right, top: top,
      bottom: top + height * Double(count), whole: (x: false, y: true))
    var svg = SVG()
    svg.text(title, 16, 24, size: 14)
    frame.draw(into: &svg)
    if bars.count <= Self.mostNamed {
      for (bar, lane) in zip(bars, lanes) {
        let (start, end) = (frame.x(bar.start / unit.seconds), frame.x(bar.end / unit.seconds))
        svg.box(
          start, frame.bottom - height * Double(lane + 1) + min(1, height / 8), width: max(0.5, end - start - 0.5),
          height: height - min(2, height / 4), fill: Palette.colour(bar.kind),
          name: "\(bar.name): \(Words.seconds(bar.end - bar.start)), \(kinds[bar.kind])")
      }
    } else {
      for (kind, path) in paths(lanes, frame, unit, height).enumerated() where !path.isEmpty {
        let width = SVG.number(height < 1 ? 1 : height - min(2, height / 4))
        svg.add("<path d=\"\(path)\" fill=\"none\" stroke=\"\(Palette.colour(kind))\" stroke-width=\"\(width)\"/>")
      }
    }
    for (row, kind) in kinds.enumerated() {
      let y = top + 12 + 18 * Double(row)
      svg.box(Self.right + 12, y - 10, width: 12, height: 12, fill: Palette.colour(row))
      svg.text(kind, Self.right + 30, y)
    }
    let foot = max(frame.bottom, top + 18 * Double(kinds.count)) + 62
    let joined = bars.count > Self.mostNamed ? "bars of one kind that are nearer than a pixel are joined" : ""
    let note = [caption, joined].filter { !$0.isEmpty }.joined(separator: "; ")
    let end = svg.note(note, 16, foot, width: Self.right - 16)
    let legend = kinds.map { SVG.width(of: $0) + 46 }.max() ?? 20
    return svg.document(
      width: max(Self.right + legend, SVG.width(of: title) * 1.2 + 32), height: foot + end,
      about: (title, "\(Words.count(bars.count, "bar")), at most \(count) at once. \(note)"))
  }

  /// By kind, lines as high as a lane, between whole pixels.
  private func paths(_ lanes: [Int], _ frame: Frame, _ unit: TimeUnit, _ height: Double) -> [String] {
    struct Line {
      let row: Int
      var start: Int
      var end: Int
    }
    var lines = [[Line]](repeating: [], count: kinds.count)
    for (bar, lane) in zip(bars, lanes) {
      let start = Int(frame.x(bar.start / unit.seconds).rounded(.down))
      let end = max(start + 1, Int(frame.x(bar.end / unit.seconds).rounded()))
      // Several lanes that are lower than a pixel are one row.
      lines[bar.kind].append(Line(row: height < 1 ? Int(Double(lane) * height) : lane, start: start, end: end))
    }
    return lines.map { all in
      let sorted = all.sorted { ($0.row, $0.start, $0.end) < ($1.row, $1.start, $1.end) }
      var joined: [Line] = []
      for line in sorted {
        if let last = joined.last, last.row == line.row, line.start <= last.end {
          joined[joined.count - 1].end = max(last.end, line.end)
        } else {
          joined.append(line)
        }
      }
      return joined.map { line in
        let y = frame.bottom - max(1, height) * (Double(line.row) + 0.5)
        return "M\(line.start) \(SVG.number(y))h\(line.end - line.start)"
      }.joined()
    }
  }
}
