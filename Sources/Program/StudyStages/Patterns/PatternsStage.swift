package import Artifacts
import Inputs
import Rankings
import Searches
import Spaces
import TaskStages
import Wording

/// Tells what the best architectures of a search have in common.
package enum PatternsStage: Stage {
  static let top = ParameterKey<Double>(
    "top", .float(0.01...0.5), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "The share of candidates that is the top; at least two are.")
  static let task = ParameterKey<String>(
    "task", .string, default: "", neutral: "", help: "The task by whose results on dev the top is taken; '': the score."
  )
  /// Fewer say next to nothing.
  private static let fewest = 20

  package static let declaration = StageDeclaration(
    name: "patterns", version: 1,
    summary: "Find modules by position, sequences of modules and widths that the best architectures have more often.",
    parameters: [top.parameter, task.parameter],
    inputs: [
      InputPort(
        "ranking", [.ranking], help: "The ranking of a search; candidates without a score are left out, and counted.")
    ],
    outputs: [
      OutputPort(
        "patterns", .patterns, .file,
        help:
          "Traits of the top against the other candidates: shares of modules in each third of the path, two and three "
          + "modules in a row, widths by third and depth, each with a probability by \(Words.grouped(Patterns.draws)) "
          + "random tops, and after Holm's correction for all traits.")
    ],
    example: """
      patterns:
        stage: patterns
        in: { ranking: $ranking }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let ranking = try RankingDocument(context.input("ranking"))
    let scored = ranking.scored
    let tasks = ranking.ranking.tasks.map(\.task)
    let place = context[task].isEmpty ? nil : tasks.firstIndex(of: context[task])
    if !context[task].isEmpty, place == nil {
      throw StageFailure(
        code: "no-such-task",
        "the ranking has no task '\(context[task])'; it has \(tasks.joined(separator: ", "))")
    }
    guard scored.count >= fewest else {
      throw StageFailure(
        code: "few-candidates", "\(Words.count(scored.count, "candidate")) with a score: patterns need \(fewest)")
    }
    let left = ranking.ranking.rows.count - scored.count
    if left > 0 { context.report(.warning("\(Words.count(left, "candidate")) without a score left out")) }
    let patterns = Patterns(
      try scored.map { try ArchitectureText.parse($0.architecture) },
      scores: scored.map { candidate in place.map { candidate.results[$0] } ?? candidate.score }, share: context[top],
      isInterrupted: context.isInterrupted)
    guard let patterns else { throw Interrupted() }
    try context.outputs.write("patterns", "", JSONArtifact.encode(patterns))
  }
}

extension ArtifactKind {
  /// Traits that the best architectures have in common.
  package static let patterns = ArtifactKind("patterns")
}
