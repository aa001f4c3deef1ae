/// The rows of each split: by their file, by a column, or else by the hash of their sequences.
///
/// Where the program makes a split, equal sequences are in one part, and a pair counts only when both partners are in
/// the same part: no sequence of one part occurs in another.
struct SplitRows {
  private(set) var train: [LabelledReader.Row] = []
  private(set) var dev: [LabelledReader.Row] = []
  private(set) var test: [LabelledReader.Row] = []
  var notes: [String] = []
  /// Rows whose label does not count.
  private(set) var ignored = 0
  private(set) var findings = SequenceFindings()

  private enum Part { case train, dev, test }
  /// The seed of the hash, so that a hold-out carved from train is independent of the part.
  private static let seed = 1

  init(_ rows: [LabelledReader.Row], _ options: LabelledOptions) {
    for row in rows {
      guard let row = counted(row, options), let part = stated(row, options) else { continue }
      switch part {
      case .train: train.append(row)
      case .dev: dev.append(row)
      case .test: test.append(row)
      }
    }
    if findings.errorCount > 0 { return }
    let shares = options.shares.map(Double.init)
    if dev.isEmpty, test.isEmpty {
      carve([.train: shares[0], .dev: shares[1], .test: shares[2]])
    } else if dev.isEmpty {
      carve([.train: shares[0], .dev: shares[1]])
    }
  }

  /// The row with the piece of its label that counts; nil when the label is ignored or has no such piece.
  private mutating func counted(_ row: LabelledReader.Row, _ options: LabelledOptions) -> LabelledReader.Row? {
    let ignores = options.labels != .letters && options.labels != .set
    if ignores, options.ignored.contains(row.row.label) {
      ignored += 1
      return nil
    }
    guard let label = options.piece(of: row.row.label) else {
      findings.add(row.error(.label, "the label `\(row.row.label)` has no piece \(options.piece!)"))
      return nil
    }
    guard !label.isEmpty || options.labels == .set else {
      findings.add(row.error(.label, "there is no label"))
      return nil
    }
    var row = row
    row.row.label = label
    if ignores, options.ignored.contains(label) {
      ignored += 1
      return nil
    }
    return row
  }

  private mutating func stated(_ row: LabelledReader.Row, _ options: LabelledOptions) -> Part? {
    switch row.role {
    case .dev: return .dev
    case .test: return .test
    case .train, .table, .sequences: break
    }
    guard options.split != nil else { return row.row.isValidation ? .dev : .train }
    switch row.row.split.lowercased() {
    case "train", "training": return row.row.isValidation ? .dev : .train
    case "dev", "valid", "validation", "val": return .dev
    case "test", "testing": return .test
    default:
      findings.add(row.error(.split, "the split `\(row.row.split)` is none of train, dev and test"))
      return nil
    }
  }

  /// Divides what is in train among parts.
  private mutating func carve(_ shares: [Part: Double]) {
    let order = [Part.train, .dev, .test].filter { shares[$0] != nil }
    let sum = order.reduce(0) { $0 + shares[$1]! }
    let part = { (sequence: [UInt8]) -> Part in
      var place = Double(HoldOut.hash(sequence, seed: Self.seed) >> 11) * 0x1p-53 * sum
      for part in order.dropLast() {
        if place < shares[part]! { return part }
        place -= shares[part]!
      }
      return order.last!
    }
    let rows = train
    var apart = 0
    train = []
    for row in rows {
      let own = part(row.row.record.sequence)
      guard row.row.second.isEmpty || part(row.row.second) == own else {
        apart += 1
        continue
      }
      switch own {
      case .train: train.append(row)
      case .dev: dev.append(row)
      case .test: test.append(row)
      }
    }
    if apart > 0 {
      notes.append("\(apart) of \(rows.count) pairs are left out: their partners are in different splits")
    }
  }
}

extension LabelledReader.Row {
  /// A finding about the label of this row.
  func error(_ code: SequenceError.Code, _ message: String) -> SequenceError {
    SequenceError(
      code, file: file, line: row.knownLine, column: row.labelColumn > 0 ? row.labelColumn : nil,
      record: row.record.name, message)
  }
}
