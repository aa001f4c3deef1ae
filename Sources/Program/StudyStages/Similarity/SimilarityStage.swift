package import Artifacts
import Inputs
import Rankings
import Searches
import Spaces
import TaskStages
import Wording

/// Tells how far tasks prefer the same architectures.
package enum SimilarityStage: Stage {
  static let top = ParameterKey<Double>(
    "top", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "The share of candidates that is the top of a task; at least two are.")
  /// Below, correlations and tops say next to nothing.
  private static let fewest = 8

  package static let declaration = StageDeclaration(
    name: "similarity", version: 1,
    summary: "Measure how far tasks prefer the same architectures, by the results of one search on all of them.",
    parameters: [top.parameter],
    inputs: [
      InputPort(
        "ranking", [.ranking],
        help:
          "A ranking over two tasks or more, by whose results on dev tasks are compared: candidates with a value on "
          + "every task count.")
    ],
    outputs: [
      OutputPort(
        "similarity", .similarity, .file,
        help: "For each two tasks: Spearman's correlation with an interval over candidates and a probability by "
          + "permutation (Holm), how many of their tops they share against chance, and how alike the architectures of "
          + "their tops are against random ones as many.")
    ],
    example: """
      alike:
        stage: similarity
        in: { ranking: $ranking }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let ranking = try RankingDocument(context.input("ranking"))
    let (tasks, scored) = (ranking.ranking.tasks, ranking.scored)
    guard tasks.count > 1 else {
      throw StageFailure(code: "one-task", "the ranking is on one task: name the axis of tasks in its 'over'")
    }
    guard scored.count >= fewest else {
      throw StageFailure(
        code: "few-candidates",
        "\(Words.count(scored.count, "candidate")) with a result on every task: similarity needs \(fewest)")
    }
    let left = ranking.ranking.rows.count - scored.count
    if left > 0 {
      context.report(.warning("\(Words.count(left, "candidate")) without a result on every task left out"))
    }
    let architectures = try scored.map { try ArchitectureText.parse($0.architecture) }
    let alike = architectures.map { one in architectures.map { one.similarity(to: $0) } }
    let similarity = TaskSimilarity(
      tasks: tasks.map(\.task), results: tasks.indices.map { task in scored.map { $0.results[task] } },
      similarity: alike, share: context[top], isInterrupted: context.isInterrupted)
    guard let similarity else { throw Interrupted() }
    try context.outputs.write("similarity", "", JSONArtifact.encode(similarity))
  }
}

extension ArtifactKind {
  /// How far tasks prefer the same architectures.
  package static let similarity = ArtifactKind("similarity")
}
