import Sequences

/// Splits that the program makes: every group of rows, else every sequence, has a place from 0 to 1, and lies in the
/// part whose share of that range holds the place.
///
/// Rows of one group, and equal sequences, are in one part, and a pair counts only when both partners are: nothing of
/// one part occurs in another. The place is the hash, so that it does not depend on other rows. With `stratify` or
/// `folds` it is the rank of the hash, by rows, among the groups of a class (or among all): shares then hold exactly,
/// in every class, and the first group of a class is in train.
struct Carving {
  /// The seed of the hash, so that a hold-out carved from train is independent of the part.
  private static let seed = 1

  private let options: LabelledOptions
  /// Parts in the order of the range, with the ends of their shares.
  private let ends: [(part: SplitName, end: Double)]
  /// By group; empty: the hash counts.
  private var places: [[UInt8]: Double] = [:]
  /// Rows without a group, where rows should have one.
  private(set) var ungrouped = 0

  /// - Parameter makesTest: whether test is made, too, or only dev.
  init(_ rows: [LabelledRow], _ options: LabelledOptions, makesTest: Bool) {
    self.options = options
    ends = Self.ends(options, makesTest)
    if options.group != nil { ungrouped = rows.count { $0.row.group.isEmpty } }
    if options.isStratified || options.folds != nil { places = ranked(rows) }
  }

  private static func ends(_ options: LabelledOptions, _ makesTest: Bool) -> [(part: SplitName, end: Double)] {
    if let folds = options.folds {
      return (0..<folds).map { fold in
        let isFirst = fold == options.fold - 1
        let isNext = fold == options.fold % folds
        let part: SplitName = isFirst ? (makesTest ? .test : .dev) : isNext && makesTest ? .dev : .train
        return (part, Double(fold + 1))
      }
    }
    var end = 0.0
    return zip([SplitName.train, .dev, .test], options.shares).prefix(makesTest ? 3 : 2).map { part, share in
      end += Double(share)
      return (part, end)
    }
  }

  /// The part of a row; nil for a pair whose partners are in different parts.
  func part(of row: LabelledRow) -> SplitName? {
    let parts = keys(row).map { key in part(at: places[key] ?? Self.place(key)) }
    return parts.allSatisfy { $0 == parts[0] } ? parts[0] : nil
  }

  private func part(at place: Double) -> SplitName {
    var rest = place * ends[ends.count - 1].end
    var start = 0.0
    for (part, end) in ends.dropLast() {
      if rest < end - start { return part }
      rest -= end - start
      start = end
    }
    return ends[ends.count - 1].part
  }

  private static func place(_ key: some Sequence<UInt8>) -> Double {
    Double(HoldOut.hash(key, seed: seed) >> 11) * 0x1p-53
  }

  /// Keys of a row that must be in one part: its group, or its sequence; both of a pair.
  private func keys(_ row: LabelledRow) -> [[UInt8]] {
    let key = { (group: String, sequence: [UInt8]) in group.isEmpty ? sequence : Array(group.utf8) }
    let first = key(row.row.group, row.row.record.sequence)
    let isOne = row.row.second.isEmpty || options.group != nil && options.secondGroup == nil && !row.row.group.isEmpty
    return isOne ? [first] : [first, key(row.row.secondGroup, row.row.second)]
  }

  /// By group, the rank of its hash by rows, as a place from 0 to 1.
  private func ranked(_ rows: [LabelledRow]) -> [[UInt8]: Double] {
    // By group: its rows, by label.
    var groups: [[UInt8]: [String: Int]] = [:]
    for row in rows {
      for key in keys(row) { groups[key, default: [:]][options.isStratified ? row.row.label : "", default: 0] += 1 }
    }
    var strata: [String: [(key: [UInt8], rows: Int)]] = [:]
    for (key, labels) in groups {
      // The most frequent label, of equals the first.
      let label = labels.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key
      strata[label, default: []].append((key, labels.values.reduce(0, +)))
    }
    var places: [[UInt8]: Double] = [:]
    for (label, members) in strata {
      let ordered = members.map { (hash: HoldOut.hash($0.key, seed: Self.seed), $0.key, $0.rows) }
        .sorted { $0.hash != $1.hash ? $0.hash < $1.hash : $0.1.lexicographicallyPrecedes($1.1) }
      let count = Double(ordered.reduce(0) { $0 + $1.2 })
      // The offset keeps small classes from ending all in one part.
      let offset = Self.place(label.utf8)
      var before = 0
      for (index, (_, key, rows)) in ordered.enumerated() {
        let place = (Double(before) + offset * Double(rows)) / count
        places[key] = index == 0 && options.folds == nil ? 0 : place
        before += rows
      }
    }
    return places
  }
}
