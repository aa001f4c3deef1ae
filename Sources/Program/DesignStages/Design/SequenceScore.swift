import Artifacts
import Inputs
import ModelStages
import Networks
import Sequences
import Tokenizers
import Tokens
import UseStages
import Wording

/// The number that a design raises: a weighted sum of the outputs of fine-tuned models and of a likelihood.
struct SequenceScore {
  private let models: [TrainedModel]
  private let networks: [TaskNetwork]
  /// By model and output.
  private let outputs: [(weights: [Float], mean: Double, name: String)]
  private let language: LanguageModel?
  /// By model, and then of the likelihood.
  private let weights: [Double]
  private let threads: Int
  let alphabet: Alphabet
  /// The parts, in words.
  let parts: [String]

  /// Throws `StageFailure`.
  init(_ context: StageContext) throws {
    threads = context.threads
    models = try context.artifacts(at: "model").map(TrainedModel.init)
    networks = try models.map { try $0.network(threads: context.threads, isExact: true) }
    language = context.optionalInput("weights") == nil ? nil : try LanguageModel(context)
    let count = models.count + (language == nil ? 0 : 1)
    guard count > 0 else {
      throw StageFailure(code: "no-model", "nothing says what is good: bind 'model', or 'weights' with their tokenizer")
    }
    let stated = context[DesignStage.partWeights]
    guard stated.isEmpty || stated.count == count else {
      throw StageFailure(
        code: "other-count",
        "'part-weights' has \(Words.count(stated.count, "number")), there are \(Words.count(count, "part")): the "
          + "models in their order, and then the likelihood")
    }
    weights = stated.isEmpty ? [Double](repeating: 1, count: count) : stated
    let chosen = context[DesignStage.className]
    outputs = try models.map { try $0.output(ofClass: chosen) }
    parts = outputs.map(\.name) + (language == nil ? [] : ["the log-likelihood by letter, in nats"])
    alphabet = models.first?.alphabet ?? Alphabet(rawValue: context[.alphabet]) ?? .dna
    guard models.allSatisfy({ $0.alphabet == alphabet }) else {
      throw StageFailure(code: "other-alphabet", "the models read sequences of different alphabets")
    }
  }

  /// The scores of sequences. Throws `StageFailure`.
  func scores(_ sequences: [[UInt8]]) throws -> [Double] {
    var sums = [Double](repeating: 0, count: sequences.count)
    do {
      for (index, model) in models.enumerated() {
        let encoded = model.encoding.encode(sequences, group: 1, threads: threads)
        if let cut = encoded.isCut.firstIndex(of: true) {
          throw StageFailure(
            code: "too-long",
            "a sequence of \(sequences[cut].count) letters is longer than what a model reads: "
              + "'length' bounds them")
        }
        let numbers = try networks[index].outputs(of: encoded.tokens)!
        let count = outputs[index].weights.count
        for row in sequences.indices {
          let output = zip(outputs[index].weights, numbers[row * count..<(row + 1) * count]).reduce(0.0) {
            $0 + Double($1.0) * Double($1.1)
          }
          sums[row] += weights[index] * (output + outputs[index].mean)
        }
      }
      if let language {
        let likelihoods = try Self.likelihoods(sequences, language, threads)
        for row in sequences.indices { sums[row] += weights[models.count] * likelihoods[row] }
      }
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") }
    guard sums.allSatisfy(\.isFinite) else {
      throw StageFailure(code: "bad-model", "a score is no finite number")
    }
    return sums
  }

  /// The log-likelihood of the tokens of known letters of each sequence, without a tag but its first, by their letters.
  private static func likelihoods(
    _ sequences: [[UInt8]], _ model: LanguageModel, _ threads: Int
  ) throws -> [Double] {
    guard model.network.isCausal else {
      throw StageFailure(
        code: "masked-model",
        "a likelihood needs weights of 'ntp'")
    }
    guard model.tokenizer.letters.overlap == nil else {
      throw StageFailure(code: "overlapping-tokens", "tokens that share letters have no likelihood by letter")
    }
    let (tokens, known) = (model.encode(sequences, threads: threads), model.tokenizer.letters)
    let targets = (0..<tokens.count).flatMap { index -> [Int32] in
      let ids = tokens[index]
      return ids.dropFirst().map { known.isKnown($0) ? $0 : -1 } + (ids.isEmpty ? [] : [-1])
    }
    let scores = try model.network.scores(of: tokens, targets: targets)!
    return (0..<tokens.count).map { index in
      let rows = tokens.starts[index]..<tokens.starts[index + 1]
      let sum = rows.reduce(0.0) { $0 + Double(scores[$1]?.logProbability ?? 0) }
      let letters = rows.reduce(0) { $0 + (targets[$1] < 0 ? 0 : model.tokenizer.bytes(of: targets[$1]).count) }
      return sum / Double(max(1, letters))
    }
  }
}
