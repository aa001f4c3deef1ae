import Labelled
import Sequences
import Wording

extension Audit {
  /// The part of rows whose names are places, from which on the others are left out.
  private static let placed = 0.99

  /// Windows of a genome that overlap, by the names of rows that are places: `chr1:100-300(+)`, or where a window
  /// starts, as 62.
  func places() -> Finding {
    let windows = placedWindows()
    let all = LabelledSplits.names.reduce(0) { $0 + task[$1].count }
    guard Double(windows.count) >= Self.placed * Double(all), !windows.isEmpty else {
      return Finding(
        .overlappingWindows, .unchecked,
        "names of rows are no places of a genome: option `name` may state a column of starts")
    }
    let neighbours = zip(windows, windows.dropFirst()).filter { $0.overlaps($1) }
    guard Self.agree(neighbours) else {
      return Finding(
        .overlappingWindows, .unchecked,
        "names of rows are numbers, but no places: rows that would overlap by them have other letters")
    }
    let pairs = Finding.Count("neighbouring windows that overlap", neighbours.count, of: max(1, windows.count - 1))
    var near: [SplitName: (count: Int, first: (PlacedWindow, PlacedWindow)?)] = [:]
    for (split, other) in leaks(windows) {
      near[split.place.split, default: (0, nil)].count += 1
      if near[split.place.split]!.first == nil { near[split.place.split]!.first = (split, other) }
    }
    let counts = [SplitName.dev, .test].map { split in
      Finding.Count(
        "rows of \(split.rawValue) that overlap one of train", near[split]?.count ?? 0, of: task[split].count)
    }
    let severity = Self.severity(counts)
    return Finding(
      .overlappingWindows, severity == .fine && pairs.count > 0 ? .notable : severity,
      pairs.count == 0
        ? "no windows of the genome overlap"
        : "windows of the genome overlap: \(Self.words([pairs] + counts))"
          + (severity == .fine ? ", none across splits" : "; split by blocks of the genome, not at random")
          + (windows.count < all ? "; \(Words.count(all - windows.count, "row")) without a place left out" : ""),
      counts: [pairs] + counts,
      examples: [SplitName.dev, .test].compactMap { split in
        near[split]?.first.map { [example($0.0.place), example($0.1.place)] }
      })
  }

  private struct PlacedWindow {
    let record: String
    let range: Range<Int>
    let place: RowGroups.Place
    let letters: [UInt8]

    func overlaps(_ other: PlacedWindow) -> Bool { record == other.record && range.overlaps(other.range) }
  }

  /// Rows by their places, in the order of the genome, without those that have none.
  private func placedWindows() -> [PlacedWindow] {
    var windows: [PlacedWindow] = []
    for split in LabelledSplits.names {
      for (row, record) in task[split].enumerated() {
        guard record.second.isEmpty, let (name, range) = Self.place(record) else { continue }
        windows.append(
          PlacedWindow(record: name, range: range, place: .init(split: split, row: row), letters: record.sequence))
      }
    }
    return windows.sorted { a, b in
      (a.record, a.range.lowerBound, a.range.upperBound) < (b.record, b.range.lowerBound, b.range.upperBound)
    }
  }

  /// `NAME:START-END`, with or without a strand, or a start.
  private static func place(_ record: LabelledRecord) -> (String, Range<Int>)? {
    if let start = Int(record.name), start >= 0 { return ("", start..<start + max(1, record.sequence.count)) }
    guard let colon = record.name.lastIndex(of: ":") else { return nil }
    let place = record.name[record.name.index(after: colon)...].prefix { $0 != "(" }
    let ends = place.split(separator: "-").map { Int($0) }
    guard ends.count == 2, let start = ends[0], let end = ends[1], 0 <= start, start < end else { return nil }
    return (String(record.name[..<colon]), start..<end)
  }

  /// Whether windows have the same letters where they overlap, on either strand: nine of ten of the first hundred.
  private static func agree(_ pairs: [(PlacedWindow, PlacedWindow)]) -> Bool {
    let shown = pairs.prefix(100)
    let agreeing = shown.count { a, b in
      let common = a.range.clamped(to: b.range)
      // Names may count from 1, and ends be within or beyond: a window of other length is taken from its start.
      let parts = [a, b].map { window in
        let start = common.lowerBound - window.range.lowerBound
        return [window.letters, Complement.reversed(window.letters)].map {
          Array($0.dropFirst(start).prefix(common.count))
        }
      }
      return parts[0].contains { parts[1].contains($0) }
    }
    return 10 * agreeing >= 9 * shown.count
  }

  /// Rows of dev and test, each with a row of train that overlaps it.
  private func leaks(_ windows: [PlacedWindow]) -> [(PlacedWindow, PlacedWindow)] {
    var found: [(PlacedWindow, PlacedWindow)] = []
    var last: PlacedWindow?
    var leaked: Set<RowGroups.Place> = []
    let add = { (window: PlacedWindow, train: PlacedWindow?) in
      guard window.place.split != .train, let train, window.overlaps(train) else { return }
      if leaked.insert(window.place).inserted { found.append((window, train)) }
    }
    for window in windows {
      add(window, last)
      // The window of train that reaches furthest.
      if window.place.split == .train, last?.record != window.record || last!.range.upperBound < window.range.upperBound
      {
        last = window
      }
    }
    // Behind a row: the next of train.
    var next: PlacedWindow?
    for window in windows.reversed() {
      add(window, next)
      if window.place.split == .train { next = window }
    }
    return found
  }
}
