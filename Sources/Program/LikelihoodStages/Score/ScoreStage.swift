package import Artifacts
import Glibc
import Inputs
import Labelled
import ModelStages
import Networks
import Sequences
import Wording

/// Scores sequences under a language model.
package enum ScoreStage: Stage {
  static let strands = ParameterKey<String>(
    "strands", .choice(["forward", "both"]), default: "forward", neutral: "forward",
    help: "both: a sequence of DNA is scored on either strand, and its score is the mean over both.")
  static let window = ParameterKey<Int>(
    "window", .int(0...10_000_000), default: 0, neutral: 0, unit: "tokens",
    help: "Tokens that the network reads at once; 0: whole sequences, or as many as it has positions.")
  static let step = ParameterKey<Int>(
    "step", .int(0...10_000_000), default: 0, neutral: 0, unit: "tokens",
    help: "Tokens between the starts of two windows of a causal model, which scores each token once, in the first "
      + "window that holds it; 0: half a window. A masked model reads a window around each token.")

  /// Letters that are in memory at once, if need be those of one sequence alone.
  private static let lettersAtOnce = 1 << 18

  package static let declaration = StageDeclaration(
    name: "score", version: 2,
    summary: "Score sequences by the likelihood that a pretrained model gives them.",
    parameters: [
      LanguageModel.tag.parameter, strands.parameter, window.parameter, step.parameter, .alphabet,
      .rows("sequences of each file"),
    ],
    inputs: LanguageModel.ports + [
      InputPort("sequences", [.sequences, .labelledSequences], help: "Sequences to score.")
    ],
    outputs: [
      OutputPort(
        "scores", .likelihoods, .file,
        help:
          "A TSV, a row for each sequence: letters, letters and tokens that were scored (on both strands together), "
          + "the log-likelihood in nats and its mean over tokens, bits per letter, and the mean entropy of the "
          + "distributions in bits; a sequence of which no token was scored has no number. Weights of ntp score a "
          + "distributions in bits; a sequence of which no token was scored has no number. Weights of ntp score a "
          + "token by those before it, the first one, without a tag, by nothing: it is not scored; those of mm each "
          + "token by itself, masked."),
      OutputPort(
        "positions", .tokenLikelihoods, .file, isOnDemand: true,
        help: "A TSV, a row for each token that was scored: its letters, from 0 on its strand, the tokens that were "
          + "seen of it, log-probability and entropy in nats."),
      OutputPort(
        "context", .contextBits, .file,
        help:
          "Bits per letter by the number of tokens seen, with intervals over sequences: whether a longer context is "
          + "used."),
    ],
    isParallel: true,
    forms: [.architecture(at: "architecture")],
    example: """
      likelihoods:
        stage: score
        with: { strands: both }
        in: { weights: $model.weights, tokenizer: $tokens.tokenizer, architecture: c64-t128, sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let scorer = try LikelihoodScorer(
      LanguageModel(context), window: context[window], step: context[step], isCancelled: context.isInterrupted)
    let source = try SequenceSource(context.input("sequences"), at: "sequences", context, context.report)
    let strands = context[strands] == "both" ? 2 : 1
    try scorer.check(source.reading.alphabet, strands: strands)
    if !scorer.model.network.isCausal, context[step] > 0 {
      context.report(.warning("'step' is not read: a masked model reads a window around each token"))
    }
    var run = try ScoreRun(context, scorer, strands: strands)
    var (records, letters): ([SequenceRecord], Int) = ([], 0)
    try source.forEach { record, _ in
      records.append(record)
      letters += record.sequence.count
      if letters >= Self.lettersAtOnce {
        try run.score(records)
        (records, letters) = ([], 0)
      }
    }
    try run.score(records)
    try run.close()
  }
}

/// The scoring of one step: its outputs, and what is counted.
private struct ScoreRun {
  private let context: StageContext
  private let scorer: LikelihoodScorer
  private let strands: Int
  private let table: DelimitedOutput
  private let positions: DelimitedOutput
  private var bins = ContextBins()
  private var (done, letters, scored) = (0, 0, 0)

  init(_ context: StageContext, _ scorer: LikelihoodScorer, strands: Int) throws {
    (self.context, self.scorer, self.strands) = (context, scorer, strands)
    table = DelimitedOutput(
      try context.outputs.create("scores", ""), .tab,
      header: ["name", "letters", "scored", "tokens", "log-likelihood", "mean", "bits-per-letter", "entropy"])
    positions = DelimitedOutput(
      try context.outputs.create("positions", ""), .tab,
      header: ["name", "strand", "start", "end", "context", "log-probability", "entropy"])
  }

  mutating func score(_ records: [SequenceRecord]) throws {
    let sequences = records.flatMap { record in
      strands == 1 ? [record.sequence] : [record.sequence, Complement.reversed(record.sequence)]
    }
    var sums = [LikelihoodSum](repeating: LikelihoodSum(), count: records.count)
    var begun = -1
    try scorer.forEachToken(of: sequences) { sequence, token in
      let record = sequence / strands
      while begun < record {
        bins.begin()
        begun += 1
      }
      bins.add(token)
      sums[record].add(token)
      try positions.add(
        [
          records[record].name, sequence % strands == 0 ? "+" : "-", "\(token.place.lowerBound)",
          "\(token.place.upperBound)", "\(token.context)", "\(token.logProbability)", "\(token.entropy)",
        ].map { Array($0.utf8) })
    }
    for (record, sum) in zip(records, sums) {
      let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
      try table.add(
        [
          record.name, "\(record.sequence.count)", "\(sum.letters)", "\(sum.tokens)",
          number(sum.tokens > 0 ? sum.logLikelihood / Double(strands) : nil), number(sum.mean),
          number(sum.bitsPerLetter), number(sum.meanEntropy),
        ].map { Array($0.utf8) })
      letters += record.sequence.count * strands
      scored += sum.letters
    }
    done += records.count
    context.report(.progress(done: done, total: 0, unit: "sequences", detail: ""))
  }

  func close() throws {
    try table.close()
    try positions.close()
    let document = bins.document(scorer.model.architecture, isCausal: scorer.model.network.isCausal)
    try context.outputs.write("context", "", JSONArtifact.encode(document))
    if scored < letters {
      let reason = scorer.model.network.isCausal ? "the first of a sequence, and unknown ones" : "unknown ones"
      context.report(
        .warning(
          "\(Words.count(letters - scored, "letter")) of \(Words.grouped(letters)) not scored: those of tokens that "
            + "are " + reason))
    }
  }
}

extension ArtifactKind {
  /// A table of scores of sequences.
  package static let likelihoods = ArtifactKind("likelihoods")
  /// A table of scores of tokens.
  package static let tokenLikelihoods = ArtifactKind("token-likelihoods")
  /// Bits per letter by context.
  package static let contextBits = ArtifactKind("context-bits")
}
