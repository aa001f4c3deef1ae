package import Artifacts
import Sequences

/// Makes a tokenizer, training it where its scheme asks for that, and encodes sequences.
package enum TokenizeStage: Stage {
  package static let declaration = StageDeclaration(
    name: "tokenize", version: 1,
    summary: "Make a tokenizer (characters, k-mers, bytes, BPE) and encode sequences with it.",
    parameters: [
      Parameter(
        "scheme", .choice(["character", "kmer", "byte", "bpe"]), default: .string("kmer"), neutral: .string("kmer"),
        help: "How sequences are cut into tokens."),
      Parameter("k", .int(1...8), default: .int(6), neutral: .int(6), unit: "letters", help: "Letters of a k-mer."),
      Parameter(
        "stride", .int(0...8), default: .int(0), neutral: .int(0), unit: "letters",
        help: "Distance between the starts of neighbouring k-mers; 0 stands for k, so that they do not overlap."),
      Parameter(
        "vocabulary", .int(16...65_536), default: .int(4096), neutral: .int(4096), unit: "tokens",
        help: "Size of a BPE vocabulary, special tokens included."),
      Parameter(
        "held-out", .float(0...0.9), default: .float(0), neutral: .float(0), unit: "fraction",
        help: "Part of the sequences, by their hash, that is held out, where they are not split already."),
      .alphabet, .rows("sequences"),
    ],
    inputs: [
      InputPort(
        "sequences", [.sequences, .labelledSequences], acceptsSeveral: true,
        help: "What is encoded, and what BPE is trained on; of labelled sequences only train, and dev as held-out.")
    ],
    outputs: [
      OutputPort("tokenizer", .tokenizer, .file, help: "tokenizer.json, as the tokenizers library reads it."),
      OutputPort("tokens", .tokens, .tree, help: "Token ids: train.tokens and held-out.tokens."),
    ],
    isParallel: true,
    rules: [.statedAlphabet(of: "sequences"), .largestK, .kmerStride, .unreadByScheme],
    example: """
      tokens:
        stage: tokenize
        for: { k: [1, 3, 6] }
        with: { scheme: kmer, k: $k, stride: $k }
        in: { sequences: $windows.sequences }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let corpus = try Corpus(context)
    let alphabet = corpus.alphabet
    var train: [[UInt8]] = []
    var heldOut: [[UInt8]] = []
    let fraction = context.float("held-out")
    if fraction > 0, let split = try corpus.splitInputs {
      context.report(
        .warning("the sequences of \(split) are split into train and held-out already: 'held-out' is not read there"))
    }
    try corpus.forEach { record, isHeldOut in
      if isHeldOut ?? HoldOut.contains(record.sequence, fraction: fraction) {
        heldOut.append(record.sequence)
      } else {
        train.append(record.sequence)
      }
    }
    guard !train.isEmpty else { throw StageFailure(code: "no-sequences", "there are no sequences to tokenize") }
    let tokenizer = try tokenizer(context, alphabet, train)
    try context.outputs.write("tokenizer", "", tokenizer.json())
    for (name, sequences) in [(TokenFile.train, train), (TokenFile.heldOut, heldOut)] {
      let encoded = tokenizer.encode(sequences, threads: context.threads)
      try TokenFile.write(
        encoded, vocabularySize: tokenizer.vocabularySize, to: context.outputs.create("tokens", name))
    }
  }

  private static func tokenizer(_ context: StageContext, _ alphabet: Alphabet, _ words: [[UInt8]]) throws -> Tokenizer {
    switch context.string("scheme") {
    case "character": return .character(alphabet)
    case "byte": return .byte
    case "bpe":
      var trainer = BPETrainer(vocabularySize: context.int("vocabulary"))
      for word in words { trainer.add(word) }
      return .bpe(trainer.train())
    default:
      let k = context.int("k")
      guard k <= Tokenizer.largestK(alphabet) else {
        throw StageFailure(
          code: "k-too-large", "k is \(k); for \(alphabet.rawValue) at most \(Tokenizer.largestK(alphabet))")
      }
      return .kmer(k, stride: context.int("stride") == 0 ? k : context.int("stride"), alphabet)
    }
  }
}
