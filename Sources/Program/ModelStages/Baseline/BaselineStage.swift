package import Artifacts
import DataStages
import Glibc
import Inputs
import Labelled
import Rankings
import Sequences
import Tokenizers
import Wording

/// Fits a linear model to one task.
package enum BaselineStage: Stage {
  static let kMin = ParameterKey<Int>(
    "k-min", .int(0...8), default: 0, neutral: 0, unit: "letters",
    help: "Length of the shortest k-mers; 0 stands for 3, of proteins for 1.")
  static let kMax = ParameterKey<Int>(
    "k-max", .int(0...8), default: 0, neutral: 0, unit: "letters",
    help: "Length of the longest k-mers; 0 stands for 6, of proteins for 3, which is their limit.")
  static let strands = ParameterKey<String>(
    "strands", .choice(["both", "one"]), default: "both", neutral: "both",
    help:
      "Whether k-mers of DNA are counted on the reverse complement too; words at a place are of one strand.")
  static let positionWords = ParameterKey<Int>(
    "position-words", .int(0...6), default: 3, neutral: 3, unit: "letters",
    help: "Words up to this length, each at its distance from the start, are features too, of proteins single "
      + "letters; 0 counts k-mers alone.")
  static let positions = ParameterKey<Int>(
    "positions", .int(1...100_000), default: 512, neutral: 512, unit: "letters",
    help: "Distance from the start up to which words count at their places.")
  static let positionWeights = ParameterKey<[Double]>(
    "position-weights", .list(.float(0...10)), default: weights, neutral: weights,
    help: "How much each word at a place counts beside the k-mers, whose vector has length 1; the best on the "
      + "hold-out is taken.")
  static let c = ParameterKey<[Double]>(
    "c", .list(.float(1e-6...1e6)), default: strengths, neutral: strengths,
    help: "Inverse strengths of the L2 penalty; the best on the hold-out is taken.")
  static let holdOut = ParameterKey<Double>(
    "hold-out", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help:
      "Part of train, by sequence hash, on which both are chosen: the rows on which fine-tune chooses its epoch.")

  package static let declaration = StageDeclaration(
    name: "baseline", version: 2,
    summary:
      "Fit a linear model of k-mers, and of words at their places, to a task: what a search must be held against.",
    parameters: [
      kMin.parameter, kMax.parameter, strands.parameter, positionWords.parameter, positions.parameter,
      positionWeights.parameter, c.parameter, holdOut.parameter, FineTuneStage.threshold.parameter,
      .alphabet, .rows("training sequences"),
    ],
    inputs: [
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences, or pairs, in train, dev and test: classes, sets of them, or values.")
    ],
    outputs: [
      OutputPort("metrics", .metrics, .file, help: "The metrics of fine-tune on dev and test, with intervals."),
      .predictions,
    ],
    example: """
      baseline:
        stage: baseline
        in: { task: $tasks }
      """)

  /// Weights of a model, of whose size L-BFGS keeps some 27 vectors: 7 GB.
  private static let mostWeights = 1 << 25

  private static let weights = [0, 0.1, 0.3, 1]
  private static let strengths = [0.1, 1, 10]

  package static func run(_ context: StageContext) throws {
    let task = try TaskSplits(
      context.input("task"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
      rows: context[.rows], holdOut: context[Self.holdOut], context.report)
    guard let fit = LinearTask(task) else {
      throw StageFailure(
        code: "no-baseline", "labels are of letters: a linear model of whole sequences is no baseline for them")
    }
    let features = try TaskFeatures(task, context)
    guard features.count * fit.outputs <= mostWeights else {
      throw StageFailure(
        code: "too-large",
        "\(Words.grouped(features.count)) features of \(fit.outputs) classes are too many for a dense model; "
          + "smaller 'k-max', 'position-words' or 'positions' make fewer")
    }
    let best = try choose(context, task, fit, features)
    let outputs = { (records: [LabelledRecord]) in
      best.model.evaluate(features.weighted(features.rows(records), best.weight))
    }
    let heldOut = outputs(task.holdOut)
    let isHalf = context[FineTuneStage.threshold] == "half"
    let threshold = isHalf ? 0 : fit.threshold(heldOut, task.holdOut)
    let dev = fit.measurable(outputs(task.dev), task.dev, threshold)
    let test = fit.measurable(outputs(task.test), task.test, threshold)
    let document = MetricsDocument(
      model: task.kind == .value ? "k-mer ridge regression" : "k-mer logistic regression",
      settings: "C \(Words.short(best.strength)), weight of positions \(Words.short(best.weight)): "
        + "the best of \(best.tried) on the hold-out",
      parameters: best.model.weights.count { $0 != 0 }, rows: task.rows,
      threshold: task.hasThreshold ? threshold : nil, classes: task.classNames.isEmpty ? nil : task.classNames,
      metrics: Metrics(primary: task.metric, dev: dev.metrics(), test: test.metrics()))
    try document.write(context)
    try PredictionsArtifact.write(
      [("hold-out", task.holdOut, fit.measurable(heldOut, task.holdOut, threshold)), ("dev", task.dev, dev),
        ("test", task.test, test)],
      classes: task.classNames, context)
  }

  private struct Choice {
    let model: LinearModel
    let weight: Double
    let strength: Double
    let score: Double
    var tried = 0
  }

  /// The best model on the hold-out. The weakest penalty and the largest weight are tried last, and must be better to
  /// be taken.
  private static func choose(
    _ context: StageContext, _ task: TaskSplits, _ fit: LinearTask, _ features: TaskFeatures
  ) throws -> Choice {
    let strengths = Set(context[Self.c]).sorted()
    let weights = features.hasPlaces ? Set(context[Self.positionWeights]).sorted() : [0]
    guard !strengths.isEmpty, !weights.isEmpty else {
      throw StageFailure(code: "bad-parameters", "'c' and 'position-weights' need at least one value each")
    }
    let targets = fit.targets(task.train)
    let total = strengths.count * weights.count
    var best: Choice?
    var tried = 0
    let (allTrain, allHoldOut) = (features.rows(task.train), features.rows(task.holdOut))
    for weight in weights {
      let (train, holdOut) = (features.weighted(allTrain, weight), features.weighted(allHoldOut, weight))
      var model = LinearModel(features: features.count, outputs: fit.outputs)
      for strength in strengths {
        context.report(
          .progress(
            done: tried, total: total, unit: "fits",
            detail: "C \(Words.short(strength)), weight of positions \(Words.short(weight))"))
        guard
          let fitted = model.fitted(
            train, targets, fit.loss, strength: strength, isCancelled: { context.isInterrupted() })
        else { throw Interrupted() }
        model = fitted
        tried += 1
        // Nothing was learnt when a metric is not defined, as a correlation with equal predictions.
        let value = fit.measurable(model.evaluate(holdOut), task.holdOut).value(of: task.metric) ?? 0
        context.report(.metric(name: "hold-out \(task.metric.rawValue)", step: tried, value: value))
        let score = task.metric.higherIsBetter ? value : -value
        if best.map({ score > $0.score }) ?? true {
          best = Choice(model: model, weight: weight, strength: strength, score: score)
        }
      }
    }
    var choice = best!
    choice.tried = tried
    return choice
  }

}

/// A task as a linear model sees it: outputs, loss, targets, and what outputs mean.
private struct LinearTask {
  let outputs: Int
  let loss: LinearModel.Loss
  private let kind: LabelKind
  private let classes: Int
  private let standard: Standardization

  /// nil for labels of letters.
  init?(_ task: TaskSplits) {
    kind = task.kind
    classes = task.classes
    standard = Standardization(task.kind == .value ? task.train.map(\.value) : [0, 1])
    switch task.kind {
    case .class: (outputs, loss) = task.classes == 2 ? (1, .sigmoid) : (task.classes, .softmax)
    case .set: (outputs, loss) = (task.classes, .sigmoid)
    case .value: (outputs, loss) = (1, .squared)
    case .letters: return nil
    }
  }

  /// (n, outputs), row by row.
  func targets(_ records: [LabelledRecord]) -> [Double] {
    if kind == .value { return records.map { Double(standard.standard($0.value)) } }
    if outputs == 1 { return records.map { Double($0.number) } }
    var targets = [Double](repeating: 0, count: records.count * outputs)
    for (row, record) in records.enumerated() {
      for member in kind == .set ? record.members : [record.number] { targets[row * outputs + member] = 1 }
    }
    return targets
  }

  /// The best threshold between two classes by outputs on the hold-out; 0 for other labels.
  func threshold(_ values: [Double], _ records: [LabelledRecord]) -> Double {
    guard kind == .class, outputs == 1 else { return 0 }
    return Predictions.bestThreshold(logits: values.flatMap { [0, $0] }, labels: records.map(\.number))
  }

  func measurable(_ values: [Double], _ records: [LabelledRecord], _ threshold: Double = 0) -> any Measurable {
    switch kind {
    case .value: Regression(predicted: values.map(standard.original), targets: records.map(\.value))
    case .set: SetPredictions(logits: values, labels: records.map(\.members), classes: classes)
    default:
      Predictions(
        logits: outputs == 1 ? values.flatMap { [0, $0] } : values, labels: records.map(\.number), classes: classes,
        threshold: threshold)
    }
  }
}

/// The features of a task's sequences: tf-idf of k-mers, smooth and of length 1 as scikit-learn's TfidfVectorizer has
/// them, and words at their places. Both sequences of a pair have columns of their own.
private struct TaskFeatures {
  private let kmers: KmerFeatures
  private let partners: Int
  /// By column of a k-mer: ln((1 + rows) / (1 + rows with it)) + 1; 0 for those that train does not have.
  private let inverse: [Float]

  /// Columns.
  var count: Int { partners * kmers.columns }
  var hasPlaces: Bool { kmers.words > 0 }
  /// The first column of a word at its place.
  private var placed: Int { partners * kmers.kmerColumns }

  init(_ task: TaskSplits, _ context: StageContext) throws {
    let isProtein = task.alphabet == .protein
    let stated = { (key: ParameterKey<Int>, standard: Int) in context[key] == 0 ? standard : context[key] }
    let (low, high) = (stated(BaselineStage.kMin, isProtein ? 1 : 3), stated(BaselineStage.kMax, isProtein ? 3 : 6))
    guard low <= high, high <= Tokenizer.largestK(task.alphabet) else {
      throw StageFailure(
        code: "bad-parameters",
        "k-mers of \(low) to \(high) letters: 'k-min' is at most 'k-max', and that at most "
          + "\(Tokenizer.largestK(task.alphabet)) for \(task.alphabet.rawValue)")
    }
    let longest = task.train.reduce(0) { max($0, $1.sequence.count, $1.second.count) }
    kmers = KmerFeatures(
      task.alphabet, lengths: low...high, bothStrands: !isProtein && context[BaselineStage.strands] == "both",
      words: min(context[BaselineStage.positionWords], isProtein ? 1 : .max),
      places: min(longest, context[BaselineStage.positions]))
    partners = task.isPaired ? 2 : 1
    var frequency = [Int](repeating: 0, count: partners * kmers.kmerColumns)
    if kmers.words > 0, longest > kmers.places {
      context.report(
        .warning(
          "sequences have up to \(longest) letters; words after letter \(kmers.places) do not count at their places "
            + "('positions')"))
    }
    for record in task.train { for column in Self.counts(record, kmers).keys { frequency[column] += 1 } }
    let rows = Double(task.train.count)
    inverse = frequency.map { $0 == 0 ? 0 : Float(log((1 + rows) / (1 + Double($0))) + 1) }
  }

  /// By column of a k-mer, of both partners: how often it occurs.
  private static func counts(_ record: LabelledRecord, _ kmers: KmerFeatures) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    kmers.forEachKmer(record.sequence) { counts[$0, default: 0] += 1 }
    kmers.forEachKmer(record.second) { counts[kmers.kmerColumns + $0, default: 0] += 1 }
    return counts
  }

  /// Rows of which words at their places count `weight`.
  func weighted(_ rows: SparseRows, _ weight: Double) -> SparseRows { rows.scaled(from: placed, by: Float(weight)) }

  /// The features of rows; a word at its place counts 1.
  func rows(_ records: [LabelledRecord]) -> SparseRows {
    var rows = SparseRows(features: count)
    let perPartner = kmers.columns - kmers.kmerColumns
    for record in records {
      var row = Self.counts(record, kmers).sorted { $0.key < $1.key }.compactMap { column, count in
        inverse[column] == 0 ? nil : (column: column, value: Float(count) * inverse[column])
      }
      let length = row.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
      for i in row.indices { row[i].value /= length }
      for (partner, sequence) in [record.sequence, record.second].enumerated() {
        kmers.forEachWord(sequence) { row.append((placed + partner * perPartner + $0 - kmers.kmerColumns, 1)) }
      }
      rows.add(row)
    }
    return rows
  }
}
