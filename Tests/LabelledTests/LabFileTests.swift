import Sequences
import TestSupport
import Testing

@testable import Labelled

/// Files that labs have: of other programs, alignments, labels beside sequences, classes called by numbers.
private func splits(
  _ files: [(LabelledFile, String)], _ change: (inout LabelledOptions) -> Void = { _ in }
) throws -> LabelledSplits {
  var options = LabelledOptions()
  change(&options)
  var reader = LabelledReader(files: files.map(\.0), options: options)
  for (index, file) in files.enumerated() { bytes(file.1).withUnsafeBytes { reader.push(index, $0) } }
  return try reader.finish()
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "accepted"
  } catch { return "\(error)" }
}

private func fasta(_ text: [UInt8]) -> String { message { _ = try FASTAReader.read(text, file: "f") } }
private func table(_ text: [UInt8], _ options: TableOptions = TableOptions(labelColumn: "label")) -> String {
  message { _ = try TableReader.read(text, file: "t", options: options) }
}

private let train = LabelledFile(.train, "train")
private let dev = LabelledFile(.dev, "dev")
private let test = LabelledFile(.test, "test")
private let all = LabelledFile(.table, "all")

@Test func `files of other programs are named`() {
  let cases: [(first: [UInt8], word: String)] = [
    (bytes("@r1\nACGT\n+\n!!!!\n"), "FASTQ"), (bytes("LOCUS       U00096\n"), "GenBank"),
    (bytes("; old\n>a\nACGT\n"), "grep -v"), (bytes("\n <!DOCTYPE html>\n"), "web page"),
    (bytes("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"), (bytes("BZh91AY"), "bunzip2"),
    ([0xFD] + bytes("7zXZ\0"), "unxz"), (bytes("PK\u{3}\u{4}"), "member"), ([0xFF, 0xFE, 62, 0, 97, 0], "UTF-16"),
    ([0x1F, 0x8B, 8], "gunzip"),
  ]
  for (first, word) in cases {
    let said = fasta(first)
    #expect(said.hasPrefix("f:1:1: this ") && said.contains(word), "\(said)")
    #expect(!said.contains("\n"), "\(said)")
    if let quoted = said.split(separator: "`").dropFirst().last, said.contains("first line") {
      #expect(String(decoding: first, as: UTF8.self).contains(quoted), "\(said)")
    }
  }
  for first in [bytes("PK\u{3}\u{4}"), [0xFE, 0xFF, 0, 115], bytes("<html>"), bytes("version https://git-lfs x")] {
    #expect(table(first).hasPrefix("t:1:1: this is "), "\(table(first))")
  }
}

@Test func `line ends of old Macs are named`() {
  let said = "lines end with a carriage return alone (old Mac); convert them (tr '\\r' '\\n' < FILE > NEW)"
  #expect(fasta(bytes(">a\rACGT\r")) == "f:1:3: " + said)
  #expect(table(bytes("sequence,label\rACGT,1\r")) == "t:1:15: " + said)
  #expect(table(bytes("\"sequence\",\"label\"\r\"ACGT\",1\r")) == "t:1:19: " + said)
  #expect(fasta(bytes(">a\r\r\nACGT\r\n")) == "accepted")
  #expect(table(bytes("sequence,label\r\nACGT,\"1\r\n2\"\r\n")) == "accepted")
}

@Test func `joined headers end at the first one`() throws {
  let file = bytes(">WP_1.1 an enzyme\u{1}WP_2.1 another\nACGT\n")
  #expect(try FASTAReader.read(file, file: "f").map(\.name) == ["WP_1.1"])
  let whole = try FASTAReader.read(file, file: "f", options: ReadingOptions(wholeHeaders: true))
  #expect(whole.map(\.name) == ["WP_1.1 an enzyme"])
  #expect(fasta(bytes(">a\nAC\u{1}GT\n")).contains("byte 0x01"))
}

@Test func `the gaps of an alignment are one finding`() throws {
  let rows = (0..<120).map { "---ACG-T,\($0 % 2)\n" }.joined()
  let said = table(bytes("sequence,label\n" + rows))
  #expect(said.contains("gaps: strip") && said.hasSuffix("(and 119 more like this)"), "\(said)")
  #expect(!said.contains("\n"), "\(said)")
  let found = try splits([(train, "sequence,label\n" + rows)]) { $0.reading.stripGaps = true }
  #expect(found.train.allSatisfy { text($0.sequence) == "ACGT" })
}

@Test func `spaces around labels make no classes`() throws {
  let rows = (0..<8).map { "ACGT,\(["0", "1", "1 ", " 0"][$0 % 4])\n" }.joined()
  let found = try splits([(train, "sequence, label\n" + rows), (dev, "sequence,label\nA,1\n")])
  #expect(found.classes == ["0", "1"])
  #expect(found.notes == ["labels with spaces around them, which are passed over: 4"])
}

@Test func `numbers that are no class numbers are names`() throws {
  let read = { (labels: [String], names: Bool) in
    let rows = labels.map { "ACGT,\($0)\n" }.joined()
    return try splits([(train, "sequence,label\n" + rows), (dev, "sequence,label\nA,\(labels[0])\n")]) {
      $0.labelsAreNames = names
    }
  }
  let taxa = try read(["9606", "24", "10090"], false)
  #expect(taxa.classes == ["24", "9606", "10090"])
  #expect(taxa.notes == ["the labels are 3 numbers from 24 to 10090: they are taken as names of classes"])
  #expect(taxa.train.map(\.label) == [1, 0, 2])
  #expect(try read(["1", "2"], true).notes == [])
  #expect(try read((0...10).map(String.init), false).classes == (0...10).map(String.init))
  #expect(try read(["-1", "1"], false).classes == ["-1", "1"])
  #expect(try read(["1.0", "0.0"], false).classes == ["0.0", "1.0"])
  let values = message { _ = try read((0..<30).map { "\($0 * 7)" }, false) }
  #expect(values.contains("30 different numbers in 30 rows") && values.contains("labels: value"), "\(values)")
}

@Test func `labels that train lacks are one finding`() {
  let few = message {
    _ = try splits([
      (train, "sequence,label\nA,a\nC,b\n"), (dev, "sequence,label\nA,a\nC,z\nG,z\nT,y\n"),
      (test, "sequence,label\nA,a\n"),
    ])
  }
  #expect(
    few == "dev:3:3: record `row2`: label `z` does not occur in the rows of train (train); in dev and test 2 rows "
      + "have it, and 1 row has another: `y`")
  let rows = (0..<60).map { "\(String(repeating: "A", count: $0 + 1)),c\($0 / 2)\n" }.joined()
  let carved = message { _ = try splits([(all, "sequence,label\n" + rows)]) }
  #expect(carved.contains("stratify: true") && carved.contains("min-rows"), "\(carved)")
}

/// A name that no row has is a misspelt one, and an option that nothing reads has no effect: both are said.
@Test func `options that do nothing are named`() throws {
  let rows = (0..<40).map { row in
    let split = ["train", "Validation", "test"][row % 3]
    return "\(String(repeating: "A", count: row + 1)),\(row % 2 == 0 ? "a" : "NA"),\(split)\n"
  }
  let notes = { (change: (inout LabelledOptions) -> Void) in
    try splits([(all, "sequence,label,set\n" + rows.joined())], change).notes
  }
  #expect(
    try notes {
      $0.split = "set"
      $0.splitNames = ["Valdation": .none]
    } == ["no row has the split `Valdation` of option `map`; rows have `Validation`, `test`, `train`"])
  #expect(try notes { $0.splitNames = ["Validation": .none] } == ["option `map` is not read: no row states its split"])
  #expect(try notes { $0.ignored = ["N.A."] } == ["no row has the label `N.A.` of option `ignore`"])
  #expect(try notes { $0.ignored = ["NA"] } == ["rows left out for a label in `ignore`: 20"])
  #expect(
    try notes {
      $0.split = "set"
      $0.shares = [60, 20, 20]
    } == ["option `shares` is not read: the input states its splits"])
  #expect(
    try notes {
      $0.folds = 5
      $0.shares = [60, 20, 20]
    } == ["option `shares` is not read: folds are of equal size"])
  let without = try notes {
    $0.split = "set"
    $0.splitNames = ["Validation": .train]
  }
  #expect(without.first?.hasPrefix("the input states no rows of dev: of train, by their hash, are taken ") == true)
}

@Test func `separators and headers are recognised`() throws {
  var semicolons = TableOptions(labelColumn: "label")
  semicolons.delimiter = TableOptions.Delimiter(byte: UInt8(ascii: ";"))
  #expect(table(bytes("sequence;label\n\"ACGT\";1\n"), semicolons) == "accepted")
  #expect(table(bytes("sequence;label\nACGT;1\n")).contains("separator: \";\""))
  #expect(table(bytes("sequence|label\nACGT|1\n")).contains("separator: \"|\""))
  #expect(table(bytes("sequence\tlabel\nACGT\t1\n")).contains("`tsv`"))
  #expect(table(bytes("sep=,\r\nsequence,label\r\nACGT,1\r\n")) == "accepted")
  #expect(table(bytes("\u{FEFF}sep=;\nsequence;label\nACGT;1\n")) == "accepted")
  let data = table(bytes("ACGTACGTACGT,1\nACGT,0\n"))
  #expect(data.contains("header: false, sequence: 1, label: 2"), "\(data)")
  // A header that is a row would be a row less.
  let numbers = TableOptions(sequenceColumn: "1", labelColumn: "2")
  #expect(table(bytes("ACGTACGTACGT,1\nACGT,0\n"), numbers).contains("header: false"))
  var stated = numbers
  stated.isHeaderStated = true
  #expect(table(bytes("ACGTACGTACGT,x\nACGT,y\n"), stated) == "accepted")
  #expect(table(bytes("seq,class\nACGT,0\n"), numbers) == "accepted")
}

@Test func `files may say classes and splits`() throws {
  let files = [
    (LabelledFile(.table, "p", label: "positive", split: "train_seen"), ">a\nACGT\n>b\nAC\n"),
    (LabelledFile(.table, "n", label: "negative", split: "train_seen"), ">a\nGG\n"),
    (LabelledFile(.table, "d", label: "positive", split: "val"), ">a\nTT\n"),
    (LabelledFile(.table, "t", label: "negative", split: "unseen"), ">a\nTC\n"),
    (LabelledFile(.table, "x", label: "negative", split: "odd"), ">a\nTG\n"),
  ]
  let found = try splits(files) {
    $0.layout = .fasta
    $0.splitNames = ["train_seen": .train, "unseen": .test, "odd": .none]
  }
  #expect(found.classes == ["negative", "positive"])
  #expect(found.train.map(\.label) == [1, 1, 0])
  #expect(found.dev.map { text($0.sequence) } == ["TT"] && found.test.map { text($0.sequence) } == ["TC"])
  #expect(found.notes == ["rows left out for a split that `map` leaves out: 1"])
  let unmapped = message { _ = try splits(files) { $0.layout = .fasta } }
  #expect(unmapped.contains("the split `train_seen` is none of") && unmapped.contains("option `map`"), "\(unmapped)")
}

@Test func `plain text is one sequence a file or a line`() throws {
  let read = { (isLines: Bool, text: String) in
    var reader = PlainReader(file: "f", isLineRecord: isLines)
    var found: [String] = []
    bytes(text).withUnsafeBytes { reader.push($0) { found.append(String(decoding: $0.sequence, as: UTF8.self)) } }
    reader.finish { found.append(String(decoding: $0.sequence, as: UTF8.self)) }
    return reader.findings.errorCount == 0 ? found : [reader.findings.description]
  }
  #expect(read(false, "\u{FEFF}ACGT\r\nac\n\n") == ["ACGTAC"])
  #expect(read(true, "ACGT\r\n\u{20}ac\n\n") == ["ACGT", "AC"])
  #expect(read(true, "AC\n\nGT") == ["f:3:1: line 2 is empty, although there are sequences below it"])
  #expect(read(false, ">a\nAC\n") == ["f:1:1: this is FASTA; its format is `fasta`"])
  #expect(read(false, "") == ["f: there is no sequence in it"])
  #expect(read(true, "ACJ\nAC\n")[0].hasPrefix("f:1:3: `J` is no nucleotide"))
}

/// However the bytes are cut into chunks, sequences, lines and findings are the same.
@Test func `plain text does not depend on chunks`() {
  var random = RandomNumbers(seed: seed)
  for round in 0..<300 {
    let end = random.letters("ACGTNacg\n\n\r !b", Int.random(in: 0...60, using: &random))
    let text = bytes("\u{FEFF}") + random.lead() + end
    let isLines = Bool.random(using: &random)
    var (whole, cut) = (
      PlainReader(file: "f", isLineRecord: isLines), PlainReader(file: "f", isLineRecord: isLines)
    )
    var (wholeLines, cutLines) = (LineReader(file: "f"), LineReader(file: "f"))
    var (records, pieces): ([SequenceRecord], [SequenceRecord]) = ([], [])
    var (lines, pieceLines): ([String], [String]) = ([], [])
    text.withUnsafeBytes {
      whole.push($0) { records.append($0) }
      wholeLines.push($0) { lines.append($0) }
    }
    whole.finish { records.append($0) }
    wholeLines.finish { lines.append($0) }
    random.cut(text) {
      cut.push($0) { pieces.append($0) }
      cutLines.push($0) { pieceLines.append($0) }
    }
    cut.finish { pieces.append($0) }
    cutLines.finish { pieceLines.append($0) }
    #expect(records == pieces && whole.findings == cut.findings, "seed \(seed) round \(round)")
    #expect(lines == pieceLines && wholeLines.findings == cutLines.findings, "seed \(seed) round \(round)")
  }
}

@Test func `labels may be lines of a file of their own`() throws {
  let lines = LabelledFile(.labelLines, "y")
  let read = { (labels: String) in
    try splits([(lines, labels), (all, ">a\nACGT\n>b\nACG\n>c\nAC\n")]) {
      $0.layout = .fasta
      $0.shares = [1000, 1, 1]
    }
  }
  let found = try read("pos\nneg \npos\n\n")
  #expect(found.train.map { found.text(of: $0.label) } == ["pos", "neg", "pos"])
  #expect(found.notes == ["labels with spaces around them, which are passed over: 1"])
  #expect(
    message { _ = try read("label\npos\nneg\npos\n") }
      == "y: there are 4 labels for the 3 sequences of all; if `label` is a header, remove it")
  #expect(message { _ = try read("pos\n") } == "y: there are 1 labels for the 3 sequences of all")
}

@Test func `rows without label or sequence are left out where that is stated`() throws {
  let names = LabelledFile(.sequences, "names")
  let files = [(names, ">a\nACGT\n>b\nAC\n>c\nGG\n"), (train, "id,label\na,x\nb,\nq,y\n"), (dev, "id,label\na,x\n")]
  let change = { (options: inout LabelledOptions) in
    options.sequence = "id"
    options.dropsIncompleteRows = true
  }
  let found = try splits(files, change)
  #expect(found.train.map { text($0.sequence) } == ["ACGT"])
  #expect(
    found.notes == [
      "rows left out without a sequence or a label, or with a name that no sequence has: 2",
      "1 of 3 named sequences are in no row",
    ])
  #expect(message { _ = try splits(files) { $0.sequence = "id" } }.contains("incomplete: drop"))
}

/// Rows of 40 groups of five, of which all rows have one class of four.
private let grouped =
  "sequence,label,species\n"
  + (0..<200).map { "\(String(repeating: "ACGT", count: $0 + 1)),c\($0 % 40 % 4),s\($0 % 40)\n" }.joined()

@Test func `all rows of a group are on one side`() throws {
  for isStratified in [false, true] {
    let found = try splits([(all, grouped)]) {
      $0.group = "species"
      $0.isStratified = isStratified
    }
    let groups = [found.train, found.dev, found.test].map { Set($0.map(\.group)) }
    #expect(groups.map(\.count).reduce(0, +) == 40 && groups.allSatisfy { !$0.isEmpty })
    #expect(found.train.count + found.dev.count + found.test.count == 200)
    if isStratified {
      // Ten groups of each class: eight are in train, as the shares say.
      for number in 0..<4 { #expect(found.train.count { $0.label == .number(number) } == 40) }
    }
  }
}

@Test func `every row is in one fold as test and in one as dev`() throws {
  for isStratified in [false, true] {
    var (tests, devs): ([String], [String]) = ([], [])
    for fold in 1...5 {
      let found = try splits([(all, grouped)]) {
        $0.folds = 5
        $0.fold = fold
        $0.isStratified = isStratified
      }
      #expect(found.train.count == 120 && found.dev.count == 40 && found.test.count == 40)
      if isStratified { for number in 0..<4 { #expect(found.test.count { $0.label == .number(number) } == 10) } }
      tests += found.test.map { text($0.sequence) }
      devs += found.dev.map { text($0.sequence) }
    }
    #expect(tests.count == 200 && Set(tests).count == 200)
    #expect(devs.count == 200 && Set(devs).count == 200)
  }
}

@Test func `small classes are in train or left out`() throws {
  let rows = (0..<30).map { "\(String(repeating: "A", count: $0 + 1)),c\($0 % 13)\n" }.joined()
  let file = [(all, "sequence,label\n" + rows)]
  let found = try splits(file) { $0.isStratified = true }
  #expect(found.classes.count == 13)
  let frequent = try splits(file) {
    $0.isStratified = true
    $0.minimumRows = 3
  }
  #expect(frequent.classes == ["c0", "c1", "c2", "c3"])
  #expect(frequent.notes == ["rows left out for a class of fewer than 3 rows: 18, classes: 9"])
}

@Test func `keys in headers may say labels and splits`() throws {
  let file = """
    >A SET=train TARGET=1.5 OS=Homo sapiens (Human) OX=9606
    AC
    >B [organism=Mus musculus] SET=test TARGET=2 OX=10090
    GT
    """
  let read = { (label: String, kind: LabelKind) in
    try splits([(all, file), (dev, ">d OS=Homo sapiens (Human) TARGET=3\nA\n")]) {
      $0.layout = .fasta
      $0.label = label
      $0.labels = kind
      $0.split = "SET"
    }
  }
  #expect(try read("TARGET", .value).test.map(\.label) == [.value(2)])
  let words = try splits([(all, file)]) {
    $0.layout = .fasta
    $0.label = "organism"
    $0.dropsIncompleteRows = true
    $0.shares = [1000, 1, 1]
  }
  #expect(words.classes == ["Mus musculus"])
  #expect(
    try splits([(train, file)]) {
      $0.layout = .fasta; $0.label = "OX"
    }.classes == ["9606", "10090"])
  let missing = message { _ = try read("OS", .class) }
  #expect(missing.contains("record `B`: there is no label: the header has no key `OS`"), "\(missing)")
}
