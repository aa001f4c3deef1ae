import Foundation
import Labelled
import Sequences
import TestSupport
import Testing

private func read(_ content: String, _ options: TableOptions) throws -> [String] {
  try TableReader.read(bytes(content), file: "a.csv", options: options).map {
    "\($0.record.name) \(text($0.record.sequence)) \($0.label) \($0.line)"
  }
}
private let labelled = TableOptions(labelColumn: "label")

@Test func `every form of table is read`() throws {
  #expect(try read("sequence,label\nacgt,1\nTT,0", labelled) == ["row1 ACGT 1 2", "row2 TT 0 3"])
  #expect(try read("\u{FEFF}label,sequence\r\n1,ACGT\r\n\r\n0,TT\r\n", labelled) == ["row1 ACGT 1 2", "row2 TT 0 4"])
  #expect(try read("sequence,label\n\"AC\",\"a \"\"b\"\", c\nd\"\n", labelled) == ["row1 AC a \"b\", c\nd 2"])
  let columns = TableOptions(
    delimiter: .tab, sequenceColumn: "Code", nameColumn: "id", reading: ReadingOptions(stripGaps: true))
  #expect(try read("id\tx\tCode\ns1\t,\t--AC-G\n", columns) == ["s1 ACG  2"])
  let two = TableOptions(reading: ReadingOptions(rows: 2))
  #expect(try read("sequence\nA\nC\n!\n", two) == ["row1 A  2", "row2 C  3"])
}

@Test func `a table does not depend on chunks`() throws {
  var random = RandomNumbers(seed: seed)
  for round in 0..<300 {
    let end = random.letters("ACGT,,\n\n\r\"\"!1", Int.random(in: 0...60, using: &random))
    let body = bytes("\u{FEFF}sequence,label\n") + random.lead() + end
    let options = TableOptions(
      labelColumn: "label", reading: ReadingOptions(rows: Bool.random(using: &random) ? 2 : nil))
    var whole = TableReader(file: "f", options: options)
    var records: [TableRecord] = []
    body.withUnsafeBytes { whole.push($0) { records.append($0) } }
    whole.finish { records.append($0) }
    var cut = TableReader(file: "f", options: options)
    var pieces: [TableRecord] = []
    random.cut(body) { cut.push($0) { pieces.append($0) } }
    cut.finish { pieces.append($0) }
    #expect(records == pieces, "seed \(seed) round \(round)")
    #expect(whole.findings == cut.findings, "seed \(seed) round \(round)")
  }
}

func readSplits(_ train: String, _ dev: String, _ test: String) throws -> LabelledSplits {
  var reader = LabelledReader(folder: "task")
  for (index, content) in [train, dev, test].enumerated() {
    bytes("sequence,label\n" + content).withUnsafeBytes { reader.push(index, $0) }
  }
  return try reader.finish()
}

@Test func `labels are numbered in the order of their classes`() throws {
  let numbers = try readSplits("A,2\nC,0\nG,1\n", "A,1\n", "T,2\n")
  #expect(numbers.classes == ["0", "1", "2"])
  #expect(numbers.train.map(\.label) == [2, 0, 1])
  #expect(numbers.test == [LabelledRecord(sequence: bytes("T"), label: 2)])
  let names = try readSplits("A,membrane\nC,Soluble\n", "A,Soluble\n", "T,membrane\n")
  #expect(names.classes == ["Soluble", "membrane"])
  #expect(names.dev.map(\.label) == [0])
}

@Test func `duplicates are counted across splits`() throws {
  let splits = try readSplits("AA,0\nAA,1\nCC,0\nCC,0\nGG,1\n", "CC,1\nTT,0\nTT,0\n", "GG,1\nGG,1\nTT,0\nAC,1\n")
  let found = Duplicates(splits)
  #expect(found.devInTrain == 1)
  #expect(found.testInTrain == 2)
  #expect(found.testInDev == 1)
  #expect(found.conflicting == 1)
}

/// The defects that the data's own notes name.
@Test(.enabled(if: Repository.data != nil, "needs real data: BIOARC_DATA or ../shared/data"))
func `duplicates of real data are those in their notes`() throws {
  let load = { (task: String) throws -> LabelledSplits in
    var reader = LabelledReader(folder: task)
    for (index, file) in LabelledReader.files.enumerated() {
      let url = Repository.data!.appendingPathComponent("gue/\(task)/\(file)")
      try Data(contentsOf: url).withUnsafeBytes { reader.push(index, $0) }
    }
    return try reader.finish()
  }
  #expect(Duplicates(try load("tf/4")).devInTrain == 358)
  let promoters = Duplicates(try load("prom/prom_core_all"))
  #expect(promoters.testInTrain == 43)
  #expect(promoters.devInTrain == 54)
  #expect(promoters.conflicting == 40)
}
