package import Artifacts
import Inputs
import Rankings

/// Orders candidates by their mean z-score over tasks.
package enum RankStage: Stage {
  package static let declaration = StageDeclaration(
    name: "rank", version: 1,
    summary: "Order candidates by their mean z-score over tasks, on dev.",
    parameters: [],
    inputs: [
      InputPort(
        "scores", [.metrics], roles: ["candidate", "task", "replicate"], acceptsFailures: true,
        help: "Metrics of every candidate on every task; failed ones rank last."),
      InputPort(
        "baselines", [.metrics], required: false, roles: ["candidate", "task", "replicate"], acceptsFailures: true,
        help: "Metrics of models outside the search: shown beside the candidates, on their scale, never best; they "
          + "change no candidate's score."),
    ],
    outputs: [
      OutputPort("ranking", .ranking, .file, help: "The candidates in order, with scores and intervals."),
      OutputPort("best", .architecture, .file, help: "The architecture of the first candidate."),
    ],
    example: """
      ranking:
        stage: rank
        in:
          scores:
            from: $scores.metrics
            over: { candidate: [k, architecture], task: [task], replicate: [seed] }
          baselines: $kmers.metrics       # one artifact; an array says 'from' and 'over', as above
      """)

  package static func run(_ context: StageContext) throws {
    let scores = try (context.inputs["scores"] ?? []).map(CandidateScore.init)
    let baselines = try (context.inputs["baselines"] ?? []).map(CandidateScore.init)
    if let other = scores.first(where: { $0.metrics != nil && $0.metrics?.architecture == nil }) {
      let name = ([other.metrics?.model ?? "a model"] + other.candidate).joined(separator: " ")
      throw StageFailure(
        code: "no-architecture", "the candidate '\(name)' is no architecture: bind it to the port 'baselines'")
    }
    let ranking: Ranking
    do { ranking = try Ranking(scores.map { $0.score(among: scores) }) } catch {
      throw StageFailure(code: "cannot-rank", "\(error)")
    }
    guard let best = ranking.best,
      let first = scores.first(where: { $0.candidate == best.candidate && $0.metrics != nil }),
      let architecture = first.metrics?.architecture
    else { throw StageFailure(code: "nothing-to-rank", "no candidate has a score on every task") }
    try context.outputs.write(
      "ranking", "", JSONArtifact.encode(RankingDocument(ranking, scores, baselines: baselines)))
    try context.outputs.write("best", "", ArchitectureText.bytes(try ArchitectureText.parse(architecture)))
  }
}
