import Labelled
import Wording

extension Audit {
  /// Rows of train below which a class is hardly learnt, and the share of letters below which one is.
  private static let (fewRows, fewLetters) = (5, 0.001)

  /// Whether rows have labels.
  var isLabelled: Bool { task.kind == .value || !task.classes.isEmpty }

  /// Classes and values, and what so many rows can tell.
  func balance() -> [Finding] {
    guard isLabelled else { return [Finding(.classBalance, .unchecked, "sequences have no labels")] }
    switch task.kind {
    case .value: return [valueGroups(), testSize()]
    case .class, .set, .letters: return [classes(), testSize()]
    }
  }

  /// By class: rows, or letters, with it.
  private func counts(_ split: SplitName) -> [Int] {
    var counts = [Int](repeating: 0, count: task.classes.count)
    for record in task[split] {
      switch record.label {
      case .number(let number): counts[number] += 1
      case .set(let members): for member in members { counts[member] += 1 }
      case .letters(let letters): for letter in letters where letter >= 0 { counts[Int(letter)] += 1 }
      case .value: break
      }
    }
    return counts
  }

  private func classes() -> Finding {
    let noun = task.kind == .letters ? "letters" : "rows"
    let (train, dev, test) = (counts(.train), counts(.dev), counts(.test))
    let totals = [train, dev, test].map { counts in
      task.kind == .set ? max(1, task.train.count) : max(1, counts.reduce(0, +))
    }
    let own = task.kind == .set ? [task.train.count, task.dev.count, task.test.count].map { max(1, $0) } : totals
    let largest = test.indices.max { (test[$0], $1) < (test[$1], $0) } ?? 0
    let share = Double(test[largest]) / Double(own[2])
    let limit = task.kind == .letters ? Int(Self.fewLetters * Double(own[0])) : Self.fewRows
    let rare = train.indices.filter { train[$0] > 0 && train[$0] < limit }
    let unseen = train.indices.filter { train[$0] == 0 }
    let lost = train.indices.filter { train[$0] > 0 && test[$0] == 0 && dev[$0] == 0 }
    let moved = task.kind == .letters ? [] : train.indices.filter { isMoved([dev[$0], test[$0]], own[1], own[2]) }
    var reasons: [String] = []
    if share >= 0.75 {
      reasons.append("\(Words.percent(test[largest], of: own[2])) of test are of class \(task.classes[largest])")
    }
    let named = { (numbers: [Int]) in ClassCounts.list(numbers.map { "\(task.classes[$0]) (\(train[$0]))" }) }
    if !rare.isEmpty {
      let bound = task.kind == .letters ? "less than 0.1 % of the letters" : "fewer than \(Self.fewRows) rows"
      reasons.append("of \(task.classes.count) classes \(rare.count) have \(bound) of train: \(named(rare))")
    }
    if !unseen.isEmpty {
      reasons.append("of \(task.classes.count) classes \(unseen.count) have no row of train: \(named(unseen))")
    }
    if !lost.isEmpty, task.kind != .letters {
      reasons.append("\(lost.count) of \(task.classes.count) classes of train are not in dev or test")
    }
    if !moved.isEmpty {
      reasons.append(
        "shares differ between dev and test: " + ClassCounts.list(moved.map { "class \(task.classes[$0])" }))
    }
    let shown = train.indices.sorted { (train[$1], $0) < (train[$0], $1) }.prefix(8)
    return Finding(
      .classBalance, share >= 0.95 ? .grave : reasons.isEmpty ? .fine : .notable,
      reasons.isEmpty
        ? "classes have enough \(noun): the commonest is \(Words.percent(test[largest], of: own[2])) of test"
        : reasons.joined(separator: "; "),
      counts: [
        Finding.Count("\(noun) of test of the commonest class, \(task.classes[largest])", test[largest], of: own[2]),
        Finding.Count("classes that are rare in train", rare.count, of: task.classes.count),
      ]
        + zip([SplitName.train, .dev, .test], zip([train, dev, test], own)).flatMap { split, of in
          shown.map { Finding.Count("\(noun) of \(split.rawValue) of class \(task.classes[$0])", of.0[$0], of: of.1) }
        })
  }

  /// Whether a class has another share of dev than of test, by 5 points or more and four standard errors.
  private func isMoved(_ counts: [Int], _ dev: Int, _ test: Int) -> Bool {
    let shares = [Double(counts[0]) / Double(dev), Double(counts[1]) / Double(test)]
    let pooled = Double(counts[0] + counts[1]) / Double(dev + test)
    let error = (pooled * (1 - pooled) * (1 / Double(dev) + 1 / Double(test))).squareRoot()
    return abs(shares[0] - shares[1]) > max(0.05, 4 * error)
  }

  /// Values that are of two groups: the border that leaves the least variance within both (Otsu 1979) accounts for more
  /// than that of a normal distribution (0.64) or an even one (0.75) would.
  private func valueGroups() -> Finding {
    let values = task.train.map(\.value).sorted()
    let count = Double(values.count)
    let mean = values.reduce(0, +) / max(1, count)
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var (best, border, below, sum) = (0.0, values.first ?? 0, 0, 0.0)
    for (index, value) in values.dropLast().enumerated() {
      sum += value - mean
      guard value < values[index + 1] else { continue }
      let (left, right) = (Double(index + 1), count - Double(index + 1))
      let between = sum * sum / left + sum * sum / right
      if between > best { (best, border, below) = (between, (value + values[index + 1]) / 2, index + 1) }
    }
    let part = spread > 0 ? best / spread : 0
    let counts = Finding.Count("values of train below \(Words.short(border))", below, of: values.count)
    let isTwo = part > 0.8 && below > 0 && min(below, values.count - below) * 20 > values.count
    return Finding(
      .valueGroups, isTwo ? .notable : .fine,
      isTwo
        ? "values are of two groups: \(Self.words([counts])), and which group is "
          + "\(Words.percent(Int(1000 * part), of: 1000)) of the variance: a correlation may be that of two classes"
        : "values are of one group", counts: [counts])
  }

  /// The width of an interval that so few rows leave, of a metric of 0.7: that of MCC of two balanced classes is
  /// 1.96 sqrt((1 - r^2) / n), that of a correlation 1.96 (1 - r^2) / sqrt(n - 3).
  private func testSize() -> Finding {
    var sequences: Set<[UInt8]> = []
    if task.isPaired { for record in task.test { sequences.formUnion([record.sequence, record.second]) } }
    let rows = task.isPaired ? sequences.count : task.test.count
    let half =
      task.kind == .value
      ? 1.96 * (1 - 0.49) / Double(max(1, rows - 3)).squareRoot() : 1.96 * (0.51 / Double(max(1, rows))).squareRoot()
    let what = task.isPaired ? "sequences of pairs of test" : "rows of test"
    let dev = task.dev.count
    let about = task.kind == .letters ? ", if all letters of a sequence were right or wrong together" : ""
    let severity: Finding.Severity = half > 0.15 ? .grave : half > 0.05 || dev < 100 ? .notable : .fine
    return Finding(
      .testSize, severity,
      "\(Words.grouped(rows)) \(what) leave an interval of \(Words.fixed(100 * min(1, half), 1)) points to either side "
        + "of a \(task.kind == .value ? "correlation" : "MCC") of 0.7\(about)"
        + (dev < 100 ? "; dev, on which choices are made, has \(Words.count(dev, "row"))" : ""),
      counts: [Finding.Count(what, rows, of: rows)])
  }
}
