import Labelled
import LinearModels
import Rankings
import Sequences
import Wording

extension Audit {
  /// Rows of a split that are told apart from those of another, and rows of train that a model of labels is fitted to.
  private static let (mostCompared, mostTrained) = (5000, 20_000)
  /// Rows of a split below which its scores say nothing of another's.
  private static let fewRows = 30

  /// Whether splits are of one distribution: whether k-mers tell their rows apart, and whether a model of train is as
  /// good on dev as on test.
  func shift() -> Finding {
    guard min(task.dev.count, task.test.count) >= Self.fewRows else {
      return Finding(.splitShift, .unchecked, "dev or test has fewer than \(Self.fewRows) rows")
    }
    var measures: [Finding.Measure] = []
    for (a, b) in [(SplitName.dev, SplitName.test), (.train, .test), (.train, .dev)] {
      guard let measure = toldApart(a, b) else { continue }
      measures.append(measure)
    }
    let (labels, gap) = scoreGap()
    measures += labels
    let told = measures.filter { $0.metric == .auroc && ($0.estimate.low ?? 0) > 0.515 && $0.name.contains("from") }
    let isFar = told.contains { ($0.estimate.low ?? 0) > 0.65 }
    let isGap = (gap?.errors ?? 0) > 3.5 && abs(gap?.difference ?? 0) > 0.03
    // Splits by groups, or by the sequences of pairs, are meant to differ.
    let isMeant = task.isPaired || task.train.contains { !$0.group.isEmpty }
    let isGrave = !isMeant && (isFar || isGap && abs(gap!.difference) > 0.1)
    var reasons = told.map { "k-mers tell rows of \($0.name) with \(Shortcut.text([$0], on: $0.name))" }
    if isGap, let gap {
      reasons.append(
        "a model of k-mers fitted to train has \(gap.metric.rawValue) \(Words.fixed(gap.dev, 3)) on dev and "
          + "\(Words.fixed(gap.test, 3)) on test, \(Words.fixed(gap.errors, 1)) standard errors apart")
    }
    let words =
      reasons.isEmpty
      ? "k-mers do not tell the splits apart"
      : "the splits are not of one distribution: \(reasons.joined(separator: "; "))"
        + (isMeant ? "; they are made by \(task.isPaired ? "sequences of pairs" : "groups")" : "")
    let severity: Finding.Severity = isGrave ? .grave : told.isEmpty && !isGap ? .fine : .notable
    return Finding(.splitShift, severity, words + sampled, measures: measures)
  }

  /// The rows that were left out of these comparisons, in words; empty where there are none.
  private var sampled: String {
    let compared = task.dev.count > Self.mostCompared || task.test.count > Self.mostCompared
    let parts = [
      compared ? "at most \(Words.grouped(Self.mostCompared)) rows of a split are compared" : nil,
      task.train.count > Self.mostTrained ? "the model of k-mers has \(Words.grouped(Self.mostTrained)) rows" : nil,
    ].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")), taken by the hash of their sequences)"
  }

  /// A sample of a split, by the hash of sequences.
  private func sample(_ split: SplitName, _ most: Int) -> [LabelledRecord] { Self.sample(task[split], most) }

  private static func sample(_ records: [LabelledRecord], _ most: Int) -> [LabelledRecord] {
    guard records.count > most else { return records }
    let hashes = records.map { HoldOut.hash($0.identity, seed: 3) }
    let taken = records.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }.prefix(most)
    return taken.sorted().map { records[$0] }
  }

  private func vectors(_ records: [LabelledRecord]) -> KmerVectors {
    let isDNA = alphabet == .dna
    let kmers = KmerFeatures(
      alphabet, lengths: isDNA ? 3...5 : 1...2, bothStrands: isDNA && isUnstranded, words: 0, places: 0)
    return KmerVectors(
      kmers, isPaired: task.isPaired, train: records.map { ($0.sequence, $0.second) }, workers)
  }

  private func rows(_ records: [LabelledRecord], _ vectors: KmerVectors) -> KmerRows {
    vectors.rows(records.map { ($0.sequence, $0.second) }, workers)
  }

  /// How well k-mers tell rows of two splits apart, as many of each, in a cross-validation of five parts; nil where a
  /// part has no row of one, or it is cancelled.
  private func toldApart(_ a: SplitName, _ b: SplitName) -> Finding.Measure? {
    let most = min(task[a].count, task[b].count, Self.mostCompared)
    let sides = [sample(a, most), sample(b, most)]
    let records = sides[0] + sides[1]
    let labels = records.indices.map { $0 < most ? 0 : 1 }
    let folds = Folds(records)
    var outputs = [Double](repeating: 0, count: records.count)
    for fold in 0..<Folds.count {
      let (train, test) = folds.parted(fold)
      if test.isEmpty { continue }
      guard Set(train.map { labels[$0] }).count == 2 else { return nil }
      let vectors = vectors(train.map { records[$0] })
      let model = LinearModel(features: vectors.count, outputs: 1).fitted(
        rows(train.map { records[$0] }, vectors), train.map { Double(labels[$0]) }, .sigmoid, strength: 1,
        tolerance: 1e-3, rounds: 200, workers, isCancelled: isCancelled)
      guard let model else { return nil }
      for (row, output) in zip(test, model.evaluate(rows(test.map { records[$0] }, vectors), workers)) {
        outputs[row] = output
      }
    }
    let predictions = Predictions(logits: outputs.flatMap { [0, $0] }, labels: labels, classes: 2)
    guard let estimate = predictions.metrics(resamples: Shortcut.resamples)[.auroc] else { return nil }
    return Finding.Measure(
      name: "\(a.rawValue) from \(b.rawValue)", metric: .auroc, estimate: estimate, chance: 0.5)
  }

  /// The difference of a metric between dev and test.
  struct ScoreGap {
    let metric: Metric
    let dev: Double
    let test: Double
    /// In standard errors of the difference.
    let errors: Double
    var difference: Double { test - dev }
  }

  /// Measures on dev and test of a model of labels by k-mers, without rows of train that they have too.
  private func scoreGap() -> ([Finding.Measure], ScoreGap?) {
    guard let shortcut = Shortcut(self), isLabelled else { return ([], nil) }
    let key = { (record: LabelledRecord) in alphabet == .dna ? record.unstranded.identity : record.identity }
    let evaluated = Set((task.dev + task.test).map(key))
    let train = Self.sample(shortcut.kept(task.train).filter { !evaluated.contains(key($0)) }, Self.mostTrained)
    guard Set(train.map(\.label)).count > 1 else { return ([], nil) }
    let vectors = vectors(train)
    let own = rows(train, vectors)
    guard let model = shortcut.model(own, train) else { return ([], nil) }
    let threshold = shortcut.fit.threshold(model.evaluate(own, workers), train)
    let measured = [SplitName.dev, .test].map { ($0, shortcut.kept(task[$0])) }
    let measures = measured.flatMap { split, records in
      shortcut.measures(split.rawValue, model.evaluate(rows(records, vectors), workers), records, threshold)
    }
    if measured.contains(where: { $0.1.count < Self.fewRows }) { return (measures, nil) }
    let estimate = { (name: String) in
      measures.first { $0.name == name && $0.metric == metric }?.estimate
    }
    guard let dev = estimate("dev"), let test = estimate("test"), let first = dev.value, let second = test.value,
      let errors = [dev, test].reduce(
        0.0 as Double?,
        { sum, one in
          guard let sum, let low = one.low, let high = one.high else { return nil }
          return sum + (high - low) / 3.92 * (high - low) / 3.92
        }), errors > 0
    else { return (measures, nil) }
    return (
      measures,
      ScoreGap(metric: metric, dev: first, test: second, errors: abs(second - first) / errors.squareRoot())
    )
  }
}
