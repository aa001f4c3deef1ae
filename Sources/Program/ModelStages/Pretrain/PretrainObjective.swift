import Artifacts
import Sequences
import Tokenizers
import Training

/// The objective that a pretraining's parameters name.
enum PretrainObjective {
  /// The objective; the rule `objective` holds of the parameters.
  static func read(_ context: StageContext, _ tokenizer: Tokenizer, complements: [Int32]?) -> Objective {
    switch context.string("objective") {
    case "cl":
      .cl(
        ContrastiveLearning(
          temperature: context.float("temperature"), smallestCrop: context.float("crop"),
          dropout: context.float("token-dropout"), substitution: context.float("token-substitution"),
          projection: context.int("projection"), complements: complements))
    case "ntp": .ntp(NextTokenPrediction())
    default: .mm(MaskedModelling(rate: context.float("mask"), span: tokenizer.contiguousMask))
    }
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
