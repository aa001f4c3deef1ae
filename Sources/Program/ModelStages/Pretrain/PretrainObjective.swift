import Artifacts
import Inputs
import Networks
import Tokenizers
import Tokens
import Training

/// An objective that a pretraining can have: its name, the parameters that it alone reads, how it is made of them, and
/// all by which rules and views tell it from others.
package struct PretrainObjective: Sendable {
  let name: String
  /// The unit of its loss.
  let unit: String
  /// The things that are counted in a batch that is measured.
  var counted = "tokens"
  /// The name of e^loss; nil where that says nothing.
  let perplexity: String?
  /// The name of nats per letter in bits.
  package var bits = "bits per letter"
  /// Whether a token sees only itself and earlier ones.
  var isCausal = false
  /// Whether the sequences of a batch are compared with each other: there are several, and a batch is never cut. Its
  /// views turn strands by themselves.
  var comparesSequences = false
  /// Whether a batch asks for tokens drawn at random, so that a few batches say little about letters and
  /// numbers by letter are those of a pseudo-likelihood.
  package var asksAtRandom = false
  /// Whether a decoder names tokens from what the layers made of others.
  var hasDecoder = false
  /// Whether its scores may be sums over both strands.
  var sumsStrands = false
  /// Whether it needs two tokens of a sequence: one to read and one to name.
  var needsPairs: Bool { isCausal || hasDecoder }
  let parameters: [Parameter]
  /// The rule `objective` holds of the parameters. `complements` is the table of the other strand, where views or
  /// sequences are read on both.
  let make: @Sendable (StageContext, Tokenizer, _ complements: [Int32]?) throws -> any Objective

  static let mask = ParameterKey<Double>(
    "mask", .float(0.01...0.99), default: 0.15, neutral: 0.15, unit: "fraction",
    help: "mm: letters to predict; every token that covers one is asked for. Letters between two such that no "
      + "overlapping k-mer shows count too.")
  static let maskToken = ParameterKey<Double>(
    "mask-token", .float(0...1), default: 0.8, neutral: 0.8, unit: "fraction",
    help: "mm: of the letters to predict, those whose tokens become [MASK].")
  static let randomToken = ParameterKey<Double>(
    "random-token", .float(0...1), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "mm: of the letters to predict, those whose tokens become random ones; the tokens of the rest stay.")
  static let temperature = ParameterKey<Double>(
    "temperature", .float(0.001...100), default: 0.1, neutral: 0.1,
    help: "cl: the divisor of cosine similarities.")
  static let crop = ParameterKey<Double>(
    "crop", .float(0.01...1), default: 0.5, neutral: 0.5, unit: "fraction",
    help: "cl: the smallest part of a sequence that a view keeps.")
  static let tokenDropout = ParameterKey<Double>(
    "token-dropout", .float(0...0.9), default: 0.1, neutral: 0.1, unit: "fraction",
    help: "cl: tokens of a view that are left out.")
  static let tokenSubstitution = ParameterKey<Double>(
    "token-substitution", .float(0...0.9), default: 0.05, neutral: 0.05, unit: "fraction",
    help: "cl: tokens of a view that become a random one.")
  static let projection = ParameterKey<Int>(
    "projection", .int(1...65_536), default: 128, neutral: 128, unit: "features",
    help: "cl: features of the space in which views are compared.")

  static let hidden = ParameterKey<Double>(
    "hide", .float(0.01...0.99), default: 0.5, neutral: 0.5, unit: "fraction",
    help: "mae: known tokens of each sequence that are hidden and predicted.")
  static let decoder = ParameterKey<String>(
    "decoder", .string, default: "balanced", neutral: "balanced",
    help: "mae: the layers that name the hidden tokens from what the encoder made of the others, and are thrown away "
      + "afterwards: balanced, the layers of the encoder once more; shallow, its last layer alone; or an architecture, "
      + "as t64.")
  static let encoderSees = ParameterKey<String>(
    "encoder-sees", .choice(["visible", "masked"]), default: "visible", neutral: "visible",
    help: "mae: visible, only tokens that are not hidden, one behind the other, each with the position that it had "
      + "(rotary, learned or sinusoidal; blocks that know no positions, and windows, take them for neighbours; the "
      + "stem of an embedding sees the hidden ones as [MASK]); masked, all tokens, the hidden ones as [MASK]: the "
      + "control.")

  /// In the order of the help.
  static let all = [
    PretrainObjective(
      name: "mm", unit: "nats per masked token", perplexity: "pseudo-perplexity", bits: "pseudo-bits per letter",
      asksAtRandom: true, sumsStrands: true,
      parameters: [mask.parameter, maskToken.parameter, randomToken.parameter]
    ) { context, tokenizer, _ in
      MaskedModelling(
        rate: context[Self.mask],
        fates: MaskedModelling.Fates(mask: context[Self.maskToken], random: context[Self.randomToken]),
        letters: tokenizer.letters, complements: try summed(context, tokenizer))
    },
    PretrainObjective(
      name: "cl", unit: "nats per view", counted: "views", perplexity: nil, comparesSequences: true,
      parameters: [
        temperature.parameter, crop.parameter, tokenDropout.parameter, tokenSubstitution.parameter,
        projection.parameter,
      ]
    ) { context, _, complements in
      ContrastiveLearning(
        temperature: context[Self.temperature], smallestCrop: context[Self.crop],
        dropout: context[Self.tokenDropout], substitution: context[Self.tokenSubstitution],
        projection: context[Self.projection], complements: complements)
    },
    PretrainObjective(
      name: "ntp", unit: "nats per token", perplexity: "perplexity", isCausal: true, parameters: []
    ) { _, tokenizer, _ in NextTokenPrediction(letters: tokenizer.letters) },
    PretrainObjective(
      name: "mae", unit: "nats per hidden token", perplexity: "pseudo-perplexity", bits: "pseudo-bits per letter",
      asksAtRandom: true, hasDecoder: true,
      parameters: [hidden.parameter, decoder.parameter, encoderSees.parameter]
    ) { context, tokenizer, _ in
      guard tokenizer.letters.overlap == nil else {
        throw StageFailure(
          code: "bad-objective",
          "the k-mers of this tokenizer overlap, so that visible ones would tell letters of hidden ones: 'mae' needs "
            + "a 'stride' of k")
      }
      return MaskedAutoencoding(
        rate: context[Self.hidden], decoder: try decoderForm(context[Self.decoder]),
        isMasked: context[Self.encoderSees] == "masked", letters: tokenizer.letters)
    },
  ]

  /// The decoder that a text names.
  static func decoderForm(_ text: String) throws -> DecoderForm {
    switch text {
    case "balanced": .balanced
    case "shallow": .shallow
    default: .layers(try ArchitectureText.parse(text))
    }
  }

  /// The first is that of histories that name none.
  package static func named(_ name: String?) -> PretrainObjective? {
    name == nil ? all[0] : all.first { $0.name == name }
  }

  /// The objective that the parameters name.
  static func of(_ context: StageContext) -> PretrainObjective {
    let name = context[PretrainStage.objective]
    guard let objective = named(name) else { preconditionFailure("no objective \(name)") }
    return objective
  }

  /// The table of the other strand, where scores are sums over both.
  private static func summed(_ context: StageContext, _ tokenizer: Tokenizer) throws -> [Int32]? {
    guard context[PretrainStage.strands] == "sum" else { return nil }
    guard tokenizer.tags.isEmpty else {
      throw StageFailure(
        code: "bad-objective",
        "'strands: sum' is not possible: a tag begins a sequence, and would end its other strand")
    }
    do { return try tokenizer.exactComplements() } catch {
      throw StageFailure(code: "bad-objective", "'strands: sum' is not possible: \(error)")
    }
  }

  /// The table of the other strand, where the parameters ask for it.
  func complements(_ context: StageContext, _ tokenizer: Tokenizer) throws -> [Int32]? {
    let strands = context[PretrainStage.strands]
    if strands == "forward" || strands == "sum" || (strands == "auto" && !comparesSequences) { return nil }
    do { return try tokenizer.complements() } catch {
      if strands == "both" {
        throw StageFailure(code: "bad-objective", "'strands: both' is not possible: \(error)")
      }
      if error != .protein { context.report(.warning("views are of the strand as given: \(error)")) }
      return nil
    }
  }
}
