import Sequences
import TestSupport
import Testing
import Variants

/// Variants as files state them, and what they make of letters.
@Suite struct VariantsTests {
  private func read(
    _ text: String, _ alphabet: Alphabet = .dna, column: String? = nil, chunk: Int = .max
  ) throws -> (variants: [Variant], reader: VariantReader) {
    var reader = VariantReader(file: "v", alphabet: alphabet, substitutions: column)
    var variants: [Variant] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      Array(rest.prefix(chunk)).withUnsafeBytes { reader.push($0) { variants.append($0) } }
      rest = rest.dropFirst(chunk)
    }
    reader.finish { variants.append($0) }
    return (variants, reader)
  }

  private static let vcf = """
    ##fileformat=VCFv4.2
    ##INFO=<ID=A,Description="a quote, and a comma">
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
    c\t3\t.\tG\tA\t.\t.\t.
    c\t4\trs1\tT\tTCC\t.\t.\t.
    c\t4\tdel\tTAC\tT\t.\t.\t.
    c\t5\t.\ta\tg
    c\t5\tmulti\tA\tC,G\t.\t.\t.
    c\t5\tsv\tA\t<DEL>\t.\t.\t.
    c\t5\tstar\tA\t*\t.\t.\t.
    c\t5\tbnd\tA\tA[d:9[\t.\t.\t.
    c\t5\tnone\tA\t.\t.\t.\t.
    c\t5\tbad\tE\tA\t.\t.\t.

    """

  /// Rows of several alleles, symbolic ones and those that change nothing are counted, not read.
  @Test(arguments: [1, 7, .max]) func `VCF is read with what it leaves out`(_ chunk: Int) throws {
    let (variants, reader) = try read(Self.vcf, chunk: chunk)
    try reader.findings.check()
    #expect(variants.map(\.name) == ["c:3:G>A", "rs1", "del", "c:5:a>g"])
    #expect(variants.map(\.range) == [2..<3, 3..<4, 3..<6, 4..<5])
    #expect(variants[3].edits[0].alternative == Array("G".utf8) && variants[0].isSubstitution)
    #expect(!variants[1].isSubstitution && variants[0].record == "c")
    let counts = reader.faults.all.mapValues(\.0)
    #expect(counts == [.severalAlleles: 1, .symbolic: 3, .noChange: 1, .letters: 1], "\(counts)")
    #expect(reader.faults.lines.count == 4 && reader.faults.lines[0].contains("several alleles: 1, the first `multi`"))
  }

  @Test func `variants change the letters of a window`() throws {
    let letters = Array("ACGTACGT".utf8)
    let (variants, _) = try read(Self.vcf)
    let applied = variants.prefix(3).map { String(decoding: $0.applied(to: letters, from: 0), as: UTF8.self) }
    #expect(applied == ["ACATACGT", "ACGTCCACGT", "ACGTGT"])
    #expect(String(decoding: variants[2].applied(to: Array(letters[2..<7]), from: 2), as: UTF8.self) == "GTG")
    #expect(variants.prefix(4).allSatisfy { $0.fault(in: letters) == nil })
    #expect(variants[0].fault(in: Array("ACCT".utf8)) == .wrongReference)
    #expect(variants[2].fault(in: Array("ACGTA".utf8)) == .outside)
    let twice = Variant("t", record: "c", [.init(1, [67, 71], [65]), .init(2, [71], [65])])
    #expect(twice.fault(in: letters) == .overlap)
    let two = Variant("t", record: "c", [.init(6, [71], [65]), .init(0, [65], [84])])
    #expect(String(decoding: two.applied(to: letters, from: 0), as: UTF8.self) == "TCGTACAT")
  }

  @Test func `tables have places, or substitutions`() throws {
    let (places, _) = try read("name,record,position,reference,alternative\nx,r,2,A,-\n,r,3,-,GG\n")
    #expect(places.map(\.edits) == [[.init(1, [65], [])], [.init(2, [], [71, 71])]] && places[0].name == "x")
    let (proteins, reader) = try read(
      "id\tmutant\tscore\n1\tM182T\t0\n2\tM182T:E104K\t0\n3\tA7A\t0\n4\tA7*\t0\n", .protein, column: "mutant")
    #expect(proteins.map(\.name) == ["M182T", "M182T:E104K"] && proteins[0].range == 181..<182)
    #expect(proteins[1].edits.map(\.start) == [103, 181] && proteins[0].record == "")
    #expect(reader.faults.all.mapValues(\.0) == [.noChange: 1, .letters: 1])
    for (text, column, words) in [
      ("a,b\n1,2\n", nil, "there is no column `position`, `reference`, `alternative`; the header has `a`, `b`"),
      ("a,m\n1,182T\n", "m", "`182T` is no substitution"),
      ("record\tposition\treference\talternative\nc\t0\tA\tC\n", nil, "the position `0` is no number from 1"),
      ("##fileformat=VCFv4.2\n#CHROM\nc\t1\n", nil, "a row of VCF has at least five columns"),
      ("##fileformat=VCFv4.2\n", nil, "there is no variant in it"),
    ] as [(String, String?, String)] {
      let findings = try read(text, column: column).reader.findings
      #expect(findings.errors.first?.message.contains(words) == true, "\(findings)")
    }
  }

  @Test func `single mutants are all other letters at every place`() {
    let mutants = SingleMutants.all(of: Array("ANG".utf8), in: 0..<3, record: "r", .dna)
    #expect(mutants.map(\.name) == ["A1C", "A1G", "A1T", "G3A", "G3C", "G3T"])
    #expect(SingleMutants.all(of: Array("MK".utf8), in: 1..<2, record: "r", .protein).count == 19)
  }

  /// Worked by hand; the mutant of a gene on the other strand is that of the same gene read along its strand.
  @Test func `stops stand in genes in both forms`() throws {
    let gene = Array("ATGAAACCCGGGTTTAAACCCGGGTTTAAACCC".utf8)
    let window = Array("GG".utf8) + gene + Array("CC".utf8)
    let substituted = try #require(StopCassette.pair(window, gene: 2..<35, .substitute))
    let stop = "TAATAATAATAGTGA"
    #expect(String(decoding: substituted.mutant, as: UTF8.self) == "GGATGAAACCCGGG\(stop)AAACCCCC")
    #expect(substituted.mutant.count == window.count && substituted.copies == 1)
    let inserted = try #require(StopCassette.pair(window, gene: 2..<35, .insert))
    #expect(
      String(decoding: inserted.mutant, as: UTF8.self)
        == "GGATGAAACCCGGG\(stop)TTTAAACCCGGG\(stop)TTTAAACCCCC")
    #expect(inserted.copies == 2)
    #expect(StopCassette.pair(window, gene: 2..<20, .substitute) == nil)
    #expect(StopCassette.pair(window, gene: 2..<14, .insert) == nil)
    // Windows of the two strands are mirror images.
    for (gene, length) in [(100..<160, 100), (100..<400, 80), (100..<180, 80), (0..<30, 100), (970..<1000, 100)] {
      let forward = StopCassette.window(gene, isReverse: false, length: length, of: 1000)
      let mirrored = (1000 - gene.upperBound)..<(1000 - gene.lowerBound)
      let reverse = StopCassette.window(mirrored, isReverse: true, length: length, of: 1000)
      #expect(reverse == (1000 - forward.upperBound)..<(1000 - forward.lowerBound), "\(gene)")
      #expect(forward.count == length && forward.contains(gene.lowerBound))
    }
  }

  /// The matrix is symmetric; the figures are those of the published table.
  @Test func `BLOSUM62 and codons`() {
    let letters = Alphabet.protein.bases
    for a in letters { for b in letters { #expect(Blosum62.score(a, b) == Blosum62.score(b, a)) } }
    #expect(letters.reduce(0) { $0 + Blosum62.score($1, $1)! } == 116)
    #expect(Blosum62.score(of: "W5C") == -2 && Blosum62.score(of: "I1V:K2E") == 4)
    #expect(Blosum62.score(of: "M1*") == nil && Blosum62.score(of: "thrA") == nil)
  }
}
