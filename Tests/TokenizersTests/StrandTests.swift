import Sequences
import Testing
import Tokenizers
import Tokens

@Suite struct StrandTests {
  static let tokenizers: [Tokenizer] = [
    .character(.dna), .kmer(1, stride: 1, .dna), .kmer(3, stride: 3, .dna), .kmer(3, stride: 1, .dna),
    .kmer(4, stride: 2, .dna), .kmer(2, stride: 5, .dna),
  ]

  /// Complements in reverse order are the tokens of the reverse complement of the letters that they stand for.
  @Test(arguments: tokenizers) func `reversed complements are the tokens of the other strand`(tokenizer: Tokenizer)
    throws
  {
    let table = try tokenizer.complements()
    let letters = Array("GATTACANCCGTAGCTTGCAACGGTATCGACTGAGGCATCATN".utf8)
    let ids = tokenizer.encode(letters)
    var span = letters.count
    if case .kmer(let k, let stride, _) = tokenizer.scheme { span = (ids.count - 1) * stride + k }
    let other = letters[..<span].reversed().map { letter -> UInt8 in
      let place = Array("ACGTN".utf8).firstIndex(of: letter)!
      return Array("TGCAN".utf8)[place]
    }
    #expect(tokenizer.encode(other) == ids.reversed().map { table[Int($0)] })
    #expect(table.map { table[Int($0)] } == table.indices.map(Int32.init))
  }

  /// With letters at the end, the other strand begins with them and has all letters.
  @Test(arguments: [(3, 3), (4, 2), (3, 1)]) func `the other strand has the letters of a tail too`(k: Int, stride: Int)
    throws
  {
    let tokenizer = Tokenizer.kmer(k, stride: stride, keepsTail: true, .dna)
    let table = try tokenizer.complements()
    #expect(table.map { table[Int($0)] } == table.indices.map(Int32.init))
    let letters = Array("GATTACACCGTAGCTTGCAACGGTATCGACTGAGGCATCATG".utf8)
    for count in [1, 2, 11, 29, 31, letters.count] {
      let ids = tokenizer.encode(Array(letters[..<count]))
      let other = letters[..<count].reversed().map { letter in
        Array("TGCA".utf8)[Array("ACGT".utf8).firstIndex(of: letter)!]
      }
      #expect(tokenizer.decode(ids.reversed().map { table[Int($0)] }) == other, "\(count) letters")
    }
  }

  @Test func `proteins and bytes have no other strand`() {
    #expect(throws: StrandError.protein) { try Tokenizer.character(.protein).complements() }
    #expect(throws: StrandError.protein) { try Tokenizer.kmer(2, stride: 2, .protein).complements() }
    #expect(throws: StrandError.unknownAlphabet) { try Tokenizer.byte.complements() }
  }

  @Test func `a token adds the letters that are not in the one before`() {
    #expect(Tokenizer.kmer(3, stride: 1, .dna).addedLengths[5] == 1)
    #expect(Tokenizer.kmer(3, stride: 3, .dna).addedLengths[5] == 3)
    #expect(Tokenizer.kmer(3, stride: 6, .dna).addedLengths[5] == 3)
    #expect(Tokenizer.character(.dna).addedLengths[5] == 1)
  }

  /// About half of the rows are of the other strand, and which is a function of the step alone.
  @Test func `about half of a batch is of the other strand`() throws {
    let tokenizer = Tokenizer.character(.dna)
    var writer = TokenArrayWriter(vocabularySize: tokenizer.vocabularySize)
    for _ in 0..<50 { writer.add(tokenizer.encode(Array("AACCA".utf8))[...]) }
    writer.finish()
    var bytes: [UInt8] = []
    writer.drain { bytes += $0 }
    try bytes.withUnsafeBytes { bytes in
      let array = try TokenArray(bytes, file: "train.tokens")
      let table = try tokenizer.complements()
      var batches = try #require(Batches(array, seed: 1, batchSize: 200, length: 5, complements: table))
      let batch = batches.batch(7)
      let rows = (0..<200).map { tokenizer.decode(batch[$0]) }
      let turned = rows.count { $0 == Array("TGGTT".utf8) }
      #expect((70...130).contains(turned) && rows.count { $0 == Array("AACCA".utf8) } == 200 - turned)
      #expect(batches.batch(7) == batch && batches.batch(8) != batch)
    }
  }
}
