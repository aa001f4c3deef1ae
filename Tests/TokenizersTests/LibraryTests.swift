import Foundation
import Labelled
import Sequences
import TestSupport
import Testing
import Tokenizers
import Tokens

/// Our files in the `tokenizers` library of Python, on real sequences. Skipped where library or data are missing.
@Suite(.enabled(if: TokenizersPython.program != nil && Repository.data != nil, TokenizersPython.skipData))
struct LibraryTests {
  /// 10,000 real sequences: windows of E. coli, and rows of three GUE tasks.
  private func sequences() throws -> [[UInt8]] {
    let data = Repository.data!
    let genome = data.appendingPathComponent("genomes/ecoli_k12_mg1655.fa.gz").path
    var all = try TokenizersPython.peer("windows", genome, "331", "5000").split(separator: 10).map { Array($0) }
    for task in ["tf/0", "prom/prom_core_all", "prom/prom_300_tata"] {
      let file = "gue/\(task)/train.csv"
      let bytes = Array(try Data(contentsOf: data.appendingPathComponent(file)))
      let options = TableOptions(reading: ReadingOptions(rows: 1_700))
      all += try TableReader.read(bytes, file: file, options: options).map(\.record.sequence)
    }
    #expect(all.count >= 10_000)
    return Array(all.prefix(10_000))
  }

  private func joined(_ sequences: [[UInt8]]) -> [UInt8] { Array(sequences.joined(separator: [10])) + [10] }

  private func compare(_ tokenizer: Tokenizer, _ sequences: [[UInt8]], asLibrary: ([UInt8]) -> [UInt8] = { $0 }) throws
  {
    let folder = try Scratchpad()
    let words = try folder.write("words", joined(sequences.map(asLibrary)))
    let file = try folder.write("tokenizer.json", tokenizer.json())
    let lines = try TokenizersPython.peer("encode", file, words).split(separator: 10, omittingEmptySubsequences: false)
    let ours = tokenizer.encode(sequences, threads: 2)
    #expect(lines.count == sequences.count + 1)
    var different = 0
    for (index, line) in lines.prefix(sequences.count).enumerated() {
      let theirs = line.split(separator: 32).map { Int32(text($0))! }
      if theirs != Array(ours[index]) { different += 1 }
    }
    #expect(different == 0, "\(tokenizer.scheme): sequences encoded in another way")
    // The file that the library writes is read as the same tokenizer, unless only the key that it drops
    // states the stride.
    if case .kmer(let k, let stride, _) = tokenizer.scheme, k != stride { return }
    try TokenizersPython.peer("resave", file, folder.path("again.json"))
    let again = try Tokenizer(json: folder.read("again.json"), file: "again.json")
    #expect(again.json() == tokenizer.json())
  }

  @Test func `the library gives the same ids for characters, bytes and k-mers`() throws {
    let sequences = try sequences()
    for tokenizer in [
      Tokenizer.character(.dna), .byte, .kmer(1, stride: 1, .dna), .kmer(3, stride: 3, .dna),
      .kmer(6, stride: 6, .dna),
    ] { try compare(tokenizer, sequences) }
    for k in [2, 4, 5, 7, 8] {
      try compare(.kmer(k, stride: k, .dna), Array(sequences.suffix(300)))
      try compare(
        .kmer(k, stride: k, keepsTail: true, .dna),
        (0..<300).map { Array(sequences[$0].prefix(40 + $0 % 9)) } + [bytes("A"), bytes("AN"), bytes("ACGTACGTACRTN")])
    }
    try compare(.kmer(3, stride: 3, keepsTail: true, .protein), [bytes("MKVLAXACD"), bytes("M"), bytes("MKVLA")])
    try compare(.character(.protein), [bytes("MKVLAZXBJOU"), bytes("M")])
    try compare(.kmer(2, stride: 2, .protein), [bytes("MKVLAXACD"), bytes("M")])
  }

  /// The documented pre-split: whole k-mers joined by spaces, and letters after them where the tail is kept.
  @Test func `the library gives the same ids for overlapping k-mers`() throws {
    let sequences = Array(try sequences().suffix(2_000))
    for (k, stride) in [(6, 1), (3, 2), (2, 5)] {
      try compare(.kmer(k, stride: stride, .dna), sequences) { sequence in
        let starts = Swift.stride(from: 0, through: sequence.count - k, by: stride)
        return Array(starts.map { sequence[$0..<$0 + k] }.joined(separator: [32]))
      }
    }
    try compare(.kmer(5, stride: 3, keepsTail: true, .dna), sequences) { sequence in
      let starts = Swift.stride(from: 0, through: sequence.count - 5, by: 3)
      let tail = sequence.dropFirst(starts.reversed().first.map { $0 + 5 } ?? 0)
      return Array((starts.map { sequence[$0..<$0 + 5] } + tail.map { [$0][...] }).joined(separator: [32]))
    }
  }

  /// Training gives the same tokens and the same merges, and encoding the same ids.
  @Test(arguments: [64, 512, 4096])
  func `the library trains the same tokens and merges`(_ size: Int) throws {
    let all = try sequences()
    let words = size == 4096 ? all : Array(all.suffix(3_000))
    let folder = try Scratchpad()
    let file = try folder.write("words", joined(words))
    try TokenizersPython.peer("train", file, String(size), folder.path("theirs.json"))
    var trainer = BPETrainer(vocabularySize: size)
    for word in words { trainer.add(word) }
    let ours = Tokenizer.bpe(trainer.train())
    let theirs = try Tokenizer(json: folder.read("theirs.json"), file: "theirs.json")
    #expect(ours.vocabularySize == size)
    #expect(ours.bpe!.tokens == theirs.bpe!.tokens)
    #expect(ours.bpe!.merges == theirs.bpe!.merges)
    try compare(ours, all)
  }
}

/// Words of few letters have many texts that several merges make, and many pairs that come back.
@Test(.enabled(if: TokenizersPython.program != nil, TokenizersPython.skip))
func `the library trains the same tokens on repetitive words`() throws {
  var random = RandomNumbers(seed: seed)
  for round in 0..<4 {
    let words = (0..<200).map { _ in random.letters(["AAC", "AC", "AAAAC", "ACGN"][round], 80) }
    let folder = try Scratchpad()
    let file = try folder.write("words", Array(words.joined(separator: [10])) + [10])
    try TokenizersPython.peer("train", file, "200", folder.path("theirs.json"))
    var trainer = BPETrainer(vocabularySize: 200)
    for word in words { trainer.add(word) }
    let ours = trainer.train()
    let theirs = try Tokenizer(json: folder.read("theirs.json"), file: "theirs.json").bpe!
    #expect(ours.tokens == theirs.tokens, "seed \(seed) round \(round)")
    #expect(ours.merges == theirs.merges, "seed \(seed) round \(round)")
  }
}
