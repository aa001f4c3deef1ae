package import Artifacts
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
        help: "Metrics of every candidate on every task; failed ones rank last.")
    ],
    outputs: [
      OutputPort("ranking", .ranking, .file, help: "The candidates in order, with scores and intervals."),
      OutputPort("best", .architecture, .file, help: "The architecture of the first candidate."),
    ],
    example: """
      ranking:
        stage: rank
        in: { scores: { from: $scores.metrics, over: { candidate: [k, architecture], task: [task], replicate: [seed] } } }
      """)
}
