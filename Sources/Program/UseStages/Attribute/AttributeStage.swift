package import Artifacts
import Inputs
import Labelled
import ModelStages
import Sequences
import Wording

/// Says which letters a trained model's outputs come from.
package enum AttributeStage: Stage {
  static let method = ParameterKey<String>(
    "method", .choice(Attributor.Method.allCases.map(\.rawValue)), default: "integrated-gradients",
    neutral: "integrated-gradients",
    help: "mutagenesis: what the output loses, in the mean, by the other letters in the place of each. "
      + "gradient-x-input: the gradient times the difference to the baseline. integrated-gradients: the mean gradient "
      + "on the way from the baseline, so that contributions add up to the difference of both outputs.")
  static let steps = ParameterKey<Int>(
    "steps", .int(1...10_000), default: 32, neutral: 32, unit: "steps",
    help: "Points on the way of integrated gradients; a warning says when they are too few.")
  static let baseline = ParameterKey<String>(
    "baseline", .choice(Attributor.Baseline.allCases.map(\.rawValue)), default: "mean", neutral: "mean",
    help: "The sequence against which gradients are held: the mean of its own embedded tokens in every place, or its "
      + "letters shuffled with their dinucleotides kept, the mean of 8.")
  static let layers = ParameterKey<Bool>(
    "layers", .bool, default: true, neutral: true,
    help: "Also what tokens contribute behind each layer, a lane each: of gradients by its activations against those "
      + "of the baseline there, of mutagenesis by putting the latter in the place of one token's.")
  static let className = ParameterKey<String>(
    "class", .string, default: "", neutral: "",
    help: "The class whose rows are asked why they are of it: by its logit ahead of the mean of the others. Empty: the "
      + "second of two, and of more each row's own; of values all rows are asked. Of sets it must be stated.")
  static let split = ParameterKey<String>(
    "split", .choice(SplitName.allCases.dropLast().map(\.rawValue)), default: "test", neutral: "test",
    help: "The rows that are asked.")
  static let rowLimit = ParameterKey<Int>(
    "rows", .int(0...Int.max), default: 500, neutral: 500, unit: "rows",
    help: "The most rows that are asked, a sample by their letters; 0 asks all.")
  static let upstream = ParameterKey<Int>(
    "upstream", .int(-1...1_000_000), default: -1, neutral: -1, unit: "letters",
    help: "Letters before the site at which rows are aligned, which counts as +1, as the start of transcription; -1: "
      + "there is none. Where no sites are planted, those of TATA, Inr and DPE are then known.")
  static let shuffles = ParameterKey<Int>(
    "shuffles", .int(0...100), default: 1, neutral: 1, unit: "shuffles",
    help: "Shuffled rows for each row, dinucleotides kept, which make the null of tracks and of windows; 0: none.")
  static let motifs = ParameterKey<Int>(
    "motifs", .int(0...100), default: 5, neutral: 5, unit: "motifs",
    help: "The most matrices that are made of the windows with the largest contributions.")
  static let motifLength = ParameterKey<Int>(
    "motif-length", .int(4...50), default: 8, neutral: 8, unit: "letters", help: "Letters of such a window.")

  package static let declaration = StageDeclaration(
    name: "attribute", version: 1,
    summary: "Measure what each letter contributes to a fine-tuned model's output, by layer too, and find its motifs.",
    parameters: [
      method.parameter, steps.parameter, baseline.parameter, layers.parameter, className.parameter, split.parameter,
      rowLimit.parameter, upstream.parameter, shuffles.parameter, motifs.parameter, motifLength.parameter, .seed,
    ],
    inputs: [
      InputPort("model", [.model], help: "The fine-tuned model, of classes, sets or values of single sequences."),
      InputPort(
        "task", [.labelledSequences],
        help: "The rows that are asked. Where it has motifs.tsv, as 'synthesize' writes, contributions are held "
          + "against the planted sites."),
    ],
    outputs: [
      OutputPort(
        "attribution", .attribution, .file,
        help:
          "Means by place with intervals, a lane for each layer, against shuffled rows; of known sites AUROC, AUPRC "
          + "and hits by lane and motif, and the effects of pairs of motifs."),
      OutputPort(
        "scores", .attributionScores, .file,
        help: "A TSV, a row for each letter of each row: its contribution by lane, and of mutagenesis what each letter "
          + "in its place adds."),
      OutputPort(
        "motifs", .motifs, .file,
        help: "Counts of letters in the layout of JASPAR, from the windows with the largest contributions."),
    ],
    isParallel: true,
    rules: [.ofMethod],
    example: """
      looks:
        stage: attribute
        with: { upstream: 50 }
        in: { model: $scores.model, task: $promoters }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let model = try TrainedModel(context.input("model"))
    guard let method = Attributor.Method(rawValue: context[method]),
      let baseline = Attributor.Baseline(rawValue: context[baseline])
    else { preconditionFailure("a method that is not declared") }
    let attributor = try Attributor(
      model, method, steps: context[steps], baseline: baseline, byLayer: context[layers], seed: context[.seed],
      threads: context.threads)
    let asked = try AskedRows(context, attributor)
    let total = asked.rows.count * (1 + context[shuffles])
    let progress = { (done: Int) -> Bool in
      context.report(.progress(done: done, total: total, unit: "rows", detail: ""))
      return context.isInterrupted()
    }
    guard let found = try attributor.explain(asked.rows, isCancelled: progress) else { throw Interrupted() }
    var null: [ExplainedRow] = []
    for number in 0..<context[shuffles] {
      let shuffled = asked.rows.map { row in
        AskedRow(
          index: row.index, sequence: attributor.shuffled(row, number, isNull: true), label: row.label,
          weights: row.weights)
      }
      let done = (1 + number) * asked.rows.count
      guard let more = try attributor.explain(shuffled, isCancelled: { progress(done + $0) }) else {
        throw Interrupted()
      }
      null += more.rows
    }
    if found.cut > 0 {
      context.report(
        .warning("\(Words.count(found.cut, "mutant")) have more tokens than the model reads, and were cut"))
    }
    try Attributed(found.rows, null: null, asked, attributor, context).write()
  }
}

extension StageRule {
  /// Mutagenesis has no baseline, and integrated gradients alone have steps.
  fileprivate static let ofMethod: StageRule = StageRule(
    reads: [AttributeStage.method.name, AttributeStage.steps.name, AttributeStage.baseline.name], isOfAll: true
  ) { settings in
    let unread = { (names: [String], reason: String) in
      AttributeStage.declaration.unread(names, settings, because: reason)
    }
    let (steps, baseline) = (AttributeStage.steps.name, AttributeStage.baseline.name)
    switch settings[AttributeStage.method].flatMap(Attributor.Method.init(rawValue:)) {
    case .mutagenesis: return unread([steps, baseline], "mutagenesis changes letters, without a baseline or steps")
    case .gradient: return unread([steps], "the gradient is taken at the sequence itself")
    case .integrated, nil: return []
    }
  }
}

extension ArtifactKind {
  /// The contributions of letters to a model's output.
  package static let attribution = ArtifactKind("attribution")
  /// A table of contributions by row and letter.
  package static let attributionScores = ArtifactKind("attribution-scores")
  /// Counts of letters at the positions of motifs.
  package static let motifs = ArtifactKind("motifs")
}
