import Glibc
import Labelled
import LinearModels
import Rankings
import Wording

extension Audit {
  /// Findings about pairs: whether their sequences are in train, and what the numbers of partners alone reach.
  func pairs() -> [Finding] {
    guard task.isPaired else { return [] }
    return [sharedPartners(), degrees()]
  }

  private func sharedPartners() -> Finding {
    var trained: Set<[UInt8]> = []
    for record in task.train { trained.formUnion([record.sequence, record.second]) }
    let counts = [SplitName.dev, .test].flatMap { split in
      let known = task[split].map { [$0.sequence, $0.second].count(where: trained.contains) }
      return [
        Finding.Count(
          "pairs of \(split.rawValue) both of whose sequences train has", known.count { $0 == 2 }, of: known.count),
        Finding.Count("pairs of \(split.rawValue) of which train has one", known.count { $0 == 1 }, of: known.count),
      ]
    }
    let isNew = counts.allSatisfy { $0.count == 0 }
    return Finding(
      .sharedPartners, isNew ? .fine : .notable,
      isNew
        ? "no sequence of a pair of dev or test is in a pair of train"
        : "sequences of pairs are in train too: \(Self.words(counts)); a score is one for known sequences",
      counts: counts)
  }

  /// The numbers of partners: of each class, how many other pairs of training rows of that class have the one sequence,
  /// and how many the other.
  private func degrees() -> Finding {
    guard let shortcut = Shortcut(self), task.kind == .class, isLabelled, task.classes.count <= 32 else {
      return Finding(
        .pairDegreeShortcut, .unchecked,
        "partners are counted by class, and labels are no single classes, or more than 32")
    }
    let records = task.train + task.dev + task.test
    let degrees = Degrees(records, classes: task.classes.count)
    let folds = Folds(records)
    var outputs = [Double](repeating: 0, count: records.count * shortcut.fit.form.outputs)
    let width = shortcut.fit.form.outputs
    for fold in 0..<Folds.count {
      let (train, test) = folds.parted(fold)
      guard let found = output(shortcut, degrees, records, train, test) else { continue }
      for (place, row) in test.enumerated() {
        for output in 0..<width { outputs[row * width + output] = found[place * width + output] }
      }
    }
    let random = "pairs parted at random"
    var measures = shortcut.measures(random, outputs, records, 0)
    let train = Array(task.train.indices)
    var first = train.count
    for split in [SplitName.dev, .test] {
      let rows = Array(first..<first + task[split].count)
      first += rows.count
      guard let found = output(shortcut, degrees, records, train, rows) else { continue }
      measures += shortcut.measures(split.rawValue, found, task[split], 0)
    }
    let (own, other) = (shortcut.severity(measures), shortcut.severity(measures, on: random))
    let isOwn = own == .grave || own == .notable
    let severity = isOwn ? own : other == .grave || other == .notable ? .notable : .fine
    return Finding(
      .pairDegreeShortcut, severity,
      severity == .fine
        ? "the numbers of partners alone tell little: test \(Shortcut.text(measures))"
        : "the numbers of partners of each class alone, without a sequence, reach on test \(Shortcut.text(measures)), "
          + "and on \(random) \(Shortcut.text(measures, on: random))",
      measures: measures)
  }

  /// Outputs for some rows of a model of partners in others; nil where it is cancelled, or none is to train on.
  private func output(
    _ shortcut: Shortcut, _ degrees: Degrees, _ records: [LabelledRecord], _ train: [Int], _ test: [Int]
  ) -> [Double]? {
    guard !train.isEmpty, !test.isEmpty else { return nil }
    let counts = degrees.counts(train)
    guard
      let model = shortcut.model(degrees.rows(train, counts, less: true), train.map { records[$0] }, strength: 10)
    else { return nil }
    return model.evaluate(degrees.rows(test, counts, less: false), workers)
  }
}

/// How many partners the sequences of pairs have, by class.
private struct Degrees {
  private let classes: Int
  /// By row: the numbers of both sequences, and the class.
  private let rows: [(first: Int, second: Int, label: Int)]
  private let sequences: Int

  init(_ records: [LabelledRecord], classes: Int) {
    self.classes = classes
    var numbers: [[UInt8]: Int] = [:]
    rows = records.map { record in
      let ends = [record.sequence, record.second].map { sequence in
        let number = numbers[sequence] ?? numbers.count
        numbers[sequence] = number
        return number
      }
      return (ends[0], ends[1], record.number)
    }
    sequences = numbers.count
  }

  /// (sequences, classes): partners in some rows.
  func counts(_ rows: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: sequences * classes)
    for (first, second, label) in rows.map({ self.rows[$0] }) {
      counts[first * classes + label] += 1
      if second != first { counts[second * classes + label] += 1 }
    }
    return counts
  }

  /// Features of rows: by class the sum over both sequences of the logarithm of one more than the partners.
  /// - Parameter less: whether the rows themselves were counted, which are then taken away.
  func rows(_ rows: [Int], _ counts: [Int], less: Bool) -> DenseRows {
    var values: [Float] = []
    values.reserveCapacity(rows.count * classes)
    for (first, second, label) in rows.map({ self.rows[$0] }) {
      for number in 0..<classes {
        let own = less && number == label ? 1 : 0
        let logarithm = { (sequence: Int) in log(Double(1 + counts[sequence * classes + number] - own)) }
        values.append(Float(logarithm(first) + logarithm(second)))
      }
    }
    return DenseRows(values, features: classes)
  }
}
