package import Artifacts
import Inputs
import ModelStages
import Spaces
import TaskStages
import Wording

/// Takes the first architectures of a ranking as a collection.
package enum SelectStage: Stage {
  static let count = ParameterKey<Int>(
    "count", .int(1...100_000), default: 10, neutral: 10, unit: "architectures",
    help: "The most that are taken; all, where a ranking has fewer.")
  static let share = ParameterKey<Double>(
    "share", .float(0...1), default: 0, neutral: 0, unit: "fraction",
    help:
      "Taken are so much of the candidates with a score, rounded up, where that is less than 'count'; 0: no such bound."
  )
  static let tied = ParameterKey<Bool>(
    "tied", .bool, default: false, neutral: false,
    help: "Whether only those are taken that the data do not tell apart from the first.")

  package static let declaration = StageDeclaration(
    name: "select", version: 1,
    summary: "Take the first architectures of a ranking, for stages that train or vary them further.",
    parameters: [count.parameter, share.parameter, tied.parameter],
    inputs: [
      InputPort(
        "ranking", [.ranking], required: false, alternative: "forecast",
        help: "The ranking; candidates without a score are never taken."),
      InputPort(
        "forecast", [.forecast], required: false,
        help: "Foreseen results in place of a ranking; nobody knows which of them the data tell apart."),
    ],
    outputs: [
      OutputPort(
        "architectures", .architectures, .tree, member: .architecture,
        help: "The architectures, one file each; candidates that differ in something else alone count once.")
    ],
    example: """
      rung:
        stage: select
        with: { share: 0.33 }
        in: { ranking: $ranking }
      longer:
        stage: fine-tune
        for: { architecture: $rung.architectures }
        with: { epochs: 6 }
        in: { architecture: $architecture, tokenizer: $tokens.tokenizer, task: $promoters }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    var candidates: [(architecture: String, isTied: Bool?)]
    if let forecast = context.optionalInput("forecast") {
      candidates = try JSONArtifact.decode(Forecast.self, forecast.bytes()).architectures.map { ($0.architecture, nil) }
    } else {
      candidates = try RankingDocument(context.input("ranking")).scored.map { ($0.architecture, $0.isTied) }
    }
    guard !candidates.isEmpty else {
      throw StageFailure(code: "nothing-to-select", "no candidate of the ranking has a score")
    }
    let all = candidates.count
    if context[tied] {
      guard candidates.dropFirst().contains(where: { $0.isTied != nil }) || all == 1 else {
        throw StageFailure(
          code: "not-known-to-be-tied",
          "the ranking does not know what the data tell apart: bind predictions in its 'scores', or leave out 'tied'")
      }
      candidates = candidates.prefix(1) + candidates.dropFirst().filter { $0.isTied == true }
    }
    var most = context[count]
    // A share that is a whole number but for its rounding is that number.
    if context[share] > 0 { most = min(most, max(1, Int((context[share] * Double(all) - 1e-9).rounded(.up)))) }
    var taken: [String] = []
    for candidate in candidates where !taken.contains(candidate.architecture) {
      guard taken.count < most else { break }
      taken.append(candidate.architecture)
    }
    for text in taken {
      let architecture = try ArchitectureText.parse(text)
      try context.outputs.write("architectures", architecture.id, ArchitectureText.bytes(architecture))
    }
  }
}
