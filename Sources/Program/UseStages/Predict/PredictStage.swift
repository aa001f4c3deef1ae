package import Artifacts
import Inputs
import Labelled
import ModelStages
import Sequences

/// Predicts the labels of new sequences.
package enum PredictStage: Stage {
  package static let long = ParameterKey<String>(
    "long", .choice(Predictor.Long.allCases.map(\.rawValue)), default: "cut", neutral: "cut",
    help: "What becomes of sequences that are longer than what the model reads. cut: the rest is not read. windows: "
      + "every sequence longer than 'window' is read in pieces, a row for each. refuse: they are an error.")
  package static let window = ParameterKey<Int>(
    "window", .int(0...1_000_000), default: 0, neutral: 0, unit: "letters",
    help: "Length of a piece; 0: that of the longest sequence of the training.")
  package static let step = ParameterKey<Int>(
    "step", .int(0...1_000_000), default: 0, neutral: 0, unit: "letters",
    help: "Letters between the starts of two pieces; 0: a whole piece. The last piece ends with the sequence.")

  package static let declaration = StageDeclaration(
    name: "predict", version: 2,
    summary: "Predict the labels of new sequences with a trained model, or with the mean of several.",
    parameters: [long.parameter, window.parameter, step.parameter],
    inputs: [
      InputPort(
        "model", [.model], required: false, alternative: "members", acceptsSeveral: true,
        help: "The model; of several of one task the mean."),
      InputPort(
        "members", [.model], required: false, roles: ["member"],
        help: "Models that an axis has made, as of several seeds, instead."),
      InputPort("sequences", [.sequences], help: "Sequences to predict; for a model of pairs two by two."),
    ],
    outputs: [
      OutputPort(
        "table", .predicted, .file,
        help: "A TSV, a row for each sequence or piece: what is predicted, scores, of several models their range, and "
          + "notes.")
    ],
    isParallel: true,
    rules: [.windowsAlone],
    example: """
      genome-wide:
        stage: predict
        with: { long: windows, step: 50 }
        in: { model: { from: $scores.model, of: $ranking.winner }, sequences: $genome }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let models = context.artifacts(at: "model") + context.artifacts(at: "members")
    let reading = Predictor.Reading(
      Predictor.Long(rawValue: context[long]) ?? .cut, window: context[window], step: context[step])
    let predictor = try Predictor(models, reading, threads: context.threads)
    let source = SequenceSource(
      context.input("sequences"), path: SequenceSource.names(at: "sequences"), alphabet: predictor.alphabet, rows: 0,
      context.report)
    let output = DelimitedOutput(try context.outputs.create("table", ""), .tab, header: predictor.header)
    let isComplete = try predictor.predict(source, isCancelled: context.isInterrupted) { rows, done in
      for row in rows { try output.add(row.map { Array($0.utf8) }) }
      context.report(.progress(done: done, total: 0, unit: "sequences", detail: ""))
    }
    guard isComplete else { throw Interrupted() }
    try output.close()
    for warning in predictor.warnings { context.report(.warning(warning)) }
  }
}

extension StageRule {
  /// Lengths of pieces are stated where there are pieces.
  fileprivate static let windowsAlone: StageRule = StageRule(
    reads: [PredictStage.long.name, PredictStage.window.name, PredictStage.step.name]
  ) { settings in
    guard let long = settings[PredictStage.long], long != Predictor.Long.windows.rawValue else { return [] }
    return PredictStage.declaration.unread(
      [PredictStage.window.name, PredictStage.step.name], settings,
      because: "'long' is '\(long)', which makes no pieces")
  }
}

extension ArtifactKind {
  /// A table of what models say of new sequences.
  package static let predicted = ArtifactKind("predicted")
}
