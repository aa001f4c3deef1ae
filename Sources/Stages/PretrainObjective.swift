import Artifacts
import Sequences
import Supernets

/// The objective that a pretraining's parameters name.
enum PretrainObjective {
  /// Parameters that only one objective reads.
  private static let parameters = [
    "mm": ["mask"], "cl": ["temperature", "crop", "token-dropout", "token-substitution", "projection"], "ntp": [],
  ]

  /// Parameters that only one way of measuring reads.
  private static let measurement = [
    "sample": ["held-out-batches"], "all": ["held-out-length", "held-out-context"],
  ]

  /// The first of these parameters that does not have its neutral value.
  private static func stated(_ names: [String], _ context: StageContext) -> String? {
    PretrainStage.declaration.parameters.first { parameter in
      names.contains(parameter.name) && context.parameters[parameter.name].map { !parameter.isNeutral($0) } ?? false
    }?.name
  }

  /// Throws `StageFailure` for parameters that contradict each other or that the objective does not read.
  static func read(_ context: StageContext, _ tokenizer: Tokenizer, complements: [Int32]?) throws -> Objective {
    let name = context.string("objective")
    for (other, names) in parameters.sorted(by: { $0.key < $1.key }) where other != name {
      if let stated = stated(names, context) {
        throw failure("'\(stated)' belongs to the objective '\(other)'; '\(name)' does not read it")
      }
    }
    let heldOut = context.string("held-out")
    for (other, names) in measurement.sorted(by: { $0.key < $1.key }) where other != heldOut {
      if let stated = stated(names, context) {
        throw failure("'\(stated)' belongs to 'held-out: \(other)'; 'held-out: \(heldOut)' does not read it")
      }
    }
    switch name {
    case "cl":
      guard context.int("batch") > 1 else { throw failure("a contrast needs a batch of at least 2 sequences") }
      guard context.int("accumulate") == 1 else {
        throw failure("a contrast compares the whole batch, which 'accumulate' would cut; lower 'batch' instead")
      }
      guard heldOut == "sample" else {
        throw failure("a contrast is measured on batches; 'held-out: all' is for mm and ntp")
      }
      guard context.float("token-dropout") + context.float("token-substitution") <= 1 else {
        throw failure("'token-dropout' and 'token-substitution' together are more than all tokens")
      }
      return .cl(
        ContrastiveLearning(
          temperature: context.float("temperature"), smallestCrop: context.float("crop"),
          dropout: context.float("token-dropout"), substitution: context.float("token-substitution"),
          projection: context.int("projection"), complements: complements))
    case "ntp":
      guard context.int("length") > 1 else { throw failure("the next token needs a 'length' of at least 2") }
      return .ntp(NextTokenPrediction())
    default: return .mm(MaskedModelling(rate: context.float("mask"), span: tokenizer.contiguousMask))
    }
  }

  /// The table of the other strand, where the parameters ask for it.
  static func complements(_ context: StageContext, _ tokenizer: Tokenizer) throws -> [Int32]? {
    let strands = context.string("strands")
    let isContrast = context.string("objective") == "cl"
    if strands == "forward" || (strands == "auto" && !isContrast) { return nil }
    do { return try tokenizer.complements() } catch {
      if strands == "both" { throw failure("'strands: both' is not possible: \(error)") }
      if error != .protein { context.report(.warning("views are of the strand as given: \(error)")) }
      return nil
    }
  }

  private static func failure(_ message: String) -> StageFailure { StageFailure(code: "bad-objective", message) }
}
