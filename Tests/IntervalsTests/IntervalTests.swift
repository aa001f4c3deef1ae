import Intervals
import Randomness
import Sequences
import Testing

/// Intervals on a genome: how files are read, where windows lie, what negatives are.
@Suite struct IntervalTests {
  // MARK: Files

  /// The third to fifth letter of a record, on either strand, in both formats.
  @Test func `BED counts from zero and GFF from one`() throws {
    let bed = try IntervalReader.read(
      "track name=x\n# comment\nchr1\t2\t5\tpeak\t7\t-\n", options: IntervalOptions(layout: .bed, label: "score"))
    let gff = try IntervalReader.read(
      "##gff-version 3\nchr1\tx\tCDS\t3\t5\t7\t-\t0\tID=a%3Bb;Name=peak\n##FASTA\n>chr1\nACGT\n",
      options: IntervalOptions(layout: .gff, label: "score"))
    let gtf = try IntervalReader.read(
      "chr1\tx\tCDS\t3\t5\t7\t-\t0\tgene_name \"peak\"; note \"a b\";\n",
      options: IntervalOptions(layout: .gff, label: "6"))
    for found in [bed, gff, gtf] {
      #expect(found.map(\.place) == ["chr1:2-5(-)"])
      #expect(found.map(\.name) == ["peak"] && found.map(\.label) == ["7"])
    }
  }

  @Test func `summits are those of narrowPeak`() throws {
    let line = "chr1\t100\t200\tp\t0\t.\t1\t2\t3\t40"
    let peak = try IntervalReader.read(line, options: IntervalOptions(layout: .bed))[0]
    #expect(peak.summit == 140 && peak.strand == .unknown)
    #expect(try IntervalReader.read(line + "\t1\t2", options: IntervalOptions(layout: .bed))[0].summit == nil)
    let none = try IntervalReader.read(line.replacing("\t40", with: "\t-1"), options: IntervalOptions(layout: .bed))[0]
    #expect(none.summit == nil)
  }

  @Test func `labels come from columns and attributes`() throws {
    let line = "c\ts\tgene\t1\t9\t.\t+\t.\tID=g1;gene_biotype=tRNA\n"
    let label = { (name: String) in
      try IntervalReader.read(line, options: IntervalOptions(layout: .gff, label: name))[0].label
    }
    #expect(try label("gene_biotype") == "tRNA" && label("type") == "gene" && label("strand") == "+")
    #expect(try label("score") == "" && label("missing") == "" && label("name") == "g1")
    let types = { (names: Set<String>) in
      try IntervalReader.read(line, options: IntervalOptions(layout: .gff, types: names)).count
    }
    #expect(try types(["CDS", "gene"]) == 1)
    let findings = #expect(throws: SequenceFindings.self) { try types(["CDS"]) }
    #expect(findings?.description.contains("it has `gene`") == true)
  }

  @Test(arguments: [
    ("chr1\t5\n", IntervalOptions.Layout.bed, "x:1: a line of BED has at least three columns"),
    ("chr1\t9\t5\n", .bed, "x:1: the start 9 is after the end 5"),
    ("#\nchr1\t1\t5\tn\t0\tforward\n", .bed, "x:2: the strand is `forward`"),
    ("c\ts\tgene\t1\t9\t.\t+\t.\tID=g\n", .bed, "is the format `gff`?"),
    ("c\ts\tgene\t0\t9\t.\t+\t.\tID=g\n", .gff, "numbers from 1"),
    ("chr1\t1\t5\tn\n", .gff, "is the format `bed`?"),
    ("c\t1\t99999999999999999999\n", .bed, "are no start and end"),
    ("c\t1\t999999999999999999\n", .bed, "is too large"),
    ("", .bed, "there is no interval in it"),
    ("c\t1\t2\n\u{1}", .bed, "x:2: byte 0x01 in a text file"),
    ("PK\u{3}\u{4}", .bed, "x:1:1: this is a zip archive"),
    ("<!DOCTYPE html>\n<html>", .gff, "this is a web page in place of the data"),
  ]) func `bad lines are named with their place`(text: String, layout: IntervalOptions.Layout, message: String) {
    let findings = #expect(throws: SequenceFindings.self) {
      try IntervalReader.read(text, file: "x", options: IntervalOptions(layout: layout))
    }
    #expect(findings?.description.contains(message) == true, "\(findings?.description ?? "")")
  }

  @Test func `intervals do not depend on chunks`() throws {
    // The comment is longer than the bytes that are held back to see what a file is.
    let comment = "\u{FEFF}#" + String(repeating: "c", count: 500)
    let text = Array((comment + "\nchr1\t2\t5\ta\t0\t+\r\nchr1\t7\t9\tb\t0\t-").utf8)
    for size in 1...text.count {
      var reader = IntervalReader(file: "x", options: IntervalOptions(layout: .bed))
      var found: [GenomicInterval] = []
      for first in stride(from: 0, to: text.count, by: size) {
        text[first..<min(text.count, first + size)].withUnsafeBytes { reader.push($0) { found.append($0) } }
      }
      reader.finish { found.append($0) }
      #expect(found.map(\.place) == ["chr1:2-5(+)", "chr1:7-9(-)"] && reader.findings.errorCount == 0)
    }
  }

  @Test func `names of records match in their loose forms`() {
    let loose = RecordNames.loose
    #expect(loose.form(of: "chr1") == "1" && loose.form(of: "Chr1") == loose.form(of: "1"))
    #expect(loose.form(of: "chrM") == loose.form(of: "MT") && loose.form(of: "chr") == "chr")
    #expect(loose.form(of: "NC_000913.3") == loose.form(of: "NC_000913"))
    #expect(loose.form(of: "scaffold.a") == "scaffold.a" && RecordNames.exact.form(of: "chr1") == "chr1")
  }

  // MARK: Windows

  /// Windows along a strand are the same on the mirror of a genome.
  @Test(arguments: Anchor.allCases) func `windows are mirrored with the genome`(anchor: Anchor) throws {
    let count = 100
    for (start, end) in [(40, 47), (40, 48)] {
      for (length, shift) in [(10, 0), (11, 3), (7, -5)] {
        var forward = GenomicInterval("c", start, end, .forward)
        var reverse = GenomicInterval("c", count - end, count - start, .reverse)
        forward.summit = 43
        reverse.summit = count - 1 - 43
        let a = try #require(anchor.start(of: length, on: forward, shift: shift))
        let b = try #require(anchor.start(of: length, on: reverse, shift: shift))
        #expect(b == count - a - length, "\(anchor) \(start)-\(end) \(length) \(shift)")
      }
    }
    #expect(Anchor.start.start(of: 4, on: GenomicInterval("c", 10, 20, .forward)) == 8)
    #expect(Anchor.summit.start(of: 4, on: GenomicInterval("c", 10, 20)) == nil)
  }

  @Test func `letters along the other strand are complements`() {
    #expect(Strands.letters(Array("acGTNr".utf8), .forward) == Array("ACGTNR".utf8))
    #expect(Strands.letters(Array("acGTNr".utf8), .reverse) == Array("YNACGT".utf8))
  }

  @Test func `shares of GC, masked and unknown letters are counted`() {
    let composition = Array("GCatNn".utf8).withUnsafeBufferPointer { Composition($0) }
    #expect(composition.gc == 0.5 && composition.masked == 4.0 / 6 && composition.unknown == 2.0 / 6)
    let long = Array(repeating: UInt8(ascii: "g"), count: 200_001).withUnsafeBufferPointer { Composition($0) }
    #expect(long.gc == 1 && long.masked == 1 && long.unknown == 0)
  }

  @Test func `windows that say nothing new or two things are sorted out`() {
    let window = { (start: Int, strand: Strand, label: String, interval: Int) in
      PlacedWindow(record: 0, start: start, strand: strand, label: label, interval: interval)
    }
    let windows = [
      window(0, .forward, "a", 0), window(0, .forward, "a", 1), window(0, .reverse, "b", 2),
      window(20, .forward, "a", 3), window(25, .forward, "b", 4), window(31, .forward, "b", 5),
    ]
    let classes = PlacedWindow.distinct(windows, length: 10, conflicts: true)
    #expect(classes.kept.map(\.interval) == [0, 2, 5])
    #expect(classes.repeated.map(\.interval) == [1] && classes.conflicting.map(\.interval) == [3, 4])
    #expect(PlacedWindow.distinct(windows, length: 10, conflicts: false).kept.map(\.interval) == [0, 2, 3, 4, 5])
  }

  @Test func `splits are by record or in genome order`() {
    let windows = (0..<3).flatMap { record in
      (0..<10).map {
        PlacedWindow(record: record, start: 10 * $0, strand: .forward, label: "1", interval: 0)
      }
    }
    let named = GenomeSplits(windows, named: [1: .dev, 2: .test], dev: 0.5, test: 0.5)
    #expect((0..<3).map { named.part($0, 0) } == [.train, .dev, .test])
    let ordered = GenomeSplits(windows, named: [:], dev: 0.2, test: 0.1)
    #expect(
      windows.map { ordered.part($0.record, $0.start) } == Array(repeating: .train, count: 21)
        + Array(repeating: .dev, count: 6) + Array(repeating: .test, count: 3))
    #expect(ordered.ranges(2, count: 100).map(\.range) == [0..<10, 10..<70, 70..<100])
    #expect(ordered.ranges(2, count: 100).map(\.part) == [.train, .dev, .test])
    let mixed = GenomeSplits(windows, named: [0: .test], dev: 0.5, test: 0.5)
    #expect(mixed.part(0, 5) == .test && mixed.part(1, 5) == .train && mixed.part(2, 5) == .dev)
  }

  // MARK: Negatives

  private static let genome: [UInt8] = {
    let random = Philox(seed: 1, stream: .synthesis)
    // The second half is rich in G and C and half masked.
    return (0..<20_000).map { place in
      let isRich = place >= 10_000
      let letter = Array((isRich ? "GCGCGCAT" : "ATATATGC").utf8)[random.integer(below: 8, place)]
      return isRich && place % 2 == 0 ? letter | 0x20 : letter
    }
  }()

  @Test func `negatives are like their positives and lie apart`() {
    let length = 50
    let draw = NegativeDraw(length: length, gcTolerance: 0.05, maskedTolerance: 0.1, maximumUnknown: 0, seed: 3)
    Self.genome.withUnsafeBufferPointer { letters in
      let composition = { (start: Int) in Composition(UnsafeBufferPointer(rebasing: letters[start..<start + length])) }
      let positives = [100, 300, 1000, 12_000, 15_000, 15_200]
      let taken = positives.map { $0..<$0 + length }
      let wanted = (0..<60).map {
        WantedNegative(item: $0, composition: composition(positives[$0 % 6]), strand: .forward)
      }
      let (found, missing) = draw.draw(wanted, in: 0..<letters.count, of: letters, taken: taken)
      #expect(found.count == 60 && missing.isEmpty)
      let all = (found.map { $0.start..<$0.start + length } + taken).sorted { $0.lowerBound < $1.lowerBound }
      for (a, b) in zip(all, all.dropFirst()) { #expect(a.upperBound <= b.lowerBound) }
      for negative in found {
        #expect(negative.composition == composition(negative.start))
        #expect(abs(negative.composition.gc - negative.wanted.composition.gc) <= 0.05)
        #expect(abs(negative.composition.masked - negative.wanted.composition.masked) <= 0.1)
      }
      #expect(draw.draw(wanted, in: 0..<letters.count, of: letters, taken: taken).found == found)
      // No place of the poor half is like one of the rich half.
      let rich = wanted.filter { $0.composition.masked > 0.3 }
      let none = draw.draw(rich, in: 0..<10_000, of: letters, taken: taken)
      #expect(none.found.isEmpty && none.missing.count == rich.count && none.missing.allSatisfy { $0.attempts > 0 })
      #expect(draw.draw(none.missing, in: 10_000..<20_000, of: letters, taken: taken).found.count > 0)
    }
  }

  /// Dinucleotides, first and last letter stay; the order does not.
  @Test func `shuffles keep dinucleotides`() {
    let pairs = { (letters: [UInt8]) in
      Dictionary(grouping: zip(letters, letters.dropFirst()).map { [$0, $1] }) { $0 }.mapValues(\.count)
    }
    let draw = NegativeDraw(length: 1, gcTolerance: 0, maskedTolerance: 0, maximumUnknown: 0, seed: 9)
    var distinct: Set<[UInt8]> = []
    for item in 0..<200 {
      let letters = Array(Self.genome[item * 40..<item * 40 + 20 + item % 60].map { $0 & 0xDF }) + Array("NAC".utf8)
      let shuffled = draw.shuffled(letters, item: item)
      #expect(pairs(shuffled) == pairs(letters) && shuffled.first == letters.first && shuffled.last == letters.last)
      #expect(draw.shuffled(letters, item: item) == shuffled)
      if shuffled != letters { distinct.insert(shuffled) }
    }
    #expect(distinct.count > 195)
    for text in ["", "A", "AC", "ACG", "AAAAAA", "ACACACAC", "ACGTTTTTTTT"] {
      #expect(pairs(draw.shuffled(Array(text.utf8), item: 0)) == pairs(Array(text.utf8)))
    }
  }

  /// Each order that keeps the dinucleotides of a short sequence is drawn about as often as any other.
  @Test func `shuffles are uniform over all orders`() {
    let draw = NegativeDraw(length: 1, gcTolerance: 0, maskedTolerance: 0, maximumUnknown: 0, seed: 4)
    var counts: [[UInt8]: Int] = [:]
    for item in 0..<6000 { counts[draw.shuffled(Array("ACAGATA".utf8), item: item), default: 0] += 1 }
    #expect(counts.count == 6)
    for (_, count) in counts { #expect(abs(count - 1000) < 150, "\(counts.values)") }
  }
}
