package import Artifacts
import Inputs
import Labelled
import LinearModels
import Sequences
import TaskStages
import UseStages
import Wording

/// Judges features of sequences by a task, without training a network.
package enum ProbeStage: Stage {
  static let method = ParameterKey<String>(
    "method", .choice(["nearest", "linear"]), default: "nearest", neutral: "nearest",
    help: "nearest: a row has the class of most of its nearest training rows by cosine, or the mean of their values. "
      + "linear: logistic regression of standardised embeddings, ridge regression for values, with the best penalty "
      + "on the hold-out.")
  static let k = ParameterKey<Int>(
    "k", .int(1...1000), default: 1, neutral: 1, unit: "rows", help: "Nearest training rows that count.")
  static let kMin = ParameterKey<Int>(
    "k-min", .int(0...8), default: 0, neutral: 0, unit: "letters",
    help: "Length of the shortest k-mers, without embeddings; 0 stands for 5, of proteins for 3.")
  static let kMax = ParameterKey<Int>(
    "k-max", .int(0...8), default: 0, neutral: 0, unit: "letters",
    help: "Length of the longest k-mers, without embeddings; 0 stands for 6, of proteins for 3.")
  static let strands = ParameterKey<String>(
    "strands", .choice(["both", "one"]), default: "both", neutral: "both",
    help: "Whether k-mers of DNA are counted on the reverse complement too.")
  static let c = ParameterKey<[Double]>(
    "c", .list(.float(1e-6...1e6)), default: StandardizedModel.strengths, neutral: StandardizedModel.strengths,
    help: "Inverse strengths of the L2 penalty of a linear model; the best on the hold-out is taken.")
  static let holdOut = ParameterKey<Double>(
    "hold-out", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "Part of train, by sequence hash, on which the penalty is chosen; nearest rows are of all of train.")

  package static let declaration = StageDeclaration(
    name: "probe", version: 1,
    summary: "Judge embeddings by a task, by nearest neighbours or a linear model; without embeddings k-mers.",
    parameters: [
      method.parameter, k.parameter, kMin.parameter, kMax.parameter, strands.parameter, c.parameter, holdOut.parameter,
      FineTuneStage.holdOutSeed.parameter, FineTuneStage.threshold.parameter, .alphabet, .sampledRows,
    ],
    inputs: [
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences, or pairs, in train, dev and test: classes, sets of them, or values."),
      InputPort(
        "embeddings", [.embeddings], required: false,
        help: "Features of all sequences of the task, whatever else is in it: 'embed' takes the task at its port "
          + "'sequences'. Without them, features are tf-idf vectors of k-mers."),
    ],
    outputs: [
      OutputPort("metrics", .metrics, .file, help: "The metrics of fine-tune on dev and test, with intervals."),
      .predictions,
    ],
    isParallel: true,
    rules: [.linearProbe, .unreadByMethod],
    tolerance: MetricsDocument.tolerance,
    example: """
      features:
        stage: embed
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: c64-t128, sequences: $barcodes }
      neighbours:
        stage: probe
        in: { task: $barcodes, embeddings: $features }
      kmer-neighbours:
        stage: probe
        with: { strands: one }
        in: { task: $barcodes }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let isLinear = context[method] == "linear"
    let task = try TaskSplits(
      context.input("task"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna, rows: context[.rows],
      holdOut: isLinear ? context[holdOut] : 0, holdOutSeed: context[FineTuneStage.holdOutSeed], context.report)
    guard task.kind != .letters else {
      throw StageFailure(code: "no-probe", "labels are of letters: a probe is of features of whole sequences")
    }
    let unseen = [("dev", task.rows.devUnseen, task.dev), ("test", task.rows.testUnseen, task.test)]
    for case (let name, let count?, let records) in unseen {
      context.report(
        .warning(
          "\(Words.part(count, of: records.count, "rows of \(name)")) are of a class that no row of train has, and "
            + "count as wrong; 'unseen: drop' of the input leaves them out"))
    }
    let probing = Probing(context, task)
    try isLinear ? probing.fit() : probing.findNeighbours()
  }
}

extension StageRule {
  /// A linear model is of embeddings.
  fileprivate static let linearProbe: StageRule = StageRule(reads: [ProbeStage.method.name]) { settings in
    guard settings[ProbeStage.method] == "linear", !settings.bound.contains("embeddings") else { return [] }
    return [
      .error(
        "bad-ports", "a linear model of k-mers is what 'baseline' fits; that of a probe is of embeddings",
        at: ProbeStage.method.name)
    ]
  }

  /// Either method, and either kind of features, reads parameters of its own.
  fileprivate static let unreadByMethod: StageRule = {
    let nearest = [ProbeStage.k.name]
    let kmers = [ProbeStage.kMin.name, ProbeStage.kMax.name, ProbeStage.strands.name]
    let linear = [
      ProbeStage.c.name, ProbeStage.holdOut.name, FineTuneStage.holdOutSeed.name, FineTuneStage.threshold.name,
    ]
    return StageRule(reads: [ProbeStage.method.name] + nearest + kmers + linear, isOfAll: true) { settings in
      let unread = { ProbeStage.declaration.unread($0, settings, because: $1) }
      let findings = settings.bound.contains("embeddings") ? unread(kmers, "features are the embeddings") : []
      switch settings[ProbeStage.method] {
      case "linear": return findings + unread(nearest, "a linear model has no neighbours")
      case "nearest": return findings + unread(linear, "nearest neighbours are not fitted")
      default: return findings
      }
    }
  }()
}
