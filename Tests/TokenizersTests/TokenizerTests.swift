import Sequences
import TestSupport
import Testing
import Tokenizers
import Tokens

private func ids(_ tokenizer: Tokenizer, _ sequence: String) -> [Int32] { tokenizer.encode(bytes(sequence)) }

@Test func `k-mers have their ids`() {
  let six = Tokenizer.kmer(6, stride: 6, .dna)
  #expect(six.vocabularySize == 4101)
  #expect(ids(six, "AAAAAAAAAAACTTTTTT") == [5, 6, 4100])
  #expect(ids(six, "AAAAAAAAAAA") == [5])
  #expect(ids(six, "AAAAA") == [])
  #expect(ids(six, "AAAAANAAAAAA") == [1, 5])
  let overlapping = Tokenizer.kmer(3, stride: 1, .dna)
  #expect(ids(overlapping, "AACNAAAT") == [6, 1, 1, 1, 5, 8])
  #expect(ids(Tokenizer.kmer(2, stride: 3, .dna), "AACAC") == [5, 6])
  #expect(Tokenizer.kmer(8, stride: 8, .dna).vocabularySize == 65_541)
  #expect(Tokenizer.kmer(3, stride: 3, .protein).vocabularySize == 8_005)
  #expect(six.text(of: 4100) == "TTTTTT")
  #expect(six.baseLengths[5] == 6)
}

/// Letters that make no whole k-mer at the end are tokens of their own, after the k-mers in the vocabulary.
@Test func `letters at the end are tokens`() {
  let six = Tokenizer.kmer(6, stride: 6, keepsTail: true, .dna)
  #expect(six.vocabularySize == 4105)
  #expect(ids(six, "AAAAAAAAAAAC") == [5, 6])
  #expect(ids(six, "AAAAAAACGTN") == [5, 4101, 4102, 4103, 4104, 1])
  #expect(ids(six, "GA") == [4103, 4101])
  #expect(ids(six, "") == [])
  #expect((0..<4).map { six.text(of: 4101 + Int32($0)) } == ["A", "C", "G", "T"])
  #expect(six.baseLengths.suffix(5) == [6, 1, 1, 1, 1] && six.addedLengths.suffix(5) == [6, 1, 1, 1, 1])
  // Overlapping k-mers reach the end, or leave less than a stride; those further apart leave what follows a gap.
  #expect(ids(.kmer(3, stride: 1, keepsTail: true, .dna), "AACA") == [6, 9])
  #expect(ids(.kmer(4, stride: 3, keepsTail: true, .dna), "AAAACT") == [5, 262, 264])
  #expect(ids(.kmer(2, stride: 3, keepsTail: true, .dna), "AACACGT") == [5, 6, 24])
  #expect(ids(.kmer(1, stride: 2, keepsTail: true, .dna), "ACA") == [5, 5])
  #expect(Tokenizer.kmer(1, stride: 1, keepsTail: true, .dna).vocabularySize == 9)
  #expect(Tokenizer.kmer(8, stride: 8, keepsTail: true, .dna).vocabularySize == 65_545)
}

/// Each letter is in the tokens' letters or is counted as in none.
@Test func `letters in no token are counted`() {
  for k in 1...4 {
    for stride in 1...6 {
      for keepsTail in [false, true] {
        let tokenizer = Tokenizer.kmer(k, stride: stride, keepsTail: keepsTail, .dna)
        for count in 0...20 {
          // A letter is lost when no k-mer starts at its place or up to k - 1 before, and no tail is kept.
          let starts = count < k ? [] : Array(Swift.stride(from: 0, through: count - k, by: stride))
          var covered = Set(starts.flatMap { $0..<$0 + k })
          if keepsTail { covered.formUnion((0..<count).dropFirst(starts.last.map { $0 + max(k, stride) } ?? 0)) }
          let comment: Comment = "k \(k), stride \(stride), tail \(keepsTail), \(count) letters"
          #expect(tokenizer.lettersInNoToken(of: count) == count - covered.count, comment)
        }
      }
    }
  }
}

/// Pieces of a sequence give its ids.
@Test func `a sequence in pieces is encoded as the whole`() {
  var random = RandomNumbers(seed: seed)
  let tokenizers: [Tokenizer] =
    [.character(.dna), .byte, trained()]
    + [(3, 3), (6, 1), (4, 3), (2, 5), (1, 1), (1, 4)].flatMap { k, stride in
      [false, true].map { .kmer(k, stride: stride, keepsTail: $0, .dna) }
    }
  for tokenizer in tokenizers {
    for count in 0..<70 {
      let sequence = random.letters("ACGTN", count)
      for size in [1, 7, 20] {
        let pieces = tokenizer.pieces(of: count, size: size)
        let ids = pieces.flatMap { tokenizer.encode(Array(sequence[$0])) }
        #expect(ids == tokenizer.encode(sequence), "seed \(seed): \(tokenizer.scheme), \(count) letters by \(size)")
        #expect(pieces.last?.upperBound == count)
      }
    }
  }
}

@Test func `characters and bytes have their ids`() {
  #expect(ids(.character(.dna), "ACGNTR") == [5, 6, 7, 8, 9, 1])
  #expect(ids(.character(.protein), "AZ*") == [5, 30, 1])
  #expect(ids(.byte, "A\u{0}") == [70, 5])
  #expect(Tokenizer.byte.vocabularySize == 261)
}

@Test func `decoding undoes encoding`() {
  var random = RandomNumbers(seed: seed)
  let sequence = random.letters("ACGT", 60)
  let tokenizers: [Tokenizer] = [
    .character(.dna), .byte, .kmer(3, stride: 3, .dna), .kmer(6, stride: 1, .dna), .kmer(4, stride: 2, .dna), trained(),
  ]
  for (k, stride) in [(7, 7), (8, 3), (6, 5), (4, 1)] {
    let tokenizer = Tokenizer.kmer(k, stride: stride, keepsTail: true, .dna)
    for length in [0, 1, 5, 47, 59, 60] {
      let part = Array(sequence.prefix(length))
      #expect(tokenizer.decode(tokenizer.encode(part)) == part, "seed \(seed), \(length) letters, \(tokenizer.scheme)")
    }
  }
  for tokenizer in tokenizers { #expect(tokenizer.decode(tokenizer.encode(sequence)) == sequence, "seed \(seed)") }
}

@Test func `the number of threads does not matter`() {
  var random = RandomNumbers(seed: seed)
  let sequences = (0..<37).map { random.letters("ACGTN", $0 * 3) }
  let tokenizer = trained()
  let one = tokenizer.encode(sequences, threads: 1)
  for threads in [2, 3, 8, 64] { #expect(tokenizer.encode(sequences, threads: threads) == one, "seed \(seed)") }
  for (index, sequence) in sequences.enumerated() { #expect(Array(one[index]) == tokenizer.encode(sequence)) }
  #expect(tokenizer.encode([], threads: 2).count == 0)
}

/// Tokens with an unknown letter are not asked for: of a BPE, too, whose tokens say what its letters are.
@Test(arguments: [("AACGTN", "N"), ("ACDEFGHIKLMNPQRSTVWYX", "X"), ("acgtACGTn", "nN"), ("AC?", "")])
func `tokens with unknown letters are known as such`(_ letters: String, _ unknown: String) {
  var random = RandomNumbers(seed: 2)
  var trainer = BPETrainer(vocabularySize: 60)
  for _ in 0..<40 { trainer.add(random.letters(letters, 80)) }
  let tokenizer = Tokenizer.bpe(trainer.train())
  let table = tokenizer.letters
  var found = 0
  for id in SpecialToken.count..<Int32(tokenizer.vocabularySize) {
    let isUnknown = tokenizer.text(of: id).contains { unknown.contains($0) }
    #expect(table.isKnown(id) != isUnknown, "\(tokenizer.text(of: id))")
    found += isUnknown ? 1 : 0
  }
  #expect(found > 0 || unknown.isEmpty)
  for word in 0..<200 {
    let drawn = table.draw(UInt32(word) << 24, vocabulary: tokenizer.vocabularySize)
    #expect(drawn.map(table.isKnown) == true)
  }
}

/// A small BPE tokenizer, always the same.
func trained() -> Tokenizer {
  var random = RandomNumbers(seed: 1)
  var trainer = BPETrainer(vocabularySize: 60)
  for _ in 0..<40 { trainer.add(random.letters("AACGT", 80)) }
  return .bpe(trainer.train())
}

@Test(arguments: ["character-dna", "character-protein", "kmer-2-2", "kmer-2-1", "kmer-2-2-tail", "byte", "bpe"])
func `tokenizer files are the golden ones`(_ name: String) throws {
  let tokenizers: [String: Tokenizer] = [
    "character-dna": .character(.dna), "character-protein": .character(.protein), "byte": .byte, "bpe": trained(),
    "kmer-2-2": .kmer(2, stride: 2, .dna), "kmer-2-1": .kmer(2, stride: 1, .dna),
    "kmer-2-2-tail": .kmer(2, stride: 2, keepsTail: true, .dna),
  ]
  let tokenizer = tokenizers[name]!
  #expect(try GoldenFolder().difference(text(tokenizer.json()), "tokenizers/\(name).json") == nil)
  let read = try Tokenizer(json: tokenizer.json(), file: "tokenizer.json")
  #expect(read.scheme == tokenizer.scheme)
  #expect(read.alphabet == tokenizer.alphabet)
  #expect(read.json() == tokenizer.json())
}

@Test func `large vocabularies are read as they were written`() throws {
  let tokenizers: [Tokenizer] = [
    .kmer(8, stride: 8, .dna), .kmer(3, stride: 1, .protein), .kmer(1, stride: 1, .dna),
    .kmer(3, stride: 2, keepsTail: true, .protein), .kmer(6, stride: 6, keepsTail: true, .dna),
  ]
  for tokenizer in tokenizers {
    let read = try Tokenizer(json: tokenizer.json(), file: "tokenizer.json")
    #expect(read.scheme == tokenizer.scheme)
    #expect(read.alphabet == tokenizer.alphabet)
  }
}
