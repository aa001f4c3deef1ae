package import Artifacts
package import Labelled
package import Rankings
package import Sequences
import Wording

/// The rows of a labelled task as models use them: train, without what dev and test have too if that is not wanted,
/// less a hold-out.
package struct TaskSplits {
  package let train: [LabelledRecord]
  package let holdOut: [LabelledRecord]
  package let dev: [LabelledRecord]
  package let test: [LabelledRecord]
  package let kind: LabelKind
  package let alphabet: Alphabet
  /// By number: the classes as the input writes them; none for values.
  package var classNames: [String] { labels.classes }
  /// Number of classes; 0 for values.
  package var classes: Int { classNames.count }
  /// Whether rows are of one of two classes, so that a threshold parts them.
  package var hasThreshold: Bool { kind == .class && classes == 2 }
  /// Whether examples are pairs of sequences.
  package let isPaired: Bool
  /// Whether the input says that its DNA may be read from either strand.
  package let isUnstranded: Bool
  /// The metric that chooses the epoch and ranks.
  package let metric: Metric
  private let labels: LabelledSplits
  package let rows: TaskRows

  /// Reads a task. Throws `StageFailure` for one that no model can learn.
  ///
  /// - Parameters:
  ///   - rows: use only a sample of so many training rows; 0 uses all.
  ///   - keepsDuplicates: whether training rows whose sequence dev or test has stay.
  ///   - holdOut: the part of train, by sequence hash, on which the epoch is chosen; of pairs those with a partner in
  ///     the part. 0 makes none.
  ///   - holdOutSeed: draws another hold-out: replicates that redraw it tell how much the choice depends on it.
  package init(
    _ artifact: any InputArtifact, alphabet: Alphabet, rows limit: Int, keepsDuplicates: Bool = false,
    holdOut fraction: Double, holdOutSeed: Int = 0, _ report: @escaping @Sendable (StageReport) -> Void
  ) throws {
    let source = SequenceSource(
      artifact, path: SequenceSource.names(at: "task"), alphabet: alphabet, rows: 0, report)
    let splits = try source.labelled()
    // The alphabet that the input states goes before the parameter.
    let alphabet = source.reading.alphabet
    self.alphabet = alphabet
    for note in splits.notes { report(.warning(note)) }
    // A sequence of DNA and its other strand are one, but where each letter has a label.
    let isOfEither = alphabet == .dna && splits.kind != .letters
    let known = { (record: LabelledRecord) in isOfEither ? record.unstranded : record }
    let limited = Self.sample(splits.train, limit, by: known)
    let duplicates = Duplicates(
      LabelledSplits(
        train: limited.map(known), dev: splits.dev.map(known), test: splits.test.map(known), classes: splits.classes))
    let evaluated = Set((splits.dev + splits.test).map { known($0).identity })
    let isEvaluated = limited.map { evaluated.contains(known($0).identity) }
    let kept = keepsDuplicates ? limited : zip(limited, isEvaluated).filter { !$1 }.map(\.0)
    // The seed of the sample is 1.
    let seed = holdOutSeed == 0 ? 0 : holdOutSeed &+ 1
    (train, holdOut) = LabelledRecord.split(kept, holdOut: fraction, seed: seed, by: known)
    dev = splits.dev
    test = splits.test
    kind = splits.kind
    labels = LabelledSplits(train: [], dev: [], test: [], classes: splits.classes, kind: splits.kind)
    isPaired = splits.isPaired
    isUnstranded = try source.statedReference.options["stranded"] == "false"
    metric = LabelledFormat.metric(try source.statedReference, splits.kind)
    let all = ClassCounts(splits.train, of: splits.classes)
    let trained = ClassCounts(train, of: splits.classes)
    let near = alphabet == .dna ? NearDuplicates(train) : nil
    let nearDev = near.map { splits.dev.count(where: $0.contains) }
    let nearTest = near.map { splits.test.count(where: $0.contains) }
    rows = TaskRows(
      train: train.count, holdOut: holdOut.count, dev: dev.count, test: test.count,
      droppedFromTrain: limited.count - kept.count, devInTrain: duplicates.devInTrain,
      testInTrain: duplicates.testInTrain,
      testInDev: duplicates.testInDev, conflictingLabels: duplicates.conflicting,
      devNearTrain: nearDev, testNearTrain: nearTest,
      beyondLimit: splits.train.count - limited.count, classesNotTrained: trained.lost(since: all),
      devUnseen: Self.unseen(splits.dev, splits), testUnseen: Self.unseen(splits.test, splits), notes: splits.notes)
    let count = Words.grouped(isEvaluated.count { $0 })
    if keepsDuplicates, count != "0" {
      report(.warning("\(count) training rows are also in dev or test, and are trained on: scores tell less"))
    } else if kept.count < limited.count {
      let left = kind == .value ? "" : " (\(ClassCounts(kept, of: splits.classes).text))"
      report(
        .warning(
          "\(count) training rows are also in dev or test; they are not trained on, \(Words.grouped(kept.count)) are "
            + "left\(left); 'duplicates: keep' keeps them"))
    }
    let stages = [
      (splits.train, ""), (limited, "are not in the sample that 'rows' takes"), (kept, "are also in dev or test"),
      (train, "are in the hold-out"),
    ].map { (ClassCounts($0, of: splits.classes), $1) }
    for (before, after) in zip(stages, stages.dropFirst()) {
      let lost = after.0.lost(since: before.0).map { "class \($0)" }
      if lost.isEmpty { continue }
      report(.warning("no row of \(ClassCounts.list(lost)) is left to train on: all \(after.1)"))
    }
    let nearest = [("dev", rows.devNearTrain ?? 0, dev.count), ("test", rows.testNearTrain ?? 0, test.count)]
    for (name, count, all) in nearest where count > 0 {
      report(
        .warning(
          "\(Words.part(count, of: all, "rows of \(name)")) share \(NearDuplicates.length) letters, on either strand, "
            + "with a row that is trained on: scores tell less about new sequences"))
    }
    if rows.conflictingLabels > 0 {
      report(.warning("\(rows.conflictingLabels) training sequences carry more than one label"))
    }
    try check(needsHoldOut: fraction > 0)
    for warning in ofLittleWorth { report(.warning(warning)) }
  }

  /// Records of a class that no record of train has; nil without any.
  private static func unseen(_ records: [LabelledRecord], _ splits: LabelledSplits) -> Int? {
    guard splits.kind == .class else { return nil }
    let known = Set(splits.train.map(\.number))
    let count = records.count { !known.contains($0.number) }
    return count == 0 ? nil : count
  }

  /// So many records, those with the least hashes of their letters, in the order of the file: the same for all models,
  /// whatever the file is sorted by.
  private static func sample(
    _ records: [LabelledRecord], _ limit: Int, by known: (LabelledRecord) -> LabelledRecord
  ) -> [LabelledRecord] {
    guard limit > 0, limit < records.count else { return records }
    let hashes = records.map { HoldOut.hash(known($0).identity, seed: 1) }
    let taken = Set(records.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }.prefix(limit))
    return records.indices.filter(taken.contains).map { records[$0] }
  }

  /// Rows of a split below which its metrics are hardly more than chance.
  private static let fewRows = 10

  /// Warnings about splits whose rows cannot tell models apart.
  private var ofLittleWorth: [String] {
    let splits = [
      ("the hold-out", holdOut, "which epoch is best; 'hold-out' makes it larger"), ("dev", dev, "a model"),
      ("test", test, "a model"),
    ]
    return splits.compactMap { name, records, what in
      let isAlike = kind != .letters && Set(records.map(\.label)).count == 1
      if isAlike { return "the \(records.count) rows of \(name) have one label: they say little about \(what)" }
      guard kind != .letters, !records.isEmpty, records.count < Self.fewRows else { return nil }
      return "\(name) has \(records.count) rows: they say little about \(what)"
    }
  }

  /// A label as the input writes it.
  package func text(of label: Label) -> String { labels.text(of: label) }

  private func check(needsHoldOut: Bool) throws {
    let holdOuts = needsHoldOut ? [("its hold-out", holdOut)] : []
    for (name, records) in [("train", train)] + holdOuts + [("dev", dev), ("test", test)] where records.isEmpty {
      let next =
        switch name {
        case "train": "rows that are also in dev or test are not trained on"
        case "its hold-out":
          train.allSatisfy({ $0.group.isEmpty })
            ? "'hold-out' makes it larger: \(train.count) rows of train are left; with few rows, 0.3 or more"
            : "all rows of train are of one group, which stays on one side"
        default: "the input states other files or splits, or larger 'shares' where they are made"
        }
      throw StageFailure(code: "empty-split", "\(name) has no rows; \(next)")
    }
    switch kind {
    case .class, .value, .set:
      guard Set(train.map(\.label)).count < 2 else { return }
    case .letters:
      var letters: Set<Int32> = []
      for record in train { letters.formUnion(record.letters.filter { $0 >= 0 }) }
      guard letters.count < 2 else { return }
    }
    throw StageFailure(code: "one-class", "the labels of the training rows are all the same")
  }
}
