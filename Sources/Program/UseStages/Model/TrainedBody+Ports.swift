import Artifacts
import Inputs
import ModelStages
import Sequences

extension TrainedBody {
  /// The ports of stages that read a model, or weights with their tokenizer and a path.
  static let ports = [
    InputPort("model", [.model], required: false, alternative: "weights", help: "The fine-tuned model."),
    InputPort("weights", [.weights], required: false, help: "Pretrained weights, instead."),
    InputPort("tokenizer", [.tokenizer], required: false, help: "The tokenizer of the weights."),
    InputPort("architecture", [.architecture], required: false, acceptsText: true, help: "The path of the weights."),
  ]

  /// The network that is bound to the `ports` of a step. Throws `StageFailure`.
  init(_ context: StageContext, byToken: Bool, pooling: String?, maximumLength: Int) throws {
    if let model = context.optionalInput("model") {
      try self.init(model, byToken: byToken, threads: context.threads)
    } else {
      try self.init(
        weights: context.input("weights"), tokenizer: context.input("tokenizer"),
        architecture: context.input("architecture"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
        pooling: pooling, maximumLength: maximumLength, threads: context.threads)
      context.warn(ofTags: encoding.tokenizer)
    }
  }

  /// Weights come with their tokenizer and a path; parameters that a model states itself are not stated beside it.
  ///
  /// - Parameters:
  ///   - ofModel: the parameters that a model states.
  ///   - reads: further ones that `ofWeights` reads.
  ///   - ofWeights: what else is wrong beside weights.
  static func rule(
    _ declaration: @escaping @Sendable () -> StageDeclaration, ofModel: [String], reads: [String] = [],
    ofWeights: @escaping @Sendable (StageSettings) -> [StageFinding] = { _ in [] }
  ) -> StageRule {
    StageRule(reads: ofModel + reads, isOfAll: true) { settings in
      let others = ["tokenizer", "architecture"]
      if settings.bound.contains("model") {
        return others.filter(settings.bound.contains).map {
          StageFinding.error("bad-ports", "a model has its own \($0): leave '\($0)' out", at: $0)
        } + declaration().unread(ofModel, settings, because: "a model states it itself")
      }
      guard settings.bound.contains("weights") else { return [] }
      return ofWeights(settings)
        + others.filter { !settings.bound.contains($0) }.map {
          .error("bad-ports", "weights need '\($0)' beside them", at: "weights")
        }
    }
  }
}
