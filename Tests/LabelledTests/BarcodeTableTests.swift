import Sequences
import TestSupport
import Testing

@testable import Labelled

/// Tables of barcodes as databases write them: rows chosen by a column, gaps, padding, records without a sequence.
@Suite struct BarcodeTableTests {
  private func read(
    _ text: String, by size: Int = 1 << 20, _ change: (inout TableOptions) -> Void
  ) -> (records: [TableRecord], lines: [String]) {
    var options = TableOptions(sequenceColumn: "dna", nameColumn: "id")
    change(&options)
    var reader = TableReader(file: "t", options: options)
    var records: [TableRecord] = []
    let all = bytes(text)
    for start in stride(from: 0, to: all.count, by: size) {
      all[start..<min(start + size, all.count)].withUnsafeBytes { reader.push($0) { records.append($0) } }
    }
    reader.finish { records.append($0) }
    return (records, reader.findings.lines().map(\.text))
  }

  private func splits(_ text: String, _ change: (inout LabelledOptions) -> Void) throws -> LabelledSplits {
    var options = LabelledOptions()
    options.sequence = "dna"
    change(&options)
    var reader = LabelledReader(files: [LabelledFile(.table, "t")], options: options)
    bytes(text).withUnsafeBytes { reader.push(0, $0) }
    return try reader.finish()
  }

  private func text(_ record: TableRecord) -> String { String(decoding: record.record.sequence, as: UTF8.self) }

  @Test(arguments: [1, 7, 1 << 20]) func `rows are chosen by a column before anything else of them is read`(_ size: Int)
  {
    let table = "id,dna,split\na,ACGT,pretrain\nb,AC?T,val\nc,GGCC, other\nd,,train\n"
    let (records, lines) = read(table, by: size) {
      $0.filter = RowFilter(column: "split", values: ["pretrain", "other", "extra"])
    }
    #expect(records.map(text) == ["ACGT", "GGCC"])
    #expect(
      lines == [
        "t: rows left out whose `split` is none of `pretrain`, `other`, `extra`: 2",
        "t: no row has `extra` in the column `split`",
      ])
  }

  @Test func `a column or values that are not there are findings`() {
    let table = "id,dna,split\na,ACGT,pretrain\n"
    #expect(
      read(table) { $0.filter = RowFilter(column: "splits", values: ["x"]) }.lines[0].contains(
        "there is no column `splits`; the header has `id`, `dna`, `split`; did you mean `split`?"))
    let lines = read(table) { $0.filter = RowFilter(column: "split", values: ["x"]) }.lines
    #expect(lines[0] == "t: none of its 1 rows is read: option `is` names other values", "\(lines)")
  }

  @Test(arguments: [1, 1 << 20]) func `gaps and N at ends are dropped and counted where that is stated`(_ size: Int) {
    let table = "id,dna\na,--AC?G-TNNN\nb,ACGT\nc,TTnn--\n"
    let (records, lines) = read(table, by: size) {
      $0.reading.stripGaps = true
      $0.reading.stripsTrailingN = true
    }
    #expect(records.map(text) == ["ACNGT", "ACGT", "TT"])
    #expect(
      lines == [
        "t: gaps of an alignment that are dropped: 5, in 2 sequences",
        "t: `?` of an alignment that are read as N: 1, in 1 sequences",
        "t: N at ends that are dropped: 5, in 2 sequences",
      ])
    let kept = read(table) { $0.reading.stripGaps = true }
    #expect(kept.records.map(text) == ["ACNGTNNN", "ACGT", "TTNN"] && kept.lines.count == 2)
    let fasta = bytes(">a\n--ACNG\n-TNNN\n>b\nNN\n")
    var reader = FASTAReader(file: "f", options: ReadingOptions(stripGaps: true))
    fasta.withUnsafeBytes { reader.push($0) { _ in } }
    reader.finish { _ in }
    #expect(reader.findings.lines().map(\.text) == ["f: gaps of an alignment that are dropped: 3, in 1 sequences"])
  }

  @Test func `rows without a sequence are incomplete where that is stated`() {
    let table = "id,dna\na,ACGT\nb,\nc,None\nd,NN\n"
    let dropped = read(table) {
      $0.allowsIncompleteRows = true
      $0.reading.stripsTrailingN = true
    }
    #expect(dropped.records.map(\.isIncomplete) == [false, true, true, true])
    let refused = read(table) { _ in }
    #expect(refused.lines.contains { $0.contains("the sequence is empty; options: { incomplete: drop }") })
  }

  @Test func `quotes are letters of a text where that is stated`() {
    let table = "id\tnotes\tdna\na\t\"found at 5\tACGT\nb\tthe \"old\" barn\tGGCC\n"
    let reading = { (hasQuotes: Bool) in
      self.read(table) {
        $0.delimiter = .tab
        $0.hasQuotes = hasQuotes
      }
    }
    #expect(reading(false).records.map(text) == ["ACGT", "GGCC"] && reading(false).lines.isEmpty)
    #expect(reading(true).lines.contains { $0.contains("options: { quotes: false }") || $0.contains("is not closed") })
  }

  private static let task = """
    dna,species,genus,set
    ACGT,a1,a,train
    ACGT,a1,a,train
    ACGG,b1,b,train
    ACGT,a1,a,test
    ACCC,c1,c,test
    ACCA,a2,a,test
    ACCG,b2,b,val
    """

  @Test func `labelled rows that repeat others are counted or left out`() throws {
    for (repeats, rows) in [(Repeats.keep, 3), (.count, 3), (.drop, 2)] {
      let found = try splits(Self.task) {
        $0.label = "genus"
        $0.split = "set"
        $0.repeats = repeats
        $0.unseen = .drop
      }
      #expect(found.train.count == rows && found.test.count == 2)
      let note = (repeats == .drop ? "rows left out that repeat" : "rows that repeat")
      #expect(
        found.notes.contains("\(note) letters and label of an earlier one of their split: 1") == (repeats != .keep),
        "\(found.notes)")
      #expect(found.notes.contains("rows of dev and test left out for a class that train has not: 1, classes: 1"))
    }
  }

  @Test func `a class of test that train has not is an error unless it is dropped`() {
    #expect(throws: SequenceFindings.self) {
      try splits(Self.task) {
        $0.label = "genus"
        $0.split = "set"
      }
    }
  }
}
