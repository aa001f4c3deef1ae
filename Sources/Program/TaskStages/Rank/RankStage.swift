package import Artifacts
import AuditStages
import Inputs
import ModelStages
import Rankings

/// Orders candidates by their mean z-score over tasks, or a mean of their results.
package enum RankStage: Stage {
  static let aggregate = ParameterKey<String>(
    "aggregate", .choice(Ranking.Aggregate.allCases.map(\.rawValue)), default: "mean-z", neutral: "mean-z",
    help: "How results on several tasks become a score: the mean of z-scores over candidates; the mean of the results "
      + "themselves, for measures of one scale; or their harmonic mean, for measures from 0 to 1, which is 0 where one "
      + "of them is 0 or less.")

  package static let declaration = StageDeclaration(
    name: "rank", version: 5,
    summary: "Order candidates by their mean z-score over tasks, or a mean of their results, on dev.",
    parameters: [CandidateScore.metric.parameter, aggregate.parameter],
    inputs: [
      InputPort(
        "scores", [.metrics, .predictions], roles: ["candidate", "task", "replicate", "trial"], acceptsFailures: true,
        help: "Metrics of every candidate on every task; failed ones rank last. Predictions beside them tell which "
          + "candidates the data tell apart from the first. Of several trials, as learning rates, that with the best "
          + "mean over replicates on dev counts, for each candidate and task."),
      InputPort(
        "baselines", [.metrics, .predictions], required: false, roles: ["candidate", "task", "replicate"],
        acceptsFailures: true,
        help: "Metrics of models outside the search: shown beside the candidates, on their scale, never best; they "
          + "change no candidate's score."),
      InputPort(
        "audits", [.audit], required: false, roles: ["task"],
        help: "Audits of the tasks: what they found is shown beside the scores, and changes none."),
    ],
    outputs: [
      OutputPort("ranking", .ranking, .file, help: "The candidates in order, with scores and intervals."),
      OutputPort("best", .architecture, .file, help: "The architecture of the first candidate."),
      OutputPort(
        "winner", .choice, .file,
        help: "The ids of the first candidate, by which a later stage reads what was made for it: "
          + "tokenizer: { from: $tokens.tokenizer, of: $ranking.winner }."),
    ],
    example: """
      ranking:
        stage: rank
        in:
          scores:
            from: [$scores.metrics, $scores.predictions]
            over: { candidate: [k, architecture], task: [task], replicate: [seed] }
          baselines: { from: [$kmers.metrics, $kmers.predictions], over: { task: [task] } }
      """)

  package static func run(_ context: StageContext) throws {
    let all = try CandidateScore.all(context.inputs["scores"] ?? [])
    let baselines = try CandidateScore.all(context.inputs["baselines"] ?? [])
    let metric = try CandidateScore.metric(context[CandidateScore.metric], of: all, code: "cannot-rank")
    let (scores, trials) = CandidateScore.best(of: all, by: metric)
    if let other = scores.first(where: { $0.metrics != nil && $0.metrics?.architecture == nil }) {
      let name = ([other.metrics?.model ?? "a model"] + other.candidate).joined(separator: " ")
      throw StageFailure(
        code: "no-architecture", "the candidate '\(name)' is no architecture: bind it to the port 'baselines'")
    }
    let resampling = Resampling(context)
    let measured = try resampling.scores(scores, by: metric)
    let ranking: Ranking
    do { ranking = try Ranking(measured, by: .init(rawValue: context[Self.aggregate]) ?? .meanZ) } catch {
      throw StageFailure(code: "cannot-rank", "\(error)")
    }
    guard let best = ranking.best,
      let first = scores.first(where: { $0.candidate == best.candidate && $0.metrics != nil }),
      let architecture = first.metrics?.architecture
    else { throw StageFailure(code: "nothing-to-rank", "no candidate has a score on every task") }
    let beside = try RankingDocument.Baseline.all(baselines, beside: ranking, measured, resampling)
    let audits = try RankingDocument.Audited.all(context.inputs["audits"] ?? [], of: ranking.tasks.map(\.task))
    let document = RankingDocument(ranking, scores, baselines: beside, audits: audits, trials: trials)
    try context.outputs.write("ranking", "", JSONArtifact.encode(document))
    try context.outputs.write("winner", "", Choice(ids: best.candidate).encoded())
    try context.outputs.write("best", "", ArchitectureText.bytes(try ArchitectureText.parse(architecture)))
  }
}
