import Artifacts
import Sequences
import Tokenizers
import Training

/// An objective that a pretraining can have: its name, the parameters that it alone reads, and how it is made of them.
struct PretrainObjective: Sendable {
  let name: String
  let parameters: [Parameter]
  /// The rule `objective` holds of the parameters. `complements` is the table of the other strand, where views or
  /// sequences are read on both.
  let make: @Sendable (StageContext, Tokenizer, _ complements: [Int32]?) -> any Objective

  /// In the order of the help.
  static let all = [
    PretrainObjective(
      name: "mm",
      parameters: [
        Parameter(
          "mask", .float(0.01...0.99), default: .float(0.15), neutral: .float(0.15), unit: "fraction",
          help: "mm: tokens to predict; of them 80 % are masked, 10 % replaced, 10 % kept.")
      ]
    ) { context, tokenizer, _ in MaskedModelling(rate: context.float("mask"), span: tokenizer.contiguousMask) },
    PretrainObjective(
      name: "cl",
      parameters: [
        Parameter(
          "temperature", .float(0.001...100), default: .float(0.1), neutral: .float(0.1),
          help: "cl: what cosine similarities are divided by."),
        Parameter(
          "crop", .float(0.01...1), default: .float(0.5), neutral: .float(0.5), unit: "fraction",
          help: "cl: the smallest part of a sequence that a view keeps."),
        Parameter(
          "token-dropout", .float(0...0.9), default: .float(0.1), neutral: .float(0.1), unit: "fraction",
          help: "cl: tokens of a view that are left out."),
        Parameter(
          "token-substitution", .float(0...0.9), default: .float(0.05), neutral: .float(0.05), unit: "fraction",
          help: "cl: tokens of a view that become a random one."),
        Parameter(
          "projection", .int(1...65_536), default: .int(128), neutral: .int(128), unit: "features",
          help: "cl: features of the space in which views are compared."),
      ]
    ) { context, _, complements in
      ContrastiveLearning(
        temperature: context.float("temperature"), smallestCrop: context.float("crop"),
        dropout: context.float("token-dropout"), substitution: context.float("token-substitution"),
        projection: context.int("projection"), complements: complements)
    },
    PretrainObjective(name: "ntp", parameters: []) { _, _, _ in NextTokenPrediction() },
  ]

  /// The objective that the parameters name.
  static func read(_ context: StageContext, _ tokenizer: Tokenizer, complements: [Int32]?) -> any Objective {
    let name = context.string("objective")
    guard let objective = all.first(where: { $0.name == name }) else { preconditionFailure("no objective \(name)") }
    return objective.make(context, tokenizer, complements)
  }

  /// The table of the other strand, where the parameters ask for it.
  static func complements(_ context: StageContext, _ tokenizer: Tokenizer) throws -> [Int32]? {
    let strands = context.string("strands")
    let isContrast = context.string("objective") == "cl"
    if strands == "forward" || (strands == "auto" && !isContrast) { return nil }
    do { return try tokenizer.complements() } catch {
      if strands == "both" {
        throw StageFailure(code: "bad-objective", "'strands: both' is not possible: \(error)")
      }
      if error != .protein { context.report(.warning("views are of the strand as given: \(error)")) }
      return nil
    }
  }
}
