import TestSupport
import Testing
import Tokenizers

/// On trained models, which hold texts made by several merges, the encoder gives what the definition gives.
@Test func `the BPE encoder equals its reference on trained models`() {
  var random = RandomNumbers(seed: seed)
  for round in 0..<60 {
    let alphabet = ["A", "AC", "AAAC", "ACGT", "ACGTN", "AAAAAAAAAC"].randomElement(using: &random)!
    var trainer = BPETrainer(vocabularySize: Int.random(in: 6...200, using: &random))
    for _ in 0..<Int.random(in: 1...30, using: &random) {
      trainer.add(random.letters(alphabet, Int.random(in: 0...60, using: &random)))
    }
    check(trainer.train(), &random, alphabet, "seed \(seed) round \(round)")
  }
}

/// On models whose merges are in any order at all, as a file may state them, the encoder gives what the definition
/// gives.
@Test func `the BPE encoder equals its reference on shuffled models`() {
  var random = RandomNumbers(seed: seed)
  for round in 0..<300 {
    let alphabet = ["A", "AC", "ACG"].randomElement(using: &random)!
    var trainer = BPETrainer(vocabularySize: Int.random(in: 8...60, using: &random))
    for _ in 0..<10 { trainer.add(random.letters(alphabet, 40)) }
    let model = trainer.train()
    // Every way to make a token of two others, so that one text has many merges.
    var merges = model.merges
    let made = Set(merges)
    let texts = Set(model.tokens.dropFirst(5))
    for left in 5..<model.tokens.count {
      for right in 5..<model.tokens.count {
        let merge = BPEMerge(Int32(left), Int32(right))
        if !made.contains(merge), texts.contains(model.tokens[left] + model.tokens[right]) { merges.append(merge) }
      }
    }
    merges.shuffle(using: &random)
    merges.removeLast(Int.random(in: 0...merges.count / 2, using: &random))
    check(BPEModel(tokens: model.tokens, merges: merges), &random, alphabet, "seed \(seed) round \(round)")
  }
}

private func check(_ model: BPEModel, _ random: inout RandomNumbers, _ alphabet: String, _ comment: Comment) {
  let encoder = Tokenizer.bpe(model).encoder()
  let known = alphabet.filter { letter in model.tokens.dropFirst(5).contains(Array(String(letter).utf8)) }
  if known.isEmpty { return }
  for _ in 0..<20 {
    let word = random.letters(known, Int.random(in: 0...90, using: &random))
    var ids: [Int32] = []
    word.withUnsafeBufferPointer { encoder.encode($0, into: &ids) }
    #expect(ids == model.encodeReference(word), "\(comment) \(text(word))")
  }
}

@Test func `BPE training gives the tokens found by hand`() {
  // Pairs: AB 3, BA 1, BC 1. AB is merged; then ABC and ABAB have count 1, the lower ids first.
  var trainer = BPETrainer(vocabularySize: 100)
  for word in ["ABAB", "ABC"] { trainer.add(bytes(word)) }
  let model = trainer.train()
  #expect(model.tokens.dropFirst(5).map { text($0) } == ["A", "B", "C", "AB", "ABC", "ABAB"])
}

@Test func `BPE training stops at its size and least count`() {
  var none = BPETrainer(vocabularySize: 100)
  #expect(none.train().tokens.count == 5)
  none = BPETrainer(vocabularySize: 6)
  none.add(bytes("ACGT"))
  #expect(none.train().tokens.count == 9)
  none = BPETrainer(vocabularySize: 100, minimumCount: 3)
  none.add(bytes("ACACACGT"))
  #expect(none.train().tokens.dropFirst(5).map { text($0) } == ["A", "C", "G", "T", "AC"])
}

@Test func `unknown letters split words`() {
  var trainer = BPETrainer(vocabularySize: 7)
  trainer.add(bytes("AAAA"))
  let tokenizer = Tokenizer.bpe(trainer.train())
  #expect(tokenizer.encode(bytes("AANAAA")) == [6, 1, 6, 5])
  #expect(tokenizer.encode(bytes("NN")) == [1, 1])
}
