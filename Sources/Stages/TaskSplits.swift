import Artifacts
import Randomness
import Sequences
import Supernets

/// The rows of a labelled task as a fine-tune uses them: train without what dev and test have too, less a hold-out.
struct TaskSplits {
  let train: [LabelledRecord]
  let holdOut: [LabelledRecord]
  let dev: [LabelledRecord]
  let test: [LabelledRecord]
  let classes: Int
  let rows: MetricsDocument.Rows

  /// - Parameters:
  ///   - rows: use only the first training rows; 0 uses all.
  ///   - holdOut: the part of train, by sequence hash, on which the epoch is chosen.
  init(
    _ artifact: any InputArtifact, alphabet: Alphabet, rows limit: Int, holdOut fraction: Double,
    _ report: @escaping @Sendable (StageReport) -> Void
  ) throws {
    let splits = try SequenceSource(artifact, alphabet: alphabet, rows: 0, report).labelled()
    let evaluated = Set((splits.dev + splits.test).map(\.sequence))
    let limited = limit == 0 ? splits.train : Array(splits.train.prefix(limit))
    let duplicates = Duplicates(
      LabelledSplits(train: limited, dev: splits.dev, test: splits.test, classes: splits.classes))
    let kept = limited.filter { !evaluated.contains($0.sequence) }
    train = kept.filter { !HoldOut.contains($0.sequence, fraction: fraction) }
    holdOut = kept.filter { HoldOut.contains($0.sequence, fraction: fraction) }
    dev = splits.dev
    test = splits.test
    classes = splits.classes.count
    rows = MetricsDocument.Rows(
      train: train.count, holdOut: holdOut.count, dev: dev.count, test: test.count,
      droppedFromTrain: limited.count - kept.count, devInTrain: duplicates.devInTrain,
      testInTrain: duplicates.testInTrain,
      testInDev: duplicates.testInDev, conflictingLabels: duplicates.conflicting)
    if limited.count > kept.count {
      report(.warning("\(limited.count - kept.count) training rows are also in dev or test; they are not trained on"))
    }
    if rows.conflictingLabels > 0 {
      report(.warning("\(rows.conflictingLabels) training sequences carry more than one label"))
    }
    for (name, records) in [("train", train), ("its hold-out", holdOut), ("dev", dev), ("test", test)]
    where records.isEmpty {
      throw StageFailure(code: "empty-split", "\(name) has no rows")
    }
    guard Set(train.map(\.label)).count >= 2 else {
      throw StageFailure(code: "one-class", "the labels of the training rows are all the same")
    }
  }
}

/// The same rows as token ids.
struct TaskTokens {
  let train: LabelledTokens
  let holdOut: LabelledTokens
  let dev: LabelledTokens
  let test: LabelledTokens

  init(_ task: TaskSplits, _ tokenizer: Tokenizer, maximumLength: Int, _ context: StageContext) {
    var cut = 0
    let encode = { (records: [LabelledRecord]) in
      let encoded = tokenizer.encode(records.map(\.sequence), threads: context.threads)
      var batch = TokenBatch()
      for index in 0..<encoded.count {
        let ids = encoded[index]
        if ids.count > maximumLength { cut += 1 }
        // A sequence shorter than one token is one unknown token.
        batch.append(ids.isEmpty ? [Tokenizer.unknown] : ids.prefix(maximumLength))
      }
      return LabelledTokens(tokens: batch, labels: records.map { Int32($0.label) })
    }
    train = encode(task.train)
    holdOut = encode(task.holdOut)
    dev = encode(task.dev)
    test = encode(task.test)
    if cut > 0 { context.report(.warning("\(cut) sequences are longer than \(maximumLength) tokens and were cut")) }
  }
}
