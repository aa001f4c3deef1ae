package import Artifacts
import Audits
import DataStages
import Inputs
import Labelled
import LinearModels
import ModelStages
import Rankings
import Sequences
import System
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
      + "hold-out is taken, and on one of 250 rows or more none beyond the first that is no better.")
  static let c = ParameterKey<[Double]>(
    "c", .list(.float(1e-6...1e6)), default: strengths, neutral: strengths,
    help: "Inverse strengths of the L2 penalty; the best on the hold-out is taken.")
  static let reach = ParameterKey<Int>(
    "reach", .int(0...50), default: 8, neutral: 8, unit: "letters",
    help: "Labels of letters: letters on either side of one that are features of its label; of DNA scores of 6-mers "
      + "around it are, too.")
  static let letters = ParameterKey<Int>(
    "letters", .int(0...Int.max), default: 100_000, neutral: 100_000, unit: "letters",
    help: "Labels of letters: how many of train the model is fitted to, spread evenly over it, and on how many of the "
      + "hold-out the penalty is chosen; 0 takes all. Scores of 6-mers are learned from all of train.")
  static let holdOut = ParameterKey<Double>(
    "hold-out", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help:
      "Part of train, by sequence hash, on which both are chosen: the rows on which fine-tune chooses its epoch.")

  package static let declaration = StageDeclaration(
    name: "baseline", version: 5,
    summary:
      "Fit a linear model of k-mers, and of words at their places, to a task: what a search must be held against.",
    parameters: [
      kMin.parameter, kMax.parameter, strands.parameter, positionWords.parameter, positions.parameter,
      positionWeights.parameter, reach.parameter, letters.parameter, c.parameter, holdOut.parameter,
      FineTuneStage.holdOutSeed.parameter,
      FineTuneStage.threshold.parameter,
      .alphabet, .sampledRows,
    ],
    inputs: [
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences, or pairs, in train, dev and test: classes, sets of them, values, or letters.")
    ],
    outputs: [
      OutputPort("metrics", .metrics, .file, help: "The metrics of fine-tune on dev and test, with intervals."),
      .predictions,
    ],
    rules: [.unreadByBaseline],
    tolerance: MetricsDocument.tolerance,
    example: """
      baseline:
        stage: baseline
        in: { task: $tasks }
      """)

  /// Weights of a model, of whose size L-BFGS keeps some 27 vectors: 7 GB.
  private static let mostWeights = 1 << 25

  /// Rows of a hold-out from which on a weight that is not better ends the search; fewer do not tell weights apart.
  private static let tellingRows = 250

  private static let weights = [0, 0.1, 0.3, 1]
  private static let strengths = [0.1, 1, 10]

  package static func run(_ context: StageContext) throws {
    let task = try TaskSplits(
      context.input("task"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
      rows: context[.rows], holdOut: context[Self.holdOut], holdOutSeed: context[FineTuneStage.holdOutSeed],
      context.report)
    let workers = WorkerPool(threads: context.threads)
    guard let fit = LinearTask(task) else {
      return try LetterBaseline(context: context, task: task, workers: workers).run()
    }
    let isProtein = task.alphabet == .protein
    let stated = { (key: ParameterKey<Int>, standard: Int) in context[key] == 0 ? standard : context[key] }
    let features = try KmerVectors(
      task, low: stated(kMin, isProtein ? 1 : 3), high: stated(kMax, isProtein ? 3 : 6),
      bothStrands: context[strands] == "both", words: context[positionWords], places: context[positions], context,
      workers)
    guard features.count * fit.form.outputs <= mostWeights else {
      throw StageFailure(
        code: "too-large",
        "\(Words.grouped(features.count)) features of \(fit.form.outputs) classes are too many for a dense model; "
          + "smaller 'k-max', 'position-words' or 'positions' make fewer")
    }
    let best = try choose(context, task, fit, features, workers)
    let outputs = { (records: [LabelledRecord]) in
      best.penalty.model.evaluate(features.rows(records, workers).weighted(best.weight), workers)
    }
    let heldOut = outputs(task.holdOut)
    let isHalf = context[FineTuneStage.threshold] == "half"
    let threshold = isHalf ? 0 : fit.threshold(heldOut, task.holdOut)
    let dev = fit.measurable(outputs(task.dev), task.dev, threshold)
    let test = fit.measurable(outputs(task.test), task.test, threshold)
    let document = MetricsDocument(
      model: task.kind == .value ? "k-mer ridge regression" : "k-mer logistic regression",
      settings: "C \(Words.short(best.penalty.strength)), weight of positions \(Words.short(best.weight)): "
        + "the best of \(best.tried) on the hold-out",
      parameters: best.penalty.model.weights.count { $0 != 0 }, rows: task.rows,
      threshold: task.hasThreshold ? threshold : nil, classes: task.classNames.isEmpty ? nil : task.classNames,
      metrics: Metrics(
        primary: task.metric, dev: dev.metrics(PredictionsArtifact.partners(task.dev)),
        test: test.metrics(PredictionsArtifact.partners(task.test))))
    try document.write(context)
    try PredictionsArtifact.write(
      [
        ("hold-out", task.holdOut, fit.measurable(heldOut, task.holdOut, threshold)), ("dev", task.dev, dev),
        ("test", task.test, test),
      ],
      classes: task.classNames, context)
  }

  private struct Choice {
    let penalty: PenaltyChoice
    let weight: Double
    let tried: Int
  }

  /// The best model on the hold-out. The weakest penalty and the largest weight are tried last, and must be better to
  /// be taken; on a large hold-out the first weight with which none is better ends the search.
  private static func choose(
    _ context: StageContext, _ task: TaskSplits, _ fit: LinearTask, _ features: KmerVectors, _ workers: WorkerPool
  ) throws -> Choice {
    let strengths = Set(context[Self.c]).sorted()
    let weights = features.hasPlaces ? Set(context[Self.positionWeights]).sorted() : [0]
    guard !strengths.isEmpty, !weights.isEmpty else {
      throw StageFailure(code: "bad-parameters", "'c' and 'position-weights' need at least one value each")
    }
    let targets = fit.targets(task.train)
    let total = strengths.count * weights.count
    var best: (penalty: PenaltyChoice, weight: Double)?
    var tried = 0
    let (allTrain, allHoldOut) = (features.rows(task.train, workers), features.rows(task.holdOut, workers))
    for weight in weights {
      let (train, holdOut) = (allTrain.weighted(weight), allHoldOut.weighted(weight))
      let told = { (done: Int, detail: String) in
        context.report(
          .progress(
            done: done, total: total, unit: "fits", detail: detail + "weight of positions \(Words.short(weight))"))
      }
      told(tried, "")
      let model = LinearModel(features: features.count, outputs: fit.form.outputs)
      let penalty = model.best(
        of: strengths, train, targets, fit.form.loss, workers, isCancelled: { context.isInterrupted() }
      ) { model, strength in
        tried += 1
        // Nothing was learnt when a metric is not defined, as a correlation with equal predictions.
        let value = fit.measurable(model.evaluate(holdOut, workers), task.holdOut).value(of: task.metric) ?? 0
        told(tried, "C \(Words.short(strength)), ")
        context.report(.metric(name: "hold-out \(task.metric.rawValue)", step: tried, value: value))
        return task.metric.higherIsBetter ? value : -value
      }
      guard let penalty else { throw Interrupted() }
      if let best, penalty.score <= best.penalty.score {
        if task.holdOut.count >= tellingRows { break }
      } else {
        best = (penalty, weight)
      }
    }
    return Choice(penalty: best!.penalty, weight: best!.weight, tried: tried)
  }
}
