import Sequences

/// The rows of each split: by their file, by a column, or else made from all rows (`Carving`).
struct SplitRows {
  private(set) var train: [LabelledRow] = []
  private(set) var dev: [LabelledRow] = []
  private(set) var test: [LabelledRow] = []
  private(set) var notes: [String] = []
  private(set) var findings = SequenceFindings()
  /// Whether the program made splits.
  private(set) var isCarved = false
  /// Rows whose label does not count, and rows whose split is left out.
  private var ignored = 0
  private var unused = 0
  private var unknownSplits: Set<String> = []
  /// Names of splits and of ignored labels that rows have.
  private var splitsSeen: Set<String> = []
  private var ignoredSeen: Set<String> = []

  init(_ rows: [LabelledRow], _ options: LabelledOptions) {
    var parted: [(row: LabelledRow, part: SplitName)] = []
    for row in rows {
      guard let row = counted(row, options), let part = stated(row, options) else { continue }
      if part == .none { unused += 1 } else { parted.append((row, part)) }
    }
    if findings.errorCount > 0 { return }
    if ignored > 0 { notes.append("rows left out for a label in `ignore`: \(ignored)") }
    if unused > 0 { notes.append("rows left out for a split that `map` leaves out: \(unused)") }
    notes += namesOfNoRow(options)
    if options.repeats != .keep { parted = distinct(parted, options.repeats) }
    if options.minimumRows > 1 { parted = frequent(parted, options.minimumRows) }
    for (row, part) in parted { add(row, to: part) }
    carve(options)
  }

  /// Notes on names in `map` and `ignore` that no row has: they may be misspelt.
  private func namesOfNoRow(_ options: LabelledOptions) -> [String] {
    let list = { (names: [String]) in names.sorted().map { "`\($0)`" }.joined(separator: ", ") }
    var notes: [String] = []
    let splits = options.splitNames.keys.filter { !splitsSeen.contains($0) }
    if !splits.isEmpty {
      notes.append(
        splitsSeen.isEmpty
          ? "option `map` is not read: no row states its split"
          : "no row has the split \(list(splits)) of option `map`; rows have \(list(Array(splitsSeen)))")
    }
    let labels = options.ignored.filter { !ignoredSeen.contains($0) }
    if Self.ignoresRows(options), !labels.isEmpty {
      notes.append("no row has the label \(list(labels)) of option `ignore`")
    }
    return notes
  }

  /// Whether `ignore` is of whole labels, and not of letters or members of a set.
  private static func ignoresRows(_ options: LabelledOptions) -> Bool {
    options.labels != .letters && options.labels != .set
  }

  private mutating func add(_ row: LabelledRow, to part: SplitName) {
    switch part {
    case .train: train.append(row)
    case .dev: dev.append(row)
    case .test: test.append(row)
    case .none: break
    }
  }

  /// The row with the piece of its label that counts; nil when the label is ignored or has no such piece.
  private mutating func counted(_ row: LabelledRow, _ options: LabelledOptions) -> LabelledRow? {
    let ignores = Self.ignoresRows(options)
    if ignores, options.ignored.contains(row.row.label) {
      ignoredSeen.insert(row.row.label)
      ignored += 1
      return nil
    }
    guard let label = options.piece(of: row.row.label).map(trimmed) else {
      findings.add(row.error(.label, of: "label-part", "the label `\(row.row.label)` has no piece \(options.piece!)"))
      return nil
    }
    guard !label.isEmpty || options.labels == .set else {
      findings.add(row.error(.label, of: "label", "there is no label\(place(options))"))
      return nil
    }
    var row = row
    row.row.label = label
    if ignores, options.ignored.contains(label) {
      ignoredSeen.insert(label)
      ignored += 1
      return nil
    }
    return row
  }

  /// The place where a label was looked for.
  private func place(_ options: LabelledOptions) -> String {
    let more = "; option `label` states another, and incomplete: drop leaves such rows out"
    switch options.layout {
    case .fasta: return ": the header has no \(Int(options.label) == nil ? "key" : "word") `\(options.label)`\(more)"
    case .text: return "; `files` states classes, as {class}/*.txt, or `label-lines` a file of labels"
    case .csv, .tsv: return options.piece == nil ? "" : " in that piece"
    }
  }

  private mutating func stated(_ row: LabelledRow, _ options: LabelledOptions) -> SplitName? {
    switch row.role {
    case .dev: return .dev
    case .test: return .test
    case .train, .table, .sequences, .labelLines: break
    }
    guard options.split != nil || row.hasSplit else { return row.row.isValidation ? .dev : .train }
    let name = row.row.split
    splitsSeen.insert(name)
    if let part = options.splitNames[name] ?? SplitName(other: name) {
      return part == .train && row.row.isValidation ? .dev : part
    }
    // All rows of a split give the same message.
    if unknownSplits.insert(name).inserted {
      findings.add(
        row.error(
          .split, of: "split",
          "the split `\(name)` is none of train, dev and test; option `map` says what it is, as `\(name)=dev`, "
            + "or leaves it out, as `\(name)=-`"))
    }
    return nil
  }

  /// The rows without those that repeat letters and label of an earlier one of their split, if these are dropped.
  private mutating func distinct(
    _ rows: [(row: LabelledRow, part: SplitName)], _ repeats: Repeats
  ) -> [(row: LabelledRow, part: SplitName)] {
    struct Content: Hashable {
      let part: SplitName, sequence: [UInt8], second: [UInt8], label: String
    }
    var known: Set<Content> = []
    let first = rows.filter { row, part in
      known.insert(
        Content(part: part, sequence: row.row.record.sequence, second: row.row.second, label: row.row.label)
      ).inserted
    }
    if first.count < rows.count {
      notes.append(
        (repeats == .drop ? "rows left out that repeat" : "rows that repeat")
          + " letters and label of an earlier one of their split: \(rows.count - first.count)")
    }
    return repeats == .drop ? first : rows
  }

  /// The rows of classes that have at least `minimum` rows.
  private mutating func frequent(
    _ rows: [(row: LabelledRow, part: SplitName)], _ minimum: Int
  ) -> [(row: LabelledRow, part: SplitName)] {
    var counts: [String: Int] = [:]
    for (row, _) in rows { counts[row.row.label, default: 0] += 1 }
    let kept = rows.filter { counts[$0.row.row.label]! >= minimum }
    let classes = counts.values.count { $0 < minimum }
    if classes > 0 {
      notes.append(
        "rows left out for a class of fewer than \(minimum) rows: \(rows.count - kept.count), classes: \(classes)")
    }
    return kept
  }

  /// Divides the rows of train among the splits that no row states.
  private mutating func carve(_ options: LabelledOptions) {
    let hasShares = options.shares != LabelledOptions().shares
    guard dev.isEmpty else {
      for (name, isStated) in [
        ("folds", options.folds != nil), ("stratify", options.isStratified), ("group", options.group != nil),
        ("shares", hasShares),
      ] where isStated {
        notes.append(
          name == "group"
            ? "the input states its splits: option `\(name)` only keeps a group on one side of the hold-out"
            : "option `\(name)` is not read: the input states its splits")
      }
      return
    }
    if hasShares, options.folds != nil { notes.append("option `shares` is not read: folds are of equal size") }
    isCarved = true
    let isTestStated = !test.isEmpty
    let rows = train
    let carving = Carving(rows, options, makesTest: !isTestStated)
    train = []
    var apart = 0
    for row in rows {
      if let part = carving.part(of: row) { add(row, to: part) } else { apart += 1 }
    }
    if isTestStated {
      let way = options.folds == nil ? "by their hash" : "as a fold"
      notes.append("the input states no rows of dev: of train, \(way), are taken \(dev.count)")
    }
    if apart > 0 {
      notes.append("\(apart) of \(rows.count) pairs are left out: their partners are in different splits")
    }
    if carving.ungrouped > 0 {
      notes.append("\(carving.ungrouped) rows have no group: each of their sequences is taken for one")
    }
  }
}
