package import Artifacts
import Inputs
import Sequences
import Tokenizers
import Tokens
import Wording

/// Makes a tokenizer, training it where its scheme asks for that, and encodes sequences.
package enum TokenizeStage: Stage {
  static let scheme = ParameterKey<String>(
    "scheme", .choice(["character", "kmer", "byte", "bpe"]), default: "kmer", neutral: "kmer",
    help: "How sequences are cut into tokens.")
  static let k = ParameterKey<Int>(
    "k", .int(1...8), default: 6, neutral: 6, unit: "letters",
    help: "Letters of a k-mer; 'tail' says what becomes of fewer at the end of a sequence.")
  static let stride = ParameterKey<Int>(
    "stride", .int(0...8), default: 0, neutral: 0, unit: "letters",
    help: "Distance between the starts of neighbouring k-mers; 0 stands for k, so that they do not overlap.")
  static let tail = ParameterKey<String>(
    "tail", .choice(["letters", "drop"]), default: "letters", neutral: "drop",
    help: "Letters at the end of a sequence that make no whole k-mer: letters, a token for each; "
      + "drop, none.")
  static let frames = ParameterKey<String>(
    "frames", .choice(["first", "all"]), default: "first", neutral: "first",
    help:
      "Letters with which the k-mers of a sequence begin: its first one; or all of the first k, for each of which the "
      + "sequence is written once, on the same side of the hold-out, so that drawing sequences draws offsets.")
  static let vocabulary = ParameterKey<Int>(
    "vocabulary", .int(16...65_536), default: 4096, neutral: 4096, unit: "tokens",
    help: "Size of a BPE vocabulary, special tokens included.")
  static let heldOut = ParameterKey<Double>(
    "held-out", .float(0...0.9), default: 0, neutral: 0, unit: "fraction",
    help: "Part of the sequences, by their hash, that is held out, where they are not split already.")

  package static let declaration = StageDeclaration(
    name: "tokenize", version: 3,
    summary: "Make a tokenizer (characters, k-mers, bytes, BPE) and encode sequences with it.",
    parameters: [
      scheme.parameter, k.parameter, stride.parameter, tail.parameter, frames.parameter, vocabulary.parameter,
      heldOut.parameter, .alphabet, .rows("sequences"),
    ],
    inputs: [
      InputPort(
        "sequences", [.sequences, .labelledSequences], required: false, alternative: "tagged", acceptsSeveral: true,
        help: "Sequences to encode and to train BPE on; of labelled sequences only train, and dev as held-out."),
      InputPort(
        "tagged", [.sequences, .labelledSequences], required: false, roles: ["tag"],
        help: "In their place sequences with tags, which are names of what they are of: each tag has a token, as "
          + "<coli>, with which its sequences begin, and with which 'generate' can be asked for more like them."),
    ],
    outputs: [
      OutputPort("tokenizer", .tokenizer, .file, help: "tokenizer.json, as the tokenizers library reads it."),
      OutputPort("tokens", .tokens, .tree, help: "Token ids: train.tokens and held-out.tokens."),
      OutputPort(
        "counts", .counts, .file, help: "Letters in no token, sequences without one, unknown tokens, by split."),
    ],
    isParallel: true,
    rules: [.statedAlphabet(of: "sequences"), .largestK, .kmerStride, .framesOfKmers, .unreadByScheme],
    example: """
      tokens:
        stage: tokenize
        for: { k: [1, 3, 6] }
        with: { scheme: kmer, k: $k, stride: $k }
        in: { sequences: $windows.sequences }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let corpus = try corpus(context)
    let fraction = context[Self.heldOut]
    if fraction > 0, let split = try corpus.splitInputs {
      context.report(
        .warning("the sequences of \(split) are split into train and held-out already: 'held-out' is not read there"))
    }
    let side = { (record: SequenceRecord, isHeldOut: Bool?) in
      isHeldOut ?? (fraction > 0 && HoldOut.contains(record.sequence, fraction: fraction))
    }
    let tokenizer = try tokenizer(context, corpus, isHeldOut: side)
    try context.outputs.write("tokenizer", "", tokenizer.json())
    var encoding = try Encoding(tokenizer, context)
    let leftOut = try corpus.forEach { record, isHeldOut, tag in
      try encoding.add(record.sequence, tag, isHeldOut: side(record, isHeldOut))
    }
    try encoding.finish()
    let (train, heldOut) = (encoding.train.counts, encoding.heldOut.counts)
    guard train.sequences > 0 else { throw noSequences }
    for warning in (train + heldOut).warnings(tokenizer) { context.report(.warning(warning)) }
    try context.outputs.write(
      "counts", "", JSONArtifact.encode(CountsDocument(encoding, leftOut: leftOut)))
  }

  /// The sequences of the port that is bound.
  private static func corpus(
    _ context: StageContext, report: (@Sendable (StageReport) -> Void)? = nil
  ) throws -> Corpus {
    let isTagged = context.optionalInput("tagged") != nil
    return try Corpus(context, at: isTagged ? "tagged" : "sequences", isTagged: isTagged, report: report)
  }

  private static let noSequences = StageFailure(code: "no-sequences", "there are no sequences to tokenize")

  private static func tokenizer(
    _ context: StageContext, _ corpus: Corpus, isHeldOut side: (SequenceRecord, Bool?) -> Bool
  ) throws -> Tokenizer {
    let tags = corpus.tags.enumerated().filter { !corpus.tags[..<$0].contains($1) }.map(\.element)
    let untagged = try untagged(context, corpus.alphabet, isHeldOut: side)
    do { return try untagged.tagged(tags) } catch { throw StageFailure(code: "bad-tag", error.message) }
  }

  private static func untagged(
    _ context: StageContext, _ alphabet: Alphabet, isHeldOut side: (SequenceRecord, Bool?) -> Bool
  ) throws -> Tokenizer {
    switch context[Self.scheme] {
    case "character": return .character(alphabet)
    case "byte": return .byte
    case "bpe": return try .bpe(trained(context, isHeldOut: side))
    default:
      let k = context[Self.k]
      guard k <= Tokenizer.largestK(alphabet) else {
        throw StageFailure(
          code: "k-too-large", "k is \(k); for \(alphabet.rawValue) at most \(Tokenizer.largestK(alphabet))")
      }
      let stride = context[Self.stride] == 0 ? k : context[Self.stride]
      return .kmer(k, stride: stride, keepsTail: context[Self.tail] == "letters", alphabet)
    }
  }

  /// Merges of the sequences of train, which are read for it alone; their faults are told when they are encoded.
  private static func trained(
    _ context: StageContext, isHeldOut side: (SequenceRecord, Bool?) -> Bool
  ) throws -> BPEModel {
    var trainer = BPETrainer(vocabularySize: context[Self.vocabulary])
    var isEmpty = true
    try corpus(context, report: { _ in }).forEach { record, isHeldOut, _ in
      if side(record, isHeldOut) { return }
      isEmpty = false
      guard trainer.size + record.sequence.count < BPETrainer.largestSize else {
        throw StageFailure(
          code: "too-large",
          "byte-pair encoding is trained on at most \(Words.grouped(BPETrainer.largestSize)) letters, which are held "
            + "in memory; 'rows' takes the first sequences alone")
      }
      trainer.add(record.sequence)
    }
    if isEmpty { throw noSequences }
    return trainer.train()
  }
}

/// Encodes sequences as they come, some letters at a time, and writes each into the file of its split.
struct Encoding {
  /// Letters that are encoded together, and those of a piece that one thread encodes.
  private static let portion = 1 << 24
  private static let piece = 1 << 22

  /// The file and the counts of a split.
  struct Split {
    fileprivate(set) var counts = TokenCounts()
    /// Sequences before they are written once for each frame, and letters that are before a frame's first.
    fileprivate(set) var unframed = 0
    fileprivate(set) var lettersBefore = 0
    /// Sequences by the token of their tag.
    fileprivate(set) var tags: [Int32: Int] = [:]
    fileprivate let file: TokenOutput
  }
  /// The side of a piece; where it begins a sequence, the tag of that, and where it ends one, its number of letters.
  private struct Piece {
    let isHeldOut: Bool
    let tag: Int32?
    let sequenceLength: Int?
  }

  private(set) var train: Split
  private(set) var heldOut: Split
  let tokenizer: Tokenizer
  /// The number of letters with which k-mers begin.
  let frames: Int
  private let threads: Int
  private var letters: [[UInt8]] = []
  private var pieces: [Piece] = []
  private var size = 0

  init(_ tokenizer: Tokenizer, _ context: StageContext) throws {
    self.tokenizer = tokenizer
    frames = context[TokenizeStage.frames] == "all" ? context[TokenizeStage.k] : 1
    threads = context.threads
    let split = { (name: String) in
      Split(
        file: TokenOutput(
          try context.outputs.create("tokens", name), vocabularySize: tokenizer.vocabularySize))
    }
    train = try split(TokenFile.train)
    heldOut = try split(TokenFile.heldOut)
  }

  /// Encodes a sequence in all frames in which a whole k-mer fits; a shorter sequence has the first one alone.
  mutating func add(_ sequence: [UInt8], _ tag: String?, isHeldOut: Bool) throws {
    for start in 0..<max(1, min(frames, sequence.count - frames + 1)) {
      note(start, isHeldOut ? \.heldOut : \.train)
      try write(
        start == 0 ? sequence : Array(sequence[start...]), tag.flatMap(tokenizer.id(ofTag:)), isHeldOut: isHeldOut)
    }
  }

  private mutating func note(_ start: Int, _ side: WritableKeyPath<Encoding, Split>) {
    self[keyPath: side].unframed += start == 0 ? 1 : 0
    self[keyPath: side].lettersBefore += start
  }

  private mutating func write(_ sequence: [UInt8], _ tag: Int32?, isHeldOut: Bool) throws {
    for range in tokenizer.pieces(of: sequence.count, size: Self.piece) {
      let isWhole = range.count == sequence.count
      letters.append(isWhole ? sequence : Array(sequence[range]))
      let ends = range.upperBound == sequence.count
      pieces.append(
        Piece(
          isHeldOut: isHeldOut, tag: range.lowerBound == 0 ? tag : nil, sequenceLength: ends ? sequence.count : nil))
      size += range.count
      if size >= Self.portion { try encode() }
    }
  }

  mutating func finish() throws {
    try encode()
    try train.file.close()
    try heldOut.file.close()
  }

  private mutating func encode() throws {
    let encoded = tokenizer.encode(letters, threads: threads)
    for (index, piece) in pieces.enumerated() {
      if piece.isHeldOut {
        try write(encoded[index], piece, into: &heldOut)
      } else {
        try write(encoded[index], piece, into: &train)
      }
    }
    letters.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    size = 0
  }

  private func write(_ ids: ArraySlice<Int32>, _ piece: Piece, into split: inout Split) throws {
    if let tag = piece.tag {
      split.tags[tag, default: 0] += 1
      try split.file.append([tag])
    }
    split.counts.take(ids)
    try split.file.append(ids)
    guard let length = piece.sequenceLength else { return }
    split.counts.endSequence(letters: length, by: tokenizer)
    split.file.endSequence()
  }
}
