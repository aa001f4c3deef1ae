package import Artifacts
import Inputs
import Labelled
import Rankings
import Searches
import Sequences
import Spaces
import TaskStages
import Wording

/// Foresees results of architectures from those of others.
package enum PredictScoresStage: Stage {
  static let method = ParameterKey<String>(
    "method", .choice(ScorePredictor.allCases.map(\.rawValue)), default: "regression", neutral: "regression",
    help: "regression: ridge regression on the modules, their places and pairs, widths and depth. graph: a small graph "
      + "network along the path. similar: the mean of the five most similar architectures.")
  static let k = ParameterKey<Int>(
    "k", .int(1...1000), default: 5, neutral: 5, unit: "architectures",
    help: "The best so many, by which predictors are judged.")
  /// Below, a task left out leaves nothing to learn from.
  private static let fewest = 10

  package static let declaration = StageDeclaration(
    name: "predict-scores", version: 1,
    summary:
      "Foresee results of architectures from those of others, and measure how well that goes on a task left out.",
    parameters: [method.parameter, k.parameter, .alphabet, .seed],
    inputs: [
      InputPort(
        "ranking", [.ranking], help: "Results of architectures on tasks; candidates without a score are left out."),
      InputPort(
        "candidates", [.architectures], required: false,
        help: "Architectures to foresee, as those of 'vary' or of a larger 'sample-space'; without them those of the "
          + "ranking are."),
      InputPort(
        "tasks", [.labelledSequences], required: false, roles: ["task"],
        help: "The tasks of the ranking, by the same ids: with them, results on the task whose training sequences are "
          + "most alike (words of four letters, cosine) are measured as a predictor too."),
    ],
    outputs: [
      OutputPort(
        "forecast", .forecast, .file,
        help: "The architectures with the mean standardised result over tasks that is foreseen, the best first; "
          + "'select' takes the first."),
      OutputPort(
        "assessment", .assessment, .file,
        help:
          "By task left out: Spearman's correlation, precision and hit rate at k of every method, beside the mean over "
          + "other tasks, the nearest task, and chance; for architectures with known results on other tasks, and new "
          + "ones. Empty for a ranking on one task."),
    ],
    isParallel: true,
    example: """
      foreseen:
        stage: predict-scores
        in: { ranking: $ranking.ranking, candidates: $wide.architectures }
      next:
        stage: select
        with: { count: 10 }
        in: { forecast: $foreseen.forecast }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let ranking = try RankingDocument(context.input("ranking"))
    let (tasks, scored) = (ranking.ranking.tasks.map(\.task), ranking.scored)
    guard scored.count >= fewest else {
      throw StageFailure(
        code: "few-candidates", "\(Words.count(scored.count, "candidate")) with a score: a predictor needs \(fewest)")
    }
    let known = try scored.map { try ArchitectureText.parse($0.architecture) }
    let results = tasks.indices.map { task in scored.map { $0.results[task] } }
    let asked: [Architecture]
    if let candidates = context.optionalInput("candidates") {
      asked = try candidates.names.map { name in
        let text = String(decoding: try candidates.bytes(name), as: UTF8.self)
        return try ArchitectureText.parse(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      }
    } else {
      var seen: Set<Architecture> = []
      asked = known.filter { seen.insert($0).inserted }
    }
    let method = ScorePredictor(rawValue: context[method])!
    let means = scored.indices.map { place in
      results.reduce(0) { $0 + PredictorAssessment.standardized($1)[place] } / Double(tasks.count)
    }
    guard
      let foreseen = try method.predict(
        known, means, of: asked, seed: context[.seed], threads: context.threads, isInterrupted: context.isInterrupted)
    else { throw Interrupted() }
    let order = asked.indices.sorted { (-foreseen[$0], $0) < (-foreseen[$1], $1) }
    try context.outputs.write(
      "forecast", "",
      JSONArtifact.encode(
        Forecast(
          method: method.rawValue, known: known.count, tasks: tasks,
          architectures: order.map { .init(architecture: asked[$0].text, score: foreseen[$0]) })))
    try context.outputs.write("assessment", "", JSONArtifact.encode(assessment(context, known, tasks, results)))
  }

  private static func assessment(
    _ context: StageContext, _ known: [Architecture], _ tasks: [String], _ results: [[Double]]
  ) throws -> [PredictorAssessment] {
    guard tasks.count > 1 else {
      context.report(.warning("the ranking is on one task: none can be left out, and nothing is measured"))
      return []
    }
    let assessment = try PredictorAssessment(
      known, tasks: tasks, results: results, nearest: nearest(context, tasks), k: context[k], seed: context[.seed],
      threads: context.threads,
      progress: { context.report(.progress(done: $0, total: $1, unit: "predictors", detail: "tasks left out")) },
      isInterrupted: context.isInterrupted)
    guard let assessment else { throw Interrupted() }
    return [assessment]
  }

  /// By task, the place of the one whose training sequences have the most similar words: of four letters of DNA, of two
  /// residues.
  private static func nearest(_ context: StageContext, _ tasks: [String]) throws -> [Int]? {
    let inputs = context.inputs["tasks"] ?? []
    guard !inputs.isEmpty else { return nil }
    let alphabet = Alphabet(rawValue: context[.alphabet]) ?? .dna
    let spectra = try tasks.map { task in
      guard let artifact = inputs.first(where: { $0.ids["task"]?.joined(separator: ",") == task })?.artifact else {
        throw StageFailure(
          code: "no-such-task", "the port 'tasks' has no task '\(task)', which the ranking has: bind the same axis")
      }
      let source = SequenceSource(
        artifact, path: SequenceSource.names(at: "tasks"), alphabet: alphabet, rows: 0, context.report)
      var spectrum = WordSpectrum(length: alphabet == .protein ? 2 : 4)
      for record in try source.labelled().train {
        spectrum.add(record.sequence)
        spectrum.add(record.second)
      }
      return spectrum
    }
    return spectra.indices.map { task in
      spectra.indices.filter { $0 != task }.max { a, b in
        (spectra[task].cosine(spectra[a]), -a) < (spectra[task].cosine(spectra[b]), -b)
      }!
    }
  }
}

/// How often each word of up to four letters occurs.
private struct WordSpectrum {
  private var counts: [UInt32: Int] = [:]
  private let length: Int

  init(length: Int) { self.length = length }

  mutating func add(_ sequence: [UInt8]) {
    let mask: UInt32 = length == 4 ? .max : 1 << UInt32(8 * length) - 1
    var word: UInt32 = 0
    for (place, letter) in sequence.enumerated() {
      word = (word << 8 | UInt32(letter)) & mask
      if place + 1 >= length { counts[word, default: 0] += 1 }
    }
  }

  /// Sums of products of counts, which are whole numbers: no order of words changes them.
  private func product(_ other: WordSpectrum) -> Double {
    counts.reduce(0.0) { $0 + Double($1.value) * Double(other.counts[$1.key] ?? 0) }
  }

  func cosine(_ other: WordSpectrum) -> Double {
    let lengths = (product(self) * other.product(other)).squareRoot()
    return lengths > 0 ? product(other) / lengths : 0
  }
}

extension ArtifactKind {
  /// Foreseen results of architectures.
  package static let forecast = ArtifactKind("forecast")
  /// How well results are foreseen.
  package static let assessment = ArtifactKind("assessment")
}
