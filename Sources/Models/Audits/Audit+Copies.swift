import Labelled
import Sequences
import Wording

extension Audit {
  /// Equal sequences: across splits, within one, with other labels, on the other strand; and groups on both sides.
  func copies() -> [Finding] {
    let groups = RowGroups(task)
    var found = [acrossSplits(groups), contradictions(groups), repeats(groups)]
    if alphabet == .dna { found.append(otherStrands(groups)) }
    if task.train.contains(where: { !$0.group.isEmpty }) { found.append(groupsOnBothSides()) }
    return found
  }

  /// Rows of each of dev and test, one by one, that some rows before them are like.
  private func counts(
    _ splits: [(SplitName, of: SplitName)], _ has: (RowGroups.Place, _ other: SplitName) -> Bool
  ) -> [Finding.Count] {
    splits.map { split, other in
      Finding.Count(
        "rows of \(split.rawValue) in \(other.rawValue)",
        task[split].indices.count { has(RowGroups.Place(split: split, row: $0), other) }, of: task[split].count)
    }
  }

  private static let across: [(SplitName, of: SplitName)] = [(.dev, .train), (.test, .train), (.test, .dev)]

  private func acrossSplits(_ groups: RowGroups) -> Finding {
    let duplicates = Duplicates(task)
    let counts = [
      Finding.Count("rows of dev in train", duplicates.devInTrain, of: task.dev.count),
      Finding.Count("rows of test in train", duplicates.testInTrain, of: task.test.count),
      Finding.Count("rows of test in dev", duplicates.testInDev, of: task.test.count),
    ]
    let several = groups.groups.lazy.filter { Set($0.rows.map(\.split)).count > 1 }.prefix(settings.examples)
    let severity = Self.severity(counts)
    return Finding(
      .exactAcrossSplits, severity,
      severity == .fine
        ? "no \(noun) is in two splits"
        : "\(noun)s are in two splits: \(Self.words(counts)); stages that train leave such rows out of train",
      counts: counts, examples: several.map { Array($0.rows.prefix(4).map(labelled)) })
  }

  /// Rows whose other strand is a row, of another split or of the same.
  private func otherStrands(_ groups: RowGroups) -> Finding {
    var within = 0
    var other: [SplitName: [SplitName: Int]] = [:]
    var examples: [[Finding.Example]] = []
    for (_, rows) in groups.groups {
      let record = task[rows[0].split][rows[0].row]
      var strand = record
      strand.sequence = Complement.reversed(record.sequence)
      strand.second = Complement.reversed(record.second)
      // A sequence that is its own other strand is an equal one.
      guard strand.identity != record.identity else { continue }
      let others = groups.rows(strand.identity)
      guard !others.isEmpty else { continue }
      let splits = Set(others.map(\.split))
      for row in rows {
        within += splits.contains(row.split) ? 1 : 0
        for split in splits { other[row.split, default: [:]][split, default: 0] += 1 }
      }
      if examples.count < settings.examples, !splits.subtracting(rows.map(\.split)).isEmpty {
        examples.append([labelled(rows[0])] + others.prefix(2).map(labelled))
      }
    }
    let counts = Self.across.map { split, of in
      Finding.Count(
        "rows of \(split.rawValue) whose other strand is in \(of.rawValue)", other[split]?[of] ?? 0,
        of: task[split].count)
    }
    let all = LabelledSplits.names.reduce(0) { $0 + task[$1].count }
    let inside = Finding.Count("rows whose other strand is in their split", within, of: all)
    let severity = Self.severity(counts)
    return Finding(
      .reverseComplement, severity == .fine && within > 0 ? .notable : severity,
      severity == .fine && within == 0
        ? "no row is the other strand of another"
        : "rows are the other strand of others: \(Self.words(counts + [inside]))",
      counts: counts + [inside], examples: examples)
  }

  private func contradictions(_ groups: RowGroups) -> Finding {
    guard isLabelled else { return Finding(.contradictoryLabels, .unchecked, "sequences have no labels") }
    let label = { (place: RowGroups.Place) in task[place.split][place.row].label }
    let several = groups.groups.filter { $0.rows.count > 1 && Set($0.rows.map(label)).count > 1 }
    let trained = several.count { group in
      Set(group.rows.filter { $0.split == .train }.map(label)).count > 1
    }
    let all = LabelledSplits.names.reduce(0) { $0 + task[$1].count }
    let rows = several.reduce(0) { $0 + $1.rows.count }
    let counts = [
      Finding.Count(
        "\(noun)s of train with several labels", trained, of: groups.groups.count { $0.rows[0].split == .train }),
      Finding.Count("\(noun)s of all splits with several labels", several.count, of: groups.groups.count),
      Finding.Count("rows of these", rows, of: all),
    ]
    return Finding(
      .contradictoryLabels, several.isEmpty ? .fine : 100 * rows >= 5 * all ? .grave : .notable,
      several.isEmpty
        ? "equal \(noun)s have equal labels"
        : "\(noun)s carry several labels: \(Self.words(counts)); no model is right about all of these rows",
      counts: counts,
      examples: several.prefix(settings.examples).map { Array($0.rows.prefix(4).map(labelled)) })
  }

  /// Rows that repeat the sequence of an earlier row.
  private func repeats(_ groups: RowGroups) -> Finding {
    var counts = LabelledSplits.names.map { split in
      Finding.Count(
        "rows of \(split.rawValue) that repeat one of it",
        groups.groups.reduce(0) { sum, group in sum + max(0, group.rows.count { $0.split == split } - 1) },
        of: task[split].count)
    }
    let all = counts.reduce(0) { $0 + $1.total }
    let every = Finding.Count("rows that repeat one of any split", all - groups.groups.count, of: all)
    let most = counts.map { Double($0.count) / Double(max(1, $0.total)) }.max() ?? 0
    counts.append(every)
    let several = groups.groups.filter { $0.rows.count > 1 }.sorted { $0.rows.count > $1.rows.count }
    return Finding(
      .repeatsWithin, most > 0.1 ? .grave : every.count > 0 ? .notable : .fine,
      every.count == 0
        ? "no row repeats another"
        : "rows repeat the \(noun) of another: \(Self.words(counts)); each counts as if it were a new one",
      counts: counts,
      examples: several.prefix(settings.examples).map { Array($0.rows.prefix(4).map(labelled)) })
  }

  /// Groups, as species, that train shares with dev or test.
  private func groupsOnBothSides() -> Finding {
    let trained = Set(task.train.map(\.group)).subtracting([""])
    let counts = [SplitName.dev, .test].map { split in
      Finding.Count(
        "rows of \(split.rawValue) whose group is in train", task[split].count { trained.contains($0.group) },
        of: task[split].count)
    }
    let severity = Self.severity(counts)
    return Finding(
      .groupsAcrossSplits, severity,
      severity == .fine ? "no group is in train and in dev or test" : "groups are on both sides: \(Self.words(counts))",
      counts: counts)
  }
}
