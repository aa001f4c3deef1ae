extension Plot {
  /// One line over a linear scale in braille characters; nil for other pictures.
  package func text(width: Int) -> String? {
    guard lines.count == 1, lines[0].isJoined, x.scale == .linear, y.scale == .linear else { return nil }
    return text(width: width, height: 12)
  }

  /// The first line in braille characters, two by four dots each, with axes; `width` columns in all, `height` lines of
  /// dots.
  package func text(width: Int, height: Int) -> String {
    let (xs, ys) = extent
    let yTicks = Ticks(ys, count: max(2, height / 2))
    let margin = (yTicks.values.map { yTicks.label($0).count }.max() ?? 0) + 1
    let columns = max(10, width - margin - 1)
    var dots = [[UInt8]](repeating: [UInt8](repeating: 0, count: columns), count: height)
    let set = { (x: Int, y: Int) in
      // Braille numbers its dots 1 2 3 7 down the left, 4 5 6 8 down the right.
      let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
      dots[y / 4][x / 2] |= bits[x % 2][y % 4]
    }
    let place = { (value: Double, range: ClosedRange<Double>, count: Int) in
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      return Self.place(share, of: count)
    }
    let drawn = lines[0].points.filter(holds).thinned(2 * columns).map { point in
      (x: place(point.x, xs, 2 * columns), y: 4 * height - 1 - place(point.y, ys, 4 * height))
    }
    if let first = drawn.first { set(first.x, first.y) }
    for (a, b) in zip(drawn, drawn.dropFirst()) {
      let steps = max(abs(b.x - a.x), abs(b.y - a.y))
      for step in 0..<steps + 1 where steps > 0 {
        set(a.x + (b.x - a.x) * step / steps, a.y + (b.y - a.y) * step / steps)
      }
    }
    let labels = Dictionary(yTicks.values.map { (height - 1 - place($0, ys, height), yTicks.label($0)) }) { a, _ in a }
    var lines = [title]
    for (row, cells) in dots.enumerated() {
      let label = labels[row] ?? ""
      let picture = String(String.UnicodeScalarView(cells.map { Unicode.Scalar(0x2800 + UInt32($0))! }))
      lines.append(
        String(repeating: " ", count: margin - 1 - label.count) + label + (label.isEmpty ? " │" : " ┤") + picture)
    }
    return (lines + axis(xs, margin: margin, columns: columns)).joined(separator: "\n")
  }

  /// The horizontal axis and, under it, its numbers and its name.
  private func axis(_ range: ClosedRange<Double>, margin: Int, columns: Int) -> [String] {
    let ticks = Ticks(range, count: max(2, columns / 12), whole: true)
    var line = [Character](repeating: "─", count: columns)
    var numbers = [Character](repeating: " ", count: margin + 1 + columns)
    for value in ticks.values {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      let column = Self.place(share, of: columns)
      line[column] = "┬"
      let label = Array(ticks.label(value))
      let first = min(max(0, margin + 1 + column - label.count / 2), numbers.count - label.count)
      let room = max(0, first - 1)..<min(numbers.count, first + label.count + 1)
      if numbers[room].allSatisfy({ $0 == " " }) { numbers.replaceSubrange(first..<first + label.count, with: label) }
    }
    let name = String(repeating: " ", count: margin + 1 + max(0, columns - x.title.count)) + x.title
    let trimmed = String(numbers).reversed().drop { $0 == " " }.reversed()
    return [String(repeating: " ", count: margin) + "└" + String(line), String(trimmed), name]
  }

  /// The nearest of so many places to a share of their range; ranges may be beyond what a number can hold.
  private static func place(_ share: Double, of count: Int) -> Int {
    let place = (share * Double(count - 1)).rounded()
    return place.isNaN ? 0 : Int(min(max(place, 0), Double(count - 1)))
  }
}
