import Artifacts
import Inputs
import ModelStages
import Sequences
import Tokenizers
import Tokens

/// The prompts of a generation, each as often as sequences are drawn behind it.
struct Prompts {
  /// By sequence that is drawn: its tag, and the tokens of its prompt.
  private(set) var tokens = PackedTokens()
  private(set) var letters: [[UInt8]] = []
  private(set) var names: [String] = []
  /// Prompts, and sequences behind each.
  private let each: Int
  private let tokenizer: Tokenizer
  private let tag: Int32?
  /// Tokens that are drawn: those of known letters, ascending.
  let allowed: [Int32]

  /// Throws `StageFailure` for prompts that the tokenizer cannot read, and for tokens that overlap.
  init(_ context: StageContext, _ model: LanguageModel) throws {
    (tokenizer, tag) = (model.tokenizer, model.tag)
    let (tokenizer, known) = (model.tokenizer, model.tokenizer.letters)
    guard known.overlap == nil else {
      throw StageFailure(
        code: "overlapping-tokens",
        "the tokens share letters with their neighbours, so that most words after a word cannot follow it: generate "
          + "with weights of letters, of k-mers apart ('stride: 0') or of byte pairs")
    }
    let bases = Set((Alphabet(rawValue: context[.alphabet]) ?? .dna).bases)
    let isOfBytes = tokenizer.scheme == .byte
    allowed = (SpecialToken.count..<Int32(tokenizer.vocabularySize)).filter { id in
      known.isKnown(id) && (!isOfBytes || tokenizer.bytes(of: id).allSatisfy(bases.contains))
    }
    each = context[GenerateStage.count]
    if let prompts = context.optionalInput("prompts") {
      let source = SequenceSource(
        prompts, path: SequenceSource.names(at: "prompts"), alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna,
        rows: 0, context.report)
      try source.forEach { record, _ in try add(record.name, record.sequence) }
      if names.isEmpty { throw StageFailure(code: "no-prompts", "'prompts' has no sequence") }
    } else {
      try add("generated", Array(context[GenerateStage.prompt].utf8))
    }
  }

  /// The number of a sequence among those of its prompt, from 1.
  func number(_ index: Int) -> Int { index % each + 1 }

  /// The letters of stops. Throws `StageFailure`.
  func stops(_ texts: [String]) throws -> [[UInt8]] {
    try texts.map { text in
      let letters = Self.upperCase(Array(text.utf8))
      guard !letters.isEmpty else { throw StageFailure(code: "empty-stop", "a stop has no letters") }
      let drawn = Set(allowed.flatMap { tokenizer.bytes(of: $0) })
      guard letters.allSatisfy(drawn.contains) else {
        throw StageFailure(
          code: "unknown-letters", "the stop '\(text)' has letters that are never drawn, and would end no sequence")
      }
      return letters
    }
  }

  private mutating func add(_ name: String, _ sequence: [UInt8]) throws {
    let ids = try encode(sequence, sequence.count > 40 ? "the prompt \(name)" : "the prompt '\(Self.text(sequence))'")
    for _ in 0..<each {
      names.append(name)
      letters.append(Self.upperCase(sequence))
      tokens.append(ids[...])
    }
  }

  private func encode(_ sequence: [UInt8], _ name: String) throws -> [Int32] {
    let upper = Self.upperCase(sequence)
    let ids = Array(tokenizer.encode([upper], threads: 1)[0])
    guard !ids.contains(SpecialToken.unknown) else {
      throw StageFailure(code: "unknown-letters", "\(name) has letters that the tokenizer does not know")
    }
    let read = ids.reduce(0) { $0 + tokenizer.bytes(of: $1).count }
    guard read == upper.count else {
      throw StageFailure(
        code: "no-whole-tokens",
        "\(name) has \(upper.count) letters, of which the tokenizer reads \(read): its length must be one of whole "
          + "tokens")
    }
    return (tag.map { [$0] } ?? []) + ids
  }

  private static func upperCase(_ letters: [UInt8]) -> [UInt8] {
    letters.map { (97...122).contains($0) ? $0 - 32 : $0 }
  }

  private static func text(_ letters: [UInt8]) -> String { String(decoding: letters, as: UTF8.self) }
}
