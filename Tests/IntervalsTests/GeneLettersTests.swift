import Testing

@testable import Intervals

/// Letters by the genes that they are in.
@Suite struct GeneLettersTests {
  private func feature(
    _ type: String, _ start: Int, _ end: Int, _ strand: Strand = .forward, phase: Int? = nil, isPseudo: Bool = false
  ) -> GenomicInterval {
    var feature = GenomicInterval("c", start, end, strand)
    feature.feature = type
    feature.phase = phase
    feature.isPseudo = isPseudo
    return feature
  }

  private func text(_ features: [GenomicInterval], _ count: Int = 12) -> String {
    String(decoding: GeneLetters(features, count: count).letters, as: UTF8.self)
  }

  @Test func `places in a codon go along the strand`() {
    #expect(text([feature("CDS", 2, 8)]) == "NN123123NNNN")
    #expect(text([feature("CDS", 2, 8, .reverse)]) == "NN654654NNNN")
    #expect(text([feature("CDS", 2, 8, phase: 2)]) == "NN231231NNNN")
    #expect(text([feature("CDS", 2, 8, .reverse, phase: 1)]) == "NN546546NNNN")
    // The parts of a joined gene go on where the one before has ended.
    #expect(text([feature("CDS", 0, 4, phase: 0), feature("CDS", 6, 11, phase: 2)]) == "1231NN23123N")
  }

  @Test func `sorts have an order, and what is shared is counted`() {
    let genes = [
      feature("pseudogene", 0, 5), feature("tRNA", 4, 8), feature("CDS", 6, 9), feature("CDS", 8, 11, .reverse),
      feature("CDS", 1, 3, isPseudo: true), feature("gene", 0, 12), feature("mRNA", 0, 12), feature("CDS", 10, 20),
    ]
    let letters = GeneLetters(genes, count: 12)
    #expect(String(decoding: letters.letters, as: UTF8.self) == "PPPPTT123542")
    #expect(letters.shared[.bothStrands]?.count == 2 && letters.shared[.bothStrands]?.first == 8)
    #expect(letters.shared[.oneStrand] == nil)
    #expect(letters.shared[.otherSort]?.count == 3 && letters.shared[.otherSort]?.first == 4)
    let same = GeneLetters([feature("CDS", 0, 6), feature("CDS", 5, 9)], count: 9)
    #expect(String(decoding: same.letters, as: UTF8.self) == "123123231" && same.shared[.oneStrand]?.count == 1)
  }

  @Test func `features of GFF have their type, phase and word of a pseudogene`() throws {
    let read = try IntervalReader.read(
      "c\ts\tCDS\t3\t8\t.\t-\t2\tID=a;pseudo=true\nc\ts\ttRNA\t1\t2\t.\t+\t.\tID=b\n",
      options: IntervalOptions(layout: .gff))
    #expect(
      read.map(\.feature) == ["CDS", "tRNA"] && read.map(\.phase) == [2, nil] && read.map(\.isPseudo) == [true, false])
    #expect(read.map { GeneLetters.sort(of: $0) } == [.pseudogene, .rna])
  }
}
