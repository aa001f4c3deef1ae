import Rankings
import TestSupport
import Testing

// Rows by formula, so that scikit-learn 1.9 and scipy 1.17 could be given the same; the numbers below are theirs.
private let binaryLabels = (0..<40).map { ($0 * $0 * 7 + $0 * 3) % 11 % 2 }
private let ternaryLabels = (0..<40).map { ($0 * 37 + 11) % 17 % 3 }

private var binary: Predictions {
  let scores = (0..<40).flatMap { (i: Int) -> [Double] in
    let bonus: Double = binaryLabels[i] == 1 ? 0.3 : 0
    let score: Double = Double((i * 37 + 11) % 17) / 17 + bonus
    return [0.6, (score * 10_000).rounded() / 10_000]
  }
  return Predictions(logits: scores, labels: binaryLabels, classes: 2)
}

private var ternary: Predictions {
  var logits: [Double] = []
  for i in 0..<40 {
    for c in 0..<3 {
      let bonus: Double = ternaryLabels[i] == c ? 0.8 : 0
      logits.append(Double((i * 13 + c * 29) % 23) / 10 + bonus)
    }
  }
  return Predictions(logits: logits, labels: ternaryLabels, classes: 3)
}

private func close(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
  a.map { abs($0 - b) <= tolerance } ?? false
}

@Test func `binary metrics equal those of scikit-learn`() {
  let metrics = binary.metrics()
  #expect(metrics.rows == 40)
  #expect(metrics.confusion == [[17, 8], [4, 11]])
  #expect(close(metrics[.accuracy]?.value, 0.7))
  #expect(close(metrics[.mcc]?.value, 0.4007094794035653))
  #expect(close(metrics[.f1]?.value, 0.6470588235294118))
  #expect(close(metrics[.auroc]?.value, 0.8373333333333334))
  // average_precision_score
  #expect(close(metrics[.auprc]?.value, 0.8002452619843923))
  #expect(metrics.entries.map(\.metric) == [.accuracy, .mcc, .f1, .auroc, .auprc])
  // By class: precision, recall, F1, AUROC, average precision.
  let byClass: [[Double]] = [
    [17.0 / 21, 0.68, 17.0 / 23, 0.8373333333333334, 0.9022564102564102],
    [11.0 / 19, 11.0 / 15, 11.0 / 17, 0.8373333333333334, 0.8002452619843923],
  ]
  for (found, expected) in zip(metrics.byClass ?? [], byClass) {
    #expect(found.map(\.metric) == [.precision, .recall, .f1, .auroc, .auprc])
    #expect(zip(found, expected).allSatisfy { close($0.estimate.value, $1) }, "\(found)")
    #expect(found.allSatisfy { $0.estimate.low! < $0.estimate.value! && $0.estimate.value! < $0.estimate.high! })
  }
  #expect(metrics.byClass?.count == 2)
}

/// Margins of two classes that overlap, shifted.
private func overlapping(_ rows: Int, shift: Double, seed: UInt64) -> (logits: [Double], labels: [Int]) {
  var random = RandomNumbers(seed: seed)
  let labels = (0..<rows).map { _ in Int.random(in: 0...1, using: &random) }
  let noise = { (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } }
  return (labels.flatMap { [0, shift + (Double($0) - 0.5) + noise()] }, labels)
}

@Test func `a threshold is found where the classes part`() {
  // Between two normal distributions of equal size and spread the best threshold is half way.
  for (shift, seed) in [(0.0, 1 as UInt64), (2, 2), (-5, 3)] {
    let (logits, labels) = overlapping(4_000, shift: shift, seed: seed)
    let threshold = Predictions.bestThreshold(logits: logits, labels: labels)
    #expect(abs(threshold - shift) < 0.25, "\(threshold) for \(shift)")
    let moved = Predictions(logits: logits, labels: labels, classes: 2, threshold: threshold)
    let plain = Predictions(logits: logits, labels: labels, classes: 2)
    #expect(moved.value(of: .auroc) == plain.value(of: .auroc))
    #expect(moved.value(of: .mcc)! >= plain.value(of: .mcc)! - 0.01)
  }
  // Nothing is better than one half where scores part the classes there, or are all alike.
  #expect(Predictions.bestThreshold(logits: [0, -1, 0, 2, 0, 3], labels: [0, 1, 1]) <= 0.5)
  #expect(Predictions.bestThreshold(logits: [0, 1, 0, 1], labels: [0, 1]) == 0)
  #expect(Predictions.bestThreshold(logits: [0, -2, 0, -1, 0, 1, 0, 2], labels: [0, 0, 1, 1]) == 0)
}

@Test func `ternary metrics equal those of scikit-learn`() {
  let metrics = ternary.metrics(resamples: 200, seed: 0)
  #expect(metrics.confusion == [[8, 0, 8], [3, 9, 0], [2, 5, 5]])
  #expect(close(metrics[.accuracy]?.value, 0.55))
  #expect(close(metrics[.mcc]?.value, 0.327996102030644))
  #expect(close(metrics[.f1]?.value, 0.5480106100795755))
  #expect(close(metrics[.auroc]?.value, 0.7776537698412699))
  #expect(close(metrics[.auprc]?.value, 0.7039520275046591))
  #expect(close(metrics.byClass?[1][1].estimate.value, 0.75))
  #expect(close(metrics.byClass?[2][3].estimate.value, 0.7083333333333334))
}

@Test func `regression metrics equal those of SciPy`() {
  let targets = (0..<40).map { Double(($0 * 31) % 19) / 3 }
  let predicted = (0..<40).map { (i: Int) -> Double in
    let value: Double = targets[i] * 0.7 + Double((i * 17) % 13) / 2
    return (value * 10).rounded(.toNearestOrEven) / 10
  }
  let metrics = Regression(predicted: predicted, targets: targets).metrics()
  #expect(close(metrics[.rmse]?.value, 2.879670119996386))
  // sklearn.metrics.r2_score
  #expect(close(metrics[.r2]?.value, -1.428850378325604))
  #expect(close(metrics[.pearson]?.value, 0.5122497575429144))
  #expect(close(metrics[.spearman]?.value, 0.46527260776389917))
  #expect(metrics.confusion == nil)
  // 20,000 and 3,000 numpy resamples; 2,000 of our own differ by a few hundredths.
  #expect(close(metrics[.rmse]?.low, 2.3435, 0.06) && close(metrics[.rmse]?.high, 3.3632, 0.06))
  #expect(close(metrics[.r2]?.low, -2.6925, 0.15) && close(metrics[.r2]?.high, -0.6229, 0.06))
  #expect(close(metrics[.spearman]?.low, 0.1823, 0.06) && close(metrics[.spearman]?.high, 0.6745, 0.06))
}

@Test func `confidence intervals equal those of references`() {
  let metrics = binary.metrics()
  // scipy.stats.binomtest(28, 40).proportion_ci(method="wilson")
  #expect(close(metrics[.accuracy]?.low, 0.5456998118185507) && close(metrics[.accuracy]?.high, 0.8192515477025347))
  // Percentiles of 20,000 (AUROC 5,000) numpy resamples.
  #expect(close(metrics[.mcc]?.low, 0.1048, 0.03) && close(metrics[.mcc]?.high, 0.6745, 0.03))
  #expect(close(metrics[.f1]?.low, 0.4286, 0.03) && close(metrics[.f1]?.high, 0.8125, 0.03))
  #expect(close(metrics[.auroc]?.low, 0.7005, 0.03) && close(metrics[.auroc]?.high, 0.9487, 0.03))
  #expect(binary.metrics() == metrics)
  #expect(binary.metrics(resamples: 2_000, seed: 1) != metrics)
}

@Test func `metrics of degenerate rows are defined`() {
  func metrics(_ probabilities: [Double], _ labels: [Int], _ classes: Int = 2) -> SplitMetrics {
    Predictions(probabilities: probabilities, labels: labels, classes: classes).metrics(resamples: 100, seed: 0)
  }
  // All predictions alike: MCC 0 by scikit-learn's convention.
  let alike = metrics([0.4, 0.6, 0.4, 0.6], [0, 1])
  #expect(alike[.mcc]?.value == 0)
  #expect(alike[.auroc]?.value == 0.5)
  // One class alone: no ROC curve, F1 of an absent class 0.
  let single = metrics([0.9, 0.1, 0.8, 0.2], [0, 0])
  #expect(single[.auroc] == Estimate(nil))
  #expect(single[.f1]?.value == 0)
  #expect(single[.accuracy]?.value == 1 && single[.accuracy]?.high == 1)
  // scikit-learn: f1_score([0, 1, 1], [0, 2, 1], average="macro").
  let three = metrics([1, 0, 0, 0, 0, 1, 0, 1, 0], [0, 1, 1], 3)
  #expect(close(three[.f1]?.value, 5.0 / 9))
  #expect(metrics([], [])[.mcc] == Estimate(nil))
  // Ties of scores go to the lowest class.
  #expect(Predictions(probabilities: [0.5, 0.5], labels: [1], classes: 2).predicted == [0])
  let constant = Regression(predicted: [1, 1, 1], targets: [1, 2, 3]).metrics(resamples: 50, seed: 0)
  #expect(constant[.pearson]?.value == nil && constant[.spearman]?.value == nil)
  #expect(constant[.r2]?.value == -1.5, "a constant prediction can be told from the mean")
  #expect(Regression(predicted: [1, 2, 3], targets: [2, 2, 2]).value(of: .r2) == nil)
  #expect(Regression(predicted: [3, 1, 2], targets: [3, 1, 2]).value(of: .r2) == 1)
}

@Test func `the area under the curve counts pairs`() {
  // Every pair by hand, for random scores with many ties.
  var state: UInt64 = 88_172_645_463_325_252
  func next(_ bound: UInt64) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % bound)
  }
  for n in [2, 3, 7, 50] {
    let labels = (0..<n).map { $0 == 0 ? 0 : $0 == 1 ? 1 : next(2) }, scores = labels.map { _ in Double(next(6)) / 10 }
    var pairs = 0.0, right = 0.0
    for i in 0..<n where labels[i] == 1 {
      for j in 0..<n where labels[j] == 0 {
        pairs += 1
        right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
      }
    }
    let predictions = Predictions(probabilities: scores.flatMap { [1 - $0, $0] }, labels: labels, classes: 2)
    #expect(close(predictions.metrics(resamples: 1, seed: 0)[.auroc]?.value, right / pairs))
  }
}

private func setScore(_ i: Int, _ c: Int) -> (score: Double, isMember: Bool) {
  let isMember = (i * i * 7 + i * 3 + c * 5) % 11 % 3 == 0
  return (Double((i * 37 + c * 13 + 11) % 17) / 17 - 0.5 + (isMember ? 0.3 : 0), isMember)
}

@Test func `metrics of sets equal those of scikit-learn`() {
  let sets = SetPredictions(
    logits: (0..<40).flatMap { i in (0..<4).map { setScore(i, $0).score } },
    labels: (0..<40).map { i in (0..<4).filter { setScore(i, $0).isMember } }, classes: 4)
  let metrics = sets.metrics()
  #expect(metrics.entries.map(\.metric) == SetPredictions.measures)
  #expect(close(metrics[.auroc]?.value, 0.6721286670135775))
  #expect(close(metrics[.microF1]?.value, 0.6144578313253012))
  #expect(close(metrics[.macroF1]?.value, 0.5858053899879329))
  #expect(close(metrics[.auprc]?.value, 0.6312490730563701))
  #expect(close(metrics.byClass?[3][0].estimate.value, 2.0 / 11))
  #expect(close(metrics.byClass?[0][4].estimate.value, 0.6751786824790829))
  // Percentiles of 5,000 numpy resamples.
  #expect(close(metrics[.microF1]?.low, 0.5466, 0.02) && close(metrics[.microF1]?.high, 0.6747, 0.02))
  for metric in SetPredictions.measures { #expect(sets.value(of: metric) == metrics[metric]?.value) }
  let empty = SetPredictions(logits: [-1, -1], labels: [[]], classes: 2)
  #expect(empty.value(of: .macroF1) == nil && empty.value(of: .auroc) == nil)
}

@Test func `metrics of tokens equal those of scikit-learn`() {
  let lengths = (0..<30).map { 3 + $0 % 5 }
  let count = lengths.reduce(0, +)
  let labels = (0..<count).map { $0 % 7 == 0 ? -1 : ($0 * 37 + 11) % 17 % 3 }
  var logits: [Double] = []
  for i in 0..<count {
    for c in 0..<3 { logits.append(Double((i * 13 + c * 29) % 23) / 10 + (labels[i] == c ? 0.8 : 0)) }
  }
  var rest = labels[...]
  let byRow = lengths.map { length in
    defer { rest = rest.dropFirst(length) }
    return Array(rest.prefix(length))
  }
  let tokens = TokenPredictions(
    labels: byRow, predicted: TokenPredictions.classes(logits: logits, lengths: lengths, classes: 3), classes: 3)
  let metrics = tokens.metrics()
  #expect(metrics.rows == 30)
  #expect(close(metrics[.accuracy]?.value, 0.59375))
  #expect(close(metrics[.mcc]?.value, 0.3886658695917773))
  #expect(close(metrics[.f1]?.value, 0.5845541193367281))
  // Percentiles of 20,000 numpy resamples of whole sequences.
  #expect(close(metrics[.accuracy]?.low, 0.5242, 0.02) && close(metrics[.accuracy]?.high, 0.6617, 0.02))
  for metric in TokenPredictions.measures { #expect(tokens.value(of: metric) == metrics[metric]?.value) }
}

@Test func `metrics without intervals have the same values`() {
  for metric in Predictions.measures { #expect(ternary.value(of: metric) == ternary.metrics()[metric]?.value) }
  let regression = Regression(predicted: [1, 3, 2, 5], targets: [1, 2, 3, 4])
  for metric in Regression.measures {
    #expect(regression.value(of: metric) == regression.metrics()[metric]?.value)
    #expect(ternary.value(of: metric) == nil && regression.value(of: .mcc) == nil)
  }
}

/// A measure alone has the bits that it has among all, on each resample and on any part of them.
@Test func `one measure is computed as all are`() {
  let rows = 30
  let labels: [Int] = (0..<rows).map { $0 * $0 % 3 }
  let logits: [Double] = (0..<3 * rows).map { (place: Int) in Double(place * 7 % 11 - place % 4 * 2) }
  let sets: [[Int]] = labels.map { $0 == 0 ? [] : [0, $0] }
  let pairs = Array(logits.prefix(2 * rows))
  let all: [any Measurable] = [
    Predictions(logits: logits, labels: labels, classes: 3), SetPredictions(logits: logits, labels: sets, classes: 3),
    Predictions(logits: pairs, labels: labels.map { min($0, 1) }, classes: 2, threshold: 0.5),
    Predictions(labels: labels, predicted: labels.reversed(), classes: 3),
    Regression(predicted: Array(logits.prefix(rows)), targets: labels.map(Double.init)),
    TokenPredictions(labels: labels.map { [$0, -1, 1] }, predicted: labels.map { [0, 1, $0] }, classes: 3),
  ]
  for predictions in all {
    let measures = type(of: predictions).measures
    let (bootstrap, whole) = (Bootstrap(rows: rows, resamples: 60), predictions.prepared())
    let among = measures.indices.map { index in { whole($0)[index] } as WeightedMeasure }
    let alone = measures.map { predictions.prepared($0) }
    let expected = bootstrap.values(of: among, on: 0..<60)
    let parts = (bootstrap.values(of: alone, on: 0..<17), bootstrap.values(of: alone, on: 17..<60))
    #expect(zip(parts.0, parts.1).map { $0 + $1 } == expected, "\(predictions)")
    #expect(predictions.value(of: .precision) == nil)
  }
}

/// Predictions of each kind are read as they were written, and measure the same.
@Test func `predictions are read as they were written`() throws {
  let sets = SetPredictions(logits: [1, -2, 0.5, 3], labels: [[0], [0, 1]], classes: 2)
  let tokens = TokenPredictions(labels: [[0, 1, -1], [1]], predicted: [[0, 0, 1], [1]], classes: 2)
  let all: [(any Measurable, [String])] = [
    (binary, ["no", "yes"]), (ternary, ["a b", "b", "c"]), (sets, ["x", "y"]), (tokens, ["E", "I"]),
    (Regression(predicted: [0.5, 2], targets: [1, -2e-9]), []),
    (Predictions(labels: [0, 1, 1], predicted: [0, 1, 0], classes: 2), ["no", "yes"]),
  ]
  for (predictions, classes) in all {
    let table = PredictionTable(predictions, classes: classes)
    let read = try PredictionTable.read(
      table.header, table.rows, classes: PredictionTable.classes(table.header, table.rows))
    #expect(PredictionTable(read, classes: classes).rows == table.rows)
    for metric in type(of: predictions).measures {
      #expect(predictions.value(of: metric) == read.value(of: metric), "\(metric) of \(table.header)")
    }
  }
  let faults: [([String], [[String]], Int?)] = [
    (["class", "predicted"], [], nil), (["label", "guess"], [], nil), (["value", "predicted"], [["1", "x"]], 0),
    (["label", "predicted", "score:b"], [["a", "b", "1"], ["a", "a", "inf"]], 1),
    (["label", "predicted", "score:a", "score:b", "score:c"], [["a", "d", "1", "2", "3"]], 0),
    (["letters", "predicted"], [["EE", "E"]], 0), (["labels", "predicted", "score:a"], [["a;b", "a", "1"]], 0),
    (["label", "predicted", "score:b"], [["a", "b", "1"], ["c", "a", "0"]], nil),
    (["label", "predicted", "score:a", "score:b"], [["a", "b", "0", "1"]], nil),
  ]
  for (header, rows, place) in faults {
    let fault = #expect(throws: PredictionTable.Fault.self) {
      _ = try PredictionTable.read(header, rows, classes: PredictionTable.classes(header, rows))
    }
    #expect(fault?.row == place, "\(header)")
  }
}

/// A split in which one class alone occurs has the numbers of the file.
@Test func `classes are numbered over all splits`() throws {
  let header = ["label", "predicted", "score:yes"]
  let rows = [["yes", "yes", "2"], ["yes", "yes", "1"], ["no", "yes", "1"]]
  let classes = PredictionTable.classes(header, rows)
  #expect(classes == ["no", "yes"])
  let one = try PredictionTable.read(header, Array(rows.prefix(2)), classes: classes)
  #expect(one.value(of: .f1) == 1)
  #expect(PredictionTable.classes(header, Array(rows.prefix(2))) == ["", "yes"])
}

/// More classes than can be looked at have no matrix and no rows of their own.
@Test func `metrics of a thousand classes stay small`() {
  let labels = (0..<3_000).map { $0 % 1_000 }
  let predicted = (0..<3_000).map { $0 % 3 == 0 ? ($0 * 7) % 1_000 : $0 % 1_000 }
  let metrics = Predictions(labels: labels, predicted: predicted, classes: 1_000).metrics(resamples: 200, seed: 0)
  #expect(metrics.confusion == nil && metrics.byClass == nil)
  #expect(metrics[.accuracy]!.value! > 0.66 && metrics[.mcc]!.low! > 0.6 && metrics[.f1]!.value! > 0.5)
}
