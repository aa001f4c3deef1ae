import Labelled
import LinearModels
import Rankings
import System
import Wording

/// A linear model of features that say nearly nothing of a sequence, fitted to train and measured on dev and test.
struct Shortcut {
  /// Resamples of an interval.
  static let resamples = 400
  /// Rounds of a fit, which many classes would make long, and its tolerance.
  private static let (rounds, tolerance) = (200, 1e-3)

  /// Classes up to which all are told apart; of more, the most frequent of train.
  private static let mostClasses = 32

  let audit: Audit
  let fit: LinearTask
  /// By class: its number among those that are told apart, or nil; none where all are.
  private let numbers: [Int: Int]

  /// nil for labels of letters.
  init?(_ audit: Audit) {
    let classes = audit.task.classes.count
    var numbers: [Int: Int] = [:]
    if classes > Self.mostClasses {
      var counts = [Int](repeating: 0, count: classes)
      for record in audit.task.train {
        if case .number(let number) = record.label { counts[number] += 1 }
        if case .set(let members) = record.label { for member in members { counts[member] += 1 } }
      }
      let frequent = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(Self.mostClasses)
      for (number, own) in frequent.sorted().enumerated() { numbers[own] = number }
    }
    guard
      let fit = LinearTask(
        audit.task.kind, classes: numbers.isEmpty ? classes : numbers.count, train: audit.task.train)
    else { return nil }
    (self.audit, self.fit, self.numbers) = (audit, fit, numbers)
  }

  /// Records of the classes that are told apart, by their numbers among these.
  func kept(_ records: [LabelledRecord]) -> [LabelledRecord] {
    if numbers.isEmpty { return records }
    return records.compactMap { record in
      var copy = record
      switch record.label {
      case .number(let number):
        guard let own = numbers[number] else { return nil }
        copy.label = .number(own)
      case .set(let members): copy.label = .set(members.compactMap { numbers[$0] }.sorted())
      case .value, .letters: break
      }
      return copy
    }
  }

  /// The classes that are told apart, in words; nothing where all are.
  var part: String {
    numbers.isEmpty
      ? "" : ", of the \(numbers.count) most frequent of \(Words.grouped(audit.task.classes.count)) classes"
  }

  /// A model of rows of features with labels; nil where it is cancelled.
  func model(_ rows: some FeatureRows, _ records: [LabelledRecord], strength: Double = 1) -> LinearModel? {
    let start = LinearModel(features: rows.features, outputs: fit.form.outputs)
    if fit.form == .value {
      return start.best(
        of: [strength], rows, fit.targets(records), fit.form.loss, audit.workers, isCancelled: audit.isCancelled
      ) { _, _ in 0 }?.model
    }
    return start.fitted(
      rows, fit.targets(records), fit.form.loss, strength: strength, tolerance: Self.tolerance, rounds: Self.rounds,
      audit.workers, isCancelled: audit.isCancelled)
  }

  /// The measures on dev and test of a model of `features`; nil where it is cancelled.
  /// - Parameter rows: makes rows of features of records.
  func measures<Rows: FeatureRows>(_ rows: ([LabelledRecord]) -> Rows) -> [Finding.Measure]? {
    let trained = kept(audit.task.train)
    let train = rows(trained)
    guard let model = model(train, trained) else { return nil }
    let threshold = fit.threshold(model.evaluate(train, audit.workers), trained)
    return [SplitName.dev, .test].flatMap { split in
      let records = kept(audit.task[split])
      return measures(split.rawValue, model.evaluate(rows(records), audit.workers), records, threshold)
    }
  }

  /// The primary metric and the one that tells a shortcut, of a model's outputs for some records.
  func measures(
    _ name: String, _ outputs: [Double], _ records: [LabelledRecord], _ threshold: Double
  ) -> [Finding.Measure] {
    guard !records.isEmpty else { return [] }
    let metrics = fit.measurable(outputs, records, threshold).metrics(
      Self.partners(records), resamples: Self.resamples)
    var known: Set<Metric> = []
    return ([audit.metric] + (audit.task.kind == .class ? [.accuracy] : []) + [detector]).compactMap { metric in
      guard known.insert(metric).inserted, let estimate = metrics[metric] else { return nil }
      return Finding.Measure(name: name, metric: metric, estimate: estimate, chance: chance(metric, records))
    }
  }

  /// The sequences of pairs, by which intervals are; nil where rows are no pairs.
  private static func partners(_ records: [LabelledRecord]) -> Partners? {
    guard records.first?.second.isEmpty == false else { return nil }
    return Partners(
      records.map { (String(decoding: $0.sequence, as: UTF8.self), String(decoding: $0.second, as: UTF8.self)) })
  }

  /// The metric by which a shortcut is one: it needs no threshold.
  var detector: Metric { fit.form == .value ? .spearman : .auroc }

  /// The value of a guess.
  private func chance(_ metric: Metric, _ records: [LabelledRecord]) -> Double? {
    switch metric {
    case .auroc: 0.5
    case .mcc, .pearson, .spearman, .r2: 0
    case .accuracy:
      audit.task.kind == .class
        ? Double(Self.largest(records)) / Double(records.count) : nil
    default: nil
    }
  }

  /// Rows of the commonest class.
  private static func largest(_ records: [LabelledRecord]) -> Int {
    var counts: [Int: Int] = [:]
    for record in records { counts[record.number, default: 0] += 1 }
    return counts.values.max() ?? 0
  }

  /// How much measures matter: by the lower end of the interval of the detector on rows called `name`.
  func severity(_ measures: [Finding.Measure], on name: String = "test") -> Finding.Severity {
    guard let found = measures.first(where: { $0.name == name && $0.metric == detector }), let low = found.estimate.low
    else { return .unchecked }
    let above = detector == .auroc ? 2 * (low - 0.5) : low
    return above > 0.4 ? .grave : above > 0.1 ? .notable : .fine
  }

  /// `test AUROC 0.931 (0.912 to 0.950), MCC 0.802`
  static func text(_ measures: [Finding.Measure], on name: String = "test") -> String {
    measures.filter { $0.name == name }.map { measure in
      let estimate = measure.estimate
      let value = estimate.value.map { Words.fixed($0, 3) } ?? "not defined"
      guard let low = estimate.low, let high = estimate.high else { return "\(measure.metric.rawValue) \(value)" }
      let chance = measure.metric == .accuracy ? measure.chance.map { ", \(Words.fixed($0, 3)) by a guess" } ?? "" : ""
      return "\(measure.metric.rawValue) \(value) (\(Words.fixed(low, 3)) to \(Words.fixed(high, 3))\(chance))"
    }.joined(separator: ", ")
  }
}

/// Numbers as features of a linear model that may be of any shape: of each number whether it lies in each of up to
/// sixteen parts of equally many training rows.
struct BinnedNumbers {
  private static let most = 16
  /// By column: the ends of the parts, ascending.
  private let ends: [[Double]]

  /// `rows` (n, c) of train.
  init(_ rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    ends = (0..<columns).map { column in
      let sorted = rows.map { $0[column] }.sorted()
      var ends: [Double] = []
      for part in 1..<Self.most {
        let value = sorted[part * sorted.count / Self.most]
        if value > (ends.last ?? sorted[0]) { ends.append(value) }
      }
      return ends
    }
  }

  var isConstant: Bool { ends.allSatisfy(\.isEmpty) }

  /// Rows of features.
  func rows(_ numbers: [[Double]]) -> DenseRows {
    let width = ends.reduce(0) { $0 + $1.count + 1 }
    var values = [Float](repeating: 0, count: numbers.count * width)
    for (row, own) in numbers.enumerated() {
      var first = row * width
      for (column, ends) in ends.enumerated() {
        values[first + ends.count { $0 <= own[column] }] = 1
        first += ends.count + 1
      }
    }
    return DenseRows(values, features: width)
  }
}
