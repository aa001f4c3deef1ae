package import Artifacts
import Inputs
import ModelStages
import Rankings
import Searches
import TaskStages
import Wording

/// Tells whether architectures that do well on tasks do well in pretraining.
package enum CorrelateStage: Stage {
  /// Below, no order can be told from chance.
  private static let fewest = 4

  package static let declaration = StageDeclaration(
    name: "correlate", version: 1,
    summary: "Measure whether architectures that do well on tasks have low losses on held-out sequences.",
    parameters: [],
    inputs: [
      InputPort(
        "ranking", [.ranking],
        help: "Results of architectures on tasks; those on test are read. Candidates without a score are left out."),
      InputPort(
        "histories", [.history], roles: ["candidate"],
        help: "Histories of pretrainings of the same architectures, alone or as paths of a supernet: their losses on "
          + "held-out sequences, by letter where tokens have letters."),
    ],
    outputs: [
      OutputPort(
        "correlation", .correlation, .file,
        help: "Spearman's correlation of the results on test, and of their mean over tasks, with the held-out losses, "
          + "with intervals over architectures and probabilities by permutation.")
    ],
    example: """
      claim:
        stage: correlate
        in:
          ranking: $ranking.ranking
          histories: { from: $pretrained.history, over: { candidate: [architecture] } }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let ranking = try RankingDocument(context.input("ranking"))
    let histories = try context.artifacts(at: "histories").map {
      try JSONArtifact.decode(TrainingHistory.self, $0.bytes())
    }
    let document = try CorrelationDocument(ranking, histories)
    guard document.rows.count >= fewest else {
      throw StageFailure(
        code: "few-architectures",
        "\(Words.count(document.rows.count, "architecture")) with results and a held-out loss: a correlation needs "
          + "\(fewest)")
    }
    if document.left > 0 {
      context.report(
        .warning(
          "\(Words.count(document.left, "candidate")) without a result on every task or a held-out loss left out"))
    }
    try context.outputs.write("correlation", "", JSONArtifact.encode(document))
  }
}

extension ArtifactKind {
  /// How results on tasks go with losses of pretraining.
  package static let correlation = ArtifactKind("correlation")
}
