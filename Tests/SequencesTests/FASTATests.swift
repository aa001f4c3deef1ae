import Sequences
import TestSupport
import Testing

private func read(_ text: String, _ options: ReadingOptions = ReadingOptions()) throws -> [String] {
  try FASTAReader.read(bytes(text), file: "a.fasta", options: options).map {
    "\($0.name)=\(String(decoding: $0.sequence, as: UTF8.self))"
  }
}

@Test(arguments: [
  (">a\nACGT\n", ["a=ACGT"]),
  (">a\nACGT", ["a=ACGT"]),
  (">a desc|x y\r\nAC\r\nGT\r\n\r\n>b\tc\r\nTT\r\n", ["a=ACGT", "b=TT"]),
  ("\u{FEFF}>a\nacgtu\nNryswkmbdhv\n", ["a=ACGTTNRYSWKMBDHV"]),
  (">a\nAC GT \n\n\nAC\t\n", ["a=ACGTAC"]),
  ("\n\n>a\nA\n", ["a=A"]),
])
func `every form of FASTA is read`(_ text: String, _ expected: [String]) throws { #expect(try read(text) == expected) }

@Test func `proteins, gaps and first rows are read as asked`() throws {
  let protein = ReadingOptions(alphabet: .protein)
  #expect(try read(">p\nMKVBJOUXZ*\n>q\nmk*\n", protein) == ["p=MKVBJOUXZ", "q=MK"])
  #expect(try read(">a\n--AC-GT..\n", ReadingOptions(stripGaps: true)) == ["a=ACGT"])
  #expect(try read(">a\nA\n>b\nC\n>c\n!!\n", ReadingOptions(rows: 2)) == ["a=A", "b=C"])
}

@Test func `a name that was used before is warned of`() throws {
  var reader = FASTAReader(file: "a.fasta")
  bytes(">a\nA\n>b\nC\n>a\nG\n").withUnsafeBytes { reader.push($0) { _ in } }
  reader.finish { _ in }
  #expect(reader.findings.errorCount == 0)
  #expect(reader.findings.description == "warning: a.fasta:5:2: record `a`: the name was used before")
}

@Test func `findings of a kind are counted, and the first are kept`() throws {
  let text = (0..<50).map { ">r\($0)\nAC!GT!\n" }.joined()
  let error = #expect(throws: SequenceFindings.self) { _ = try read(text) }
  #expect(error?.errorCount == 50)
  #expect(error?.errors.count == 20)
  let line = "f:2:3: record `r0`: `!` is no nucleotide (and 49 more like this)"
  #expect(error?.description.hasSuffix(line.dropFirst()) == true, "\(String(describing: error))")
}

/// Findings that say different things are listed up to a limit, with their counts.
@Test func `findings of many kinds are listed with their counts`() {
  var findings = SequenceFindings()
  for index in 0..<30 {
    for line in 1...2 { findings.add(SequenceError(.label, file: "f", line: line, "no class \(index)")) }
  }
  findings.warn(SequenceError(.label, file: "f", line: 9, option: "label", "odd"))
  let lines = findings.lines()
  #expect(lines.count == 22)
  #expect(lines[0].text == "f:1: no class 0 (and 1 more like this)")
  #expect(lines[20].text == "and 20 more errors")
  #expect(lines[21] == SequenceFindings.Line(text: "f:9: odd", option: "label", isWarning: true, count: 1))
  #expect(lines.reduce(0) { $0 + $1.count } == 61)
}

/// However the bytes are cut into chunks, records and findings are the same.
@Test func `records of FASTA do not depend on chunks`() throws {
  var random = RandomNumbers(seed: seed)
  for round in 0..<300 {
    let end = random.letters("ACGTNacgu>>\n\n\n\r- *!b", Int.random(in: 0...60, using: &random))
    let lead = random.lead()
    let text = (lead.isEmpty ? [] : bytes("\u{FEFF}>lead\n") + lead) + end
    let options = ReadingOptions(
      alphabet: Bool.random(using: &random) ? .dna : .protein, stripGaps: Bool.random(using: &random),
      rows: Bool.random(using: &random) ? 2 : nil)
    var whole = FASTAReader(file: "f", options: options)
    var records: [SequenceRecord] = []
    text.withUnsafeBytes { whole.push($0) { records.append($0) } }
    whole.finish { records.append($0) }
    var cut = FASTAReader(file: "f", options: options)
    var pieces: [SequenceRecord] = []
    random.cut(text) { cut.push($0) { pieces.append($0) } }
    cut.finish { pieces.append($0) }
    #expect(records == pieces, "seed \(seed) round \(round)")
    #expect(whole.findings == cut.findings, "seed \(seed) round \(round)")
  }
}

@Test func `FASTA is read as it was written`() throws {
  var random = RandomNumbers(seed: seed)
  let records = (0..<20).map { SequenceRecord(name: "r\($0):1-2", sequence: random.letters("ACGT", $0 + 1)) }
  var writer = FASTAWriter()
  var out: [UInt8] = []
  for record in records {
    writer.add(name: record.name, record.sequence)
    writer.drain { out += $0 }
  }
  #expect(try FASTAReader.read(out, file: "f") == records, "seed \(seed)")
}

@Test func `lines may end with two carriage returns`() throws {
  let text = Array(">a b\r\r\nACGT\r\n".utf8)
  let records = try FASTAReader.read(text, file: "f", options: ReadingOptions(wholeHeaders: true))
  #expect(records.map(\.name) == ["a b"])
  #expect(records.map(\.sequence) == [Array("ACGT".utf8)])
}
