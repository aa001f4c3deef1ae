import Sequences
import Testing

private func ids(_ tokenizer: Tokenizer, _ sequence: String) -> [Int32] { tokenizer.encode(bytes(sequence)) }

@Test func kmerIDs() {
  let six = Tokenizer.kmer(6, stride: 6, .dna)
  #expect(six.vocabularySize == 4101)
  #expect(ids(six, "AAAAAAAAAAACTTTTTT") == [5, 6, 4100])
  #expect(ids(six, "AAAAAAAAAAA") == [5])
  #expect(ids(six, "AAAAA") == [])
  #expect(ids(six, "AAAAANAAAAAA") == [1, 5])
  let overlapping = Tokenizer.kmer(3, stride: 1, .dna)
  #expect(ids(overlapping, "AACNAAAT") == [6, 1, 1, 1, 5, 8])
  #expect(overlapping.contiguousMask == 3)
  #expect(Tokenizer.kmer(5, stride: 2, .dna).contiguousMask == 3)
  #expect(six.contiguousMask == 1)
  #expect(ids(Tokenizer.kmer(2, stride: 3, .dna), "AACAC") == [5, 6])
  #expect(Tokenizer.kmer(8, stride: 8, .dna).vocabularySize == 65_541)
  #expect(Tokenizer.kmer(3, stride: 3, .protein).vocabularySize == 8_005)
  #expect(six.text(of: 4100) == "TTTTTT")
  #expect(six.baseLengths[5] == 6)
}

@Test func charactersAndBytes() {
  #expect(ids(.character(.dna), "ACGNTR") == [5, 6, 7, 8, 9, 1])
  #expect(ids(.character(.protein), "AZ*") == [5, 30, 1])
  #expect(ids(.byte, "A\u{0}") == [70, 5])
  #expect(Tokenizer.byte.vocabularySize == 261)
}

@Test func decodingUndoesEncoding() {
  var random = RandomNumbers(seed: seed)
  let sequence = random.letters("ACGT", 60)
  let tokenizers: [Tokenizer] = [
    .character(.dna), .byte, .kmer(3, stride: 3, .dna), .kmer(6, stride: 1, .dna), .kmer(4, stride: 2, .dna), trained(),
  ]
  for tokenizer in tokenizers { #expect(tokenizer.decode(tokenizer.encode(sequence)) == sequence, "seed \(seed)") }
}

@Test func threadsDoNotMatter() {
  var random = RandomNumbers(seed: seed)
  let sequences = (0..<37).map { random.letters("ACGTN", $0 * 3) }
  let tokenizer = trained()
  let one = tokenizer.encode(sequences, threads: 1)
  for threads in [2, 3, 8, 64] { #expect(tokenizer.encode(sequences, threads: threads) == one, "seed \(seed)") }
  for (index, sequence) in sequences.enumerated() { #expect(Array(one[index]) == tokenizer.encode(sequence)) }
  #expect(tokenizer.encode([], threads: 2).count == 0)
}

/// A small BPE tokenizer, always the same.
func trained() -> Tokenizer {
  var random = RandomNumbers(seed: 1)
  var trainer = BPETrainer(vocabularySize: 60)
  for _ in 0..<40 { trainer.add(random.letters("AACGT", 80)) }
  return .bpe(trainer.train())
}

@Test(arguments: ["character-dna", "character-protein", "kmer-2-2", "kmer-2-1", "byte", "bpe"])
func tokenizerFilesAreGolden(_ name: String) throws {
  let tokenizers: [String: Tokenizer] = [
    "character-dna": .character(.dna), "character-protein": .character(.protein), "byte": .byte, "bpe": trained(),
    "kmer-2-2": .kmer(2, stride: 2, .dna), "kmer-2-1": .kmer(2, stride: 1, .dna),
  ]
  let tokenizer = tokenizers[name]!
  try checkGolden(text(tokenizer.json()), "tokenizers/\(name).json")
  let read = try Tokenizer(json: tokenizer.json(), file: "tokenizer.json")
  #expect(read.scheme == tokenizer.scheme)
  #expect(read.alphabet == tokenizer.alphabet)
  #expect(read.json() == tokenizer.json())
}

@Test func largeVocabulariesRoundTrip() throws {
  for tokenizer in [Tokenizer.kmer(8, stride: 8, .dna), .kmer(3, stride: 1, .protein), .kmer(1, stride: 1, .dna)] {
    let read = try Tokenizer(json: tokenizer.json(), file: "tokenizer.json")
    #expect(read.scheme == tokenizer.scheme)
    #expect(read.alphabet == tokenizer.alphabet)
  }
}
