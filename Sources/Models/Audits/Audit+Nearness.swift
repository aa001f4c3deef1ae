import Labelled
import Sequences
import Wording

extension Audit {
  /// Near duplicates, or, of variants of one sequence, whether test has changes that train has not.
  func near(_ variants: Variants?) -> [Finding] {
    guard let variants else { return nearDuplicates() }
    return [
      Finding(
        .nearAcrossSplits, .unchecked,
        "rows are variants of one sequence of \(Words.grouped(variants.parent.count)) letters, so that all are near "
          + "duplicates of all"),
      unseenMutations(variants),
    ]
  }

  private func unseenMutations(_ variants: Variants) -> Finding {
    let counts = [SplitName.dev, .test].flatMap { split in
      let found = task[split].map { variants.unseen($0.sequence) }
      let changed = found.count { $0.changes > 0 }
      return [
        Finding.Count(
          "changed rows of \(split.rawValue) none of whose changes train has",
          found.count { $0.changes > 0 && $0.unseen == $0.changes }, of: changed),
        Finding.Count(
          "changed rows of \(split.rawValue) that are unchanged where train is changed",
          found.count { $0.changes > 0 && $0.places == $0.changes }, of: changed),
        Finding.Count(
          "changed rows of \(split.rawValue) with a change that train has not", found.count { $0.unseen > 0 },
          of: changed),
      ]
    }
    let isNew = counts.contains { $0.count > 0 && 2 * $0.count >= $0.total }
    return Finding(
      .unseenMutations, isNew ? .notable : .fine,
      counts.allSatisfy { $0.count == 0 }
        ? "rows are variants of one sequence; every change of dev and test is in train"
        : "rows are variants of one sequence, changed at \(Words.grouped(variants.changedPlaces)) places in train: "
          + Self.words(counts) + (isNew ? "; a score is one of extrapolation" : ""),
      counts: counts)
  }

  private func nearDuplicates() -> [Finding] {
    var index = NearDuplicates(settings.words, most: settings.mostMinimizers)
    for (row, record) in task.train.enumerated() { index.insert(record, row: row) }
    let trained = Set(task.train.map(\.identity))
    var sequences: Set<[UInt8]> = []
    if task.isPaired { for record in task.train { sequences.formUnion([record.sequence, record.second]) } }
    // Sequences of pairs that train has are another finding: what is near are the others.
    let new = { (record: LabelledRecord) in
      var record = record
      if sequences.contains(record.sequence) { record.sequence = [] }
      if sequences.contains(record.second) { record.second = [] }
      return record
    }
    var (counts, examples, without) = ([Finding.Count](), [[Finding.Example]](), 0)
    for split in [SplitName.dev, .test] {
      let rows = task[split]
      let shares = rows.map { index.share(new($0)) }
      let isNear = shares.map { $0.isNear(settings.near) }
      let isNew = rows.map { !trained.contains($0.identity) }
      without += shares.count { $0.all == 0 }
      let part = settings.part
      let own = rows.indices.filter { isNear[$0] && isNew[$0] }
      counts += [
        Finding.Count("rows of \(split.rawValue) with \(part) or more in train", isNear.count { $0 }, of: rows.count),
        Finding.Count("rows of \(split.rawValue) with \(part) or more, equal to none", own.count, of: rows.count),
        Finding.Count(
          "rows of \(split.rawValue) that share a word with train", shares.count { $0.shared > 0 }, of: rows.count),
      ]
      examples += own.prefix(max(1, settings.examples / 2)).map { row in
        let note = Words.part(shares[row].shared, of: shares[row].all, "minimizers")
        let nearest = shares[row].nearest.map { [example(.init(split: .train, row: $0))] } ?? []
        return [example(.init(split: split, row: row), note: note)] + nearest
      }
    }
    return [across(counts, examples, without, index), within(index)]
  }

  /// The meaning of near duplicates, in words.
  private func manner(_ index: NearDuplicates) -> String {
    let strand = alphabet == .dna ? " on either strand" : ""
    let sample =
      index.halvings > 0
      ? "; for want of memory one of \(Words.grouped(1 << index.halvings)) minimizers was kept, so that these are "
        + "estimates" : ""
    return "by minimizers of \(settings.words.length) letters\(strand)\(sample)"
  }

  private func across(
    _ counts: [Finding.Count], _ examples: [[Finding.Example]], _ without: Int, _ index: NearDuplicates
  ) -> Finding {
    let all = task.dev.count + task.test.count
    guard without < all else {
      return Finding(
        .nearAcrossSplits, .unchecked,
        "no row of dev and test has a word of \(settings.words.length) known letters: a smaller 'k' finds shorter ones"
      )
    }
    // The severity is that of near rows; equal ones have a finding of their own.
    let near = [counts[1], counts[4]]
    let severity = Self.severity(near)
    let blind = Finding.Count("rows of dev and test without a word that is looked at", without, of: all)
    let left = without > 0 ? "; \(Self.words([blind])) are not compared" : ""
    return Finding(
      .nearAcrossSplits, severity,
      (severity == .fine
        ? "no row of dev or test is nearly, but not exactly, one of train"
        : "rows of dev or test are nearly, but not exactly, rows of train: \(Self.words(near))")
        + ", \(manner(index))\(left)",
      counts: counts + [blind], examples: examples)
  }

  /// Rows of train that are near to another row of it.
  private func within(_ index: NearDuplicates) -> Finding {
    if task.isPaired {
      return Finding(.nearWithin, .unchecked, "pairs share their sequences, so that many are near to others")
    }
    var copies: [[UInt8]: Int] = [:]
    for record in task.train { copies[record.identity, default: 0] += 1 }
    let near = task.train.indices.filter { row in
      copies[task.train[row].identity] == 1
        && index.share(task.train[row], except: row).isNear(settings.near)
    }
    let count = Finding.Count("rows of train that are near to others of it", near.count, of: task.train.count)
    return Finding(
      .nearWithin, 10 * near.count >= task.train.count && !near.isEmpty ? .notable : .fine,
      near.isEmpty
        ? "no row of train is nearly another of it"
        : "rows of train are nearly others of it: \(Self.words([count])), \(manner(index))"
          + "; a split at random puts such rows on both sides",
      counts: [count],
      examples: Array(
        near.lazy.compactMap { row in
          index.share(task.train[row], except: row).nearest.map { other in
            [row, other].map { example(.init(split: .train, row: $0)) }
          }
        }.prefix(settings.examples)))
  }
}
