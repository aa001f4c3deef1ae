package import Artifacts
import Generation
import Inputs
import ModelStages
import Networks
import Tokenizers
import Tokens
import UseStages

/// Draws new sequences from a language model.
package enum GenerateStage: Stage {
  static let prompt = ParameterKey<String>(
    "prompt", .string, default: "", neutral: "",
    help: "Letters behind which sequences are drawn. Without this, the port 'prompts' and a tag, the first token is "
      + "drawn with equal chances, for a model says nothing of it.")
  static let count = ParameterKey<Int>(
    "count", .int(1...10_000_000), default: 10, neutral: 10, unit: "sequences",
    help: "Sequences behind each prompt.")
  static let length = ParameterKey<Int>(
    "length", .int(1...100_000_000), default: 1000, neutral: 1000, unit: "tokens",
    help: "New tokens of a sequence; a stop may end it before.")
  static let temperature = ParameterKey<Double>(
    "temperature", .float(0...100), default: 1, neutral: 1,
    help: "Scores are divided by it before all else: below 1 likely tokens become likelier. 0 takes the likeliest.")
  static let topK = ParameterKey<Int>(
    "top-k", .int(0...1_000_000), default: 0, neutral: 0, unit: "tokens",
    help: "Only so many likeliest tokens are drawn from; 0: all.")
  static let topP = ParameterKey<Double>(
    "top-p", .float(0.000001...1), default: 1, neutral: 1,
    help: "Of these, only the fewest that together have this probability are drawn from; 1: all.")
  static let stop = ParameterKey<[String]>(
    "stop", .list(.string), default: [], neutral: [],
    help: "Words at which a sequence ends, with the token that completes one in its new letters.")
  static let keepPrompt = ParameterKey<Bool>(
    "keep-prompt", .bool, default: true, neutral: true, help: "Whether a sequence begins with its prompt.")
  static let together = ParameterKey<Int>(
    "together", .int(1...4096), default: 16, neutral: nil, unit: "sequences", role: .resource,
    help: "Sequences that one thread draws at a time: more are faster and take more memory.")

  package static let declaration = StageDeclaration(
    name: "generate", version: 1,
    summary: "Draw new sequences from a language model, token by token.",
    parameters: [
      prompt.parameter, LanguageModel.tag.parameter, count.parameter, length.parameter, temperature.parameter,
      topK.parameter, topP.parameter, stop.parameter, keepPrompt.parameter, together.parameter, .seed, .alphabet,
    ],
    inputs: LanguageModel.ports + [
      InputPort("prompts", [.sequences], required: false, help: "Sequences behind which new ones are drawn.")
    ],
    outputs: [
      OutputPort(
        "sequences", .sequences, .file,
        help: "FASTA: names with the prompt's name, the seed, new tokens and log-likelihood in the header."),
      OutputPort(
        "table", .predicted, .file,
        help: "A TSV, a row for each sequence: prompt, new tokens and letters, log-likelihood of the new tokens in "
          + "nats at temperature 1 among all tokens, the tokens that it is of, bits by letter, and whether a stop "
          + "ended it."),
    ],
    isParallel: true,
    rules: [.onePrompt],
    forms: [.architecture(at: "architecture")],
    example: """
      genomes:
        stage: generate
        with: { prompt: ATGACC, count: 100, length: 1000, top-k: 4 }
        in: { weights: $trained.weights, tokenizer: $tokens.tokenizer, architecture: $path }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let model = try LanguageModel(context)
    let prompts = try Prompts(context, model)
    let generator = try failing {
      try Generator(
        model.network,
        Generator.Setting(
          sampling: Sampling(temperature: context[temperature], topK: context[topK], topP: context[topP]),
          allowed: prompts.allowed, length: context[length], stops: prompts.stops(context[stop]),
          letters: (0..<Int32(model.tokenizer.vocabularySize)).map(model.tokenizer.bytes), seed: context[.seed],
          together: context[together]))
    }
    let output = try GeneratedOutput(context, prompts, model.tokenizer)
    let total = prompts.tokens.count * context[length]
    let isComplete = try failing {
      try generator.generate(
        prompts.tokens, threads: context.threads, isCancelled: context.isInterrupted,
        progress: { context.report(.progress(done: $0, total: total, unit: "tokens", detail: "")) },
        finished: output.add)
    }
    guard isComplete else { throw Interrupted() }
    try output.close()
  }

  private static func failing<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ModelError {
      throw StageFailure(code: "bad-model", "\(error)")
    }
  }
}

extension StageRule {
  /// Letters as a prompt stand in the place of sequences as prompts.
  fileprivate static let onePrompt: StageRule = StageRule(reads: [GenerateStage.prompt.name], isOfAll: true) {
    settings in
    guard settings.bound.contains("prompts"), let prompt = settings[GenerateStage.prompt], !prompt.isEmpty else {
      return []
    }
    return [
      .error("two-prompts", "'prompt' stands in the place of the port 'prompts': leave one of them out", at: "prompts")
    ]
  }
}
