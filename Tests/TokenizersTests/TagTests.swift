import Sequences
import Testing
import Tokens

@testable import Tokenizers

/// Tags of a tokenizer.
@Suite struct TagTests {
  private static let tokenizers: [Tokenizer] = [
    .character(.dna), .kmer(1, stride: 1, .dna), .kmer(3, stride: 1, .dna), .kmer(3, stride: 3, keepsTail: true, .dna),
    .kmer(2, stride: 2, .protein), .byte,
  ]

  @Test(arguments: tokenizers.indices) func `a file with tags comes back`(index: Int) throws {
    let plain = Self.tokenizers[index]
    let tagged = try plain.tagged(["coli", "phage-1"])
    let read = try Tokenizer(json: tagged.json(), file: "t.json")
    #expect(read.tags == ["coli", "phage-1"] && read.scheme == plain.scheme && read.json() == tagged.json())
    #expect(try plain.tagged([]).json() == plain.json())
    let first = Int32(plain.vocabularySize)
    #expect(read.vocabularySize == plain.vocabularySize + 2 && read.id(ofTag: "phage-1") == first + 1)
    #expect(read.text(of: first) == "<coli>" && read.id(ofTag: "yeast") == nil)
    // Tags are tokens of no letters: none is asked for, drawn or decoded.
    #expect(!read.letters.isKnown(first) && read.baseLengths[Int(first)] == 0 && read.addedLengths[Int(first)] == 0)
    let words = (0..<1000).map { UInt32($0) * 4_294_967 }
    #expect(words.allSatisfy { read.letters.draw($0, vocabulary: read.vocabularySize)! < first })
    let sequence = Array("ACGTACGTAC".utf8)
    let ids = read.encode([sequence], behind: first, threads: 1)[0]
    #expect(ids.first == first && Array(ids.dropFirst()) == plain.encode(sequence))
    #expect(read.decode(ids) == plain.decode(plain.encode(sequence)))
    if let complements = try? read.complements() {
      let untagged = try plain.complements()
      #expect(complements[Int(first)] == first && untagged == Array(complements.dropLast(2)))
    }
  }

  @Test func `a byte-pair model keeps its merges beside tags`() throws {
    var trainer = BPETrainer(vocabularySize: 20)
    trainer.add(Array(String(repeating: "ACGTTACGTA", count: 30).utf8))
    let plain = Tokenizer.bpe(trainer.train())
    let read = try Tokenizer(json: plain.tagged(["a", "b"]).json(), file: "t.json")
    #expect(read.tags == ["a", "b"] && read.bpe?.merges == plain.bpe?.merges)
  }

  @Test(arguments: [["two words"], [""], ["<a>"], ["a", "a"], [String(repeating: "x", count: 65)]])
  func `names that are no tags are refused`(names: [String]) {
    #expect(throws: SequenceError.self) { try Tokenizer.byte.tagged(names) }
  }

  /// A token that another program has added is no tag, wherever it stands: only those count that the file states.
  @Test func `added tokens that are no tags are refused`() throws {
    let text = String(decoding: try Tokenizer.kmer(1, stride: 1, .dna).tagged(["a"]).json(), as: UTF8.self)
    let changes = [
      ("\"content\": \"<a>\"", "\"content\": \"[A]\""), ("\"id\": 9", "\"id\": 5"), (", \"tags\": [\"a\"]", ""),
      ("\"tags\": [\"a\"]", "\"tags\": [\"b\"]"),
    ]
    for (old, new) in changes {
      #expect(text.contains(old))
      #expect(throws: SequenceError.self) {
        try Tokenizer(json: Array(text.replacing(old, with: new).utf8), file: "t.json")
      }
    }
  }
}
