import Foundation
import TestSupport
import Testing

/// `bioarc init` on what labs have: each layout ends in a ranking beside a baseline, without an edit.
@Suite struct InitTests {
  struct Layout: Sendable, CustomTestStringConvertible {
    let name: String
    let files: [String: String]
    /// The value of `--data`.
    let data: String
    /// Words that are said.
    let seen: [String]
    var testDescription: String { name }
  }

  /// Letters that follow from a number; those of class 1 have a motif, and the number decides where.
  static func sequence(_ number: Int, _ label: Int, _ letters: String = "ACGT", _ length: Int = 60) -> String {
    var state = UInt64(number &+ 1) &* 0x9E37_79B9_7F4A_7C15
    var text = (0..<length).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Array(letters)[Int(state >> 33) % letters.count]
    }
    if label == 1 { text.replaceSubrange(20..<28, with: letters == "ACGT" ? "TATAAAGC" : "WWKKDEHH") }
    return String(text)
  }

  private static let rows = 0..<240
  private static func table(_ header: String, _ row: (Int) -> [String], _ separator: String = ",") -> String {
    header + rows.map { row($0).joined(separator: separator) + "\n" }.joined()
  }
  private static func fasta(_ rows: some Sequence<Int>, _ header: (Int) -> String, _ letters: String = "ACGT") -> String
  {
    rows.map { ">\(header($0))\n\(sequence($0, $0 % 2, letters))\n" }.joined()
  }
  private static let residues = "ACDEFGHIKLMNPQRSTVWY"

  static let layouts: [Layout] = [
    Layout(
      name: "a table with other names of columns, quoted",
      files: ["my data.csv": table("id,Seq,Strength\n") { ["r\($0)", "\"\(sequence($0, $0 % 2))\"", "\($0 % 2)"] }],
      data: "my data.csv",
      seen: ["column 'Seq': DNA, 60 letters", "column 'Strength': 2 classes: 0, 1", "by the hash"]),
    Layout(
      name: "a folder of splits",
      files: [
        "gue/train.csv": table("sequence,label\n") { [sequence($0, $0 % 2), "\($0 % 2)"] },
        "gue/dev.csv": table("sequence,label\n") { [sequence(1000 + $0, $0 % 2), "\($0 % 2)"] },
        "gue/test.csv": table("sequence,label\n") { [sequence(2000 + $0, $0 % 2), "\($0 % 2)"] },
      ], data: "gue", seen: ["train.csv: a table", "test.csv: a table"]),
    Layout(
      name: "values of proteins by tabs, without a header, with splits",
      files: [
        "fitness.tsv": table(
          "",
          {
            [
              sequence($0, $0 % 2, residues), "\(Double($0 % 2) + Double($0 % 17) / 100)",
              ["train", "train", "valid", "test"][$0 / 2 % 4],
            ]
          }, "\t")
      ], data: "fitness.tsv", seen: ["column 1: proteins", "column 2: values", "column 3: test, train, valid"]),
    Layout(
      name: "labels in headers",
      files: ["places.fa": fasta(rows, { "P\($0) \($0 % 2 == 1 ? "Nucleus" : "Membrane")" }, residues)],
      data: "places.fa", seen: ["240 records, proteins", "word 2 of the headers: 2 classes: Membrane, Nucleus"]),
    Layout(
      name: "sequences in FASTA, labels in a table",
      files: [
        "its/all.fasta": fasta(rows, { "seq\($0) something" }),
        "its/taxa.tsv": table(
          "accession\tkingdom\tgenus\n", { ["seq\($0)", "Fungi", $0 % 2 == 1 ? "Boletus" : "Amanita"] }, "\t"),
      ], data: "its", seen: ["whose column 'accession' has the names", "column 'genus': 2 classes: Amanita, Boletus"]),
    Layout(
      name: "a FASTA for each class",
      files: [
        "peaks/bound.fa": fasta(rows.filter { $0 % 2 == 1 }, { "p\($0)" }),
        "peaks/background.fa": fasta(rows.filter { $0 % 2 == 0 }, { "n\($0)" }),
      ], data: "peaks", seen: ["{class}.fa: 2 classes: background, bound"]),
    Layout(
      name: "a label for each letter",
      files: [
        "coding.csv": table("sequence,genes\n") { row in
          let text = sequence(row, 0, "ACGT", 60 + row % 7)
          return [text, String(text.map { $0 == "A" || $0 == "T" ? "w" : "s" })]
        }
      ], data: "coding.csv", seen: ["one for each letter"]),
    Layout(
      name: "a genome and intervals on it",
      files: [
        "chip/genome.fa": ">chrA\n" + (0..<2000).map { sequence($0, 0) + "\n" }.joined(),
        "chip/peaks.bed": (0..<100).map {
          "chrA\t\(1100 * $0 + 400)\t\(1100 * $0 + 450)\tpeak\($0)\t0\t\($0 % 2 == 0 ? "+" : "-")\n"
        }
        .joined(),
      ], data: "chip", seen: ["genome.fa: FASTA", "peaks.bed: BED"]),
  ]

  @Test(arguments: layouts) func `every layout of data ends in a ranking`(_ layout: Layout) throws {
    let workspace = try Workspace()
    for (name, text) in layout.files { try workspace.write(name, text) }
    let made = try workspace.bioarc("init", "study", "--data", layout.data)
    #expect(made.status == 0, "\(made.output)\(made.errors)")
    for words in layout.seen { #expect(made.output.contains(words), "\(made.output)") }
    let run = try workspace.bioarc("run", "study/pipelines/study.yaml")
    #expect(run.status == 0, "\(run.errors)")
    let ranking = try workspace.bioarc("show", "study/pipelines/study.yaml", "ranking")
    #expect(ranking.status == 0, "\(ranking.errors)")
    // No linear model of k-mers names letters.
    #expect(ranking.output.contains("k-mer ") != layout.seen.contains("one for each letter"), "\(ranking.output)")
    #expect(FileManager.default.fileExists(atPath: workspace.path("study/cache/FORMAT")))
  }

  /// Numbers of rows are no labels, a split is known by its column's name, a gapped layout passes check, and a table of
  /// sequences with two rising numbers is none of intervals.
  private static let tables: [(text: String, seen: String)] = [
    (
      "id,seq,family\n" + rows.map { "\($0),\(sequence($0, $0 % 2)),\($0 % 2 == 0 ? "a" : "b")\n" }.joined(),
      "column 'family': 2 classes"
    ),
    (
      "seq;kind;set\n" + rows.map { "\(sequence($0, $0 % 2));\($0 % 2 == 0 ? "a" : "b");train\n" }.joined(),
      "column 'set': train"
    ),
    ("seq,kind\n" + rows.map { "--\(sequence($0, $0 % 2))-,k\($0 % 2)\n" }.joined(), "column 'kind': 2 classes"),
    (
      "seq,strength,nr\n" + rows.map { "\(sequence($0, $0 % 2)),\(Double($0 * 7 % 31) / 10),\($0 + 1)\n" }.joined(),
      "column 'strength': values"
    ),
    (rows.map { "\(sequence($0, $0 % 2))\t\($0 % 2)\t\($0 % 5 + 1)\n" }.joined(), "column 1: DNA, 60 letters"),
    (
      "sep=;\nseq;kind\n" + rows.map { "\(sequence($0, $0 % 2));k\($0 % 2)\n" }.joined(),
      "a table, parted by ';', with a header"
    ),
    (
      "seq,phylum,remark\n"
        + rows.map { "\(sequence($0, $0 % 2)),\($0 == 7 ? "" : "p\($0 % 2)"),\($0 % 4 < 2 ? "x; y" : "y")\n" }.joined(),
      "no label   rows that are left out for an empty column 'phylum': 1"
    ),
    (
      "seq,label,set,validation,other\n"
        + rows.map {
          "\(sequence($0, $0 % 2)),\($0 % 2),\($0 % 5 == 0 ? "test" : "train"),\($0 % 7 == 1 ? "True" : ""),\($0 % 3)\n"
        }.joined(), "validation column 'validation': rows of train that are dev"
    ),
    (
      "seq,label,other\n" + rows.map { "\(sequence($0, $0 % 2)),\($0 % 2),\($0 % 3)\n" }.joined(),
      "others     could be labels, too: column 'other'"
    ),
  ]

  @Test(arguments: tables) func `a table is recognised by its columns`(_ text: String, _ seen: String) throws {
    let workspace = try Workspace()
    try workspace.write("data.csv", text)
    let made = try workspace.bioarc("init", "study", "--data", "data.csv")
    #expect(made.status == 0 && made.output.contains(seen), "\(made.output)\(made.errors)")
    #expect(made.output.contains("next       bioarc run study/pipelines/study.yaml"))
  }

  private static func split(_ count: Int, from first: Int, length: Int) -> String {
    let lines = (0..<count).map { "\(sequence(first + $0, $0 % 2, "ACGT", length)),f\($0 % 2)\n" }
    return "seq,family\n" + lines.joined()
  }

  /// Folders that need a second look: each is read to its end, and what is left aside is named.
  private static let folders: [(files: [String: String], seen: [String])] = [
    (
      [
        "train.csv": split(200, from: 0, length: 80), "dev.csv": split(6, from: 1000, length: 60),
        "test.csv": split(200, from: 2000, length: 60),
      ], ["train      train.csv: a table", "column 'seq': DNA, 80 letters", "column 'family': 2 classes"]
    ),
    (
      [
        "g.fa": "\u{FEFF}>chrA\n" + (0..<1000).map { sequence($0, 0) + "\n" }.joined(),
        "p.bed": (0..<90).map { "chrA\t\(600 * $0 + 300)\t\(600 * $0 + 320)\r\n" }.joined(),
      ], ["g.fa: FASTA", "p.bed: BED"]
    ),
    (
      ["a.fa": fasta(0..<40, { "s\($0)" }), "b.fa": fasta(40..<80, { "s\($0)" }), "README": "Nothing of use.\n"],
      ["{class}.fa: 2 classes: a, b", "not read   README"]
    ),
  ]

  @Test(arguments: folders) func `a folder is recognised by its files`(_ files: [String: String], _ seen: [String])
    throws
  {
    let workspace = try Workspace()
    for (name, text) in files { try workspace.write("data/" + name, text) }
    let made = try workspace.bioarc("init", "study", "--data", "data")
    #expect(made.status == 0, "\(made.errors)")
    for words in seen { #expect(made.output.contains(words), "\(made.output)") }
    #expect(made.output.contains("next       bioarc run study/pipelines/study.yaml"))
  }

  /// A file that the pattern of the others means, and that has no sequence, would stop the pipeline.
  @Test func `a file without a sequence among the others is refused`() throws {
    let workspace = try Workspace()
    for row in Self.rows.prefix(20) {
      try workspace.write("data/\(row % 2 == 0 ? "a" : "b")/\(row).txt", Self.sequence(row, row % 2) + "\n")
    }
    try workspace.write("data/a/notes.txt", "Some words on it.\n")
    let made = try workspace.bioarc("init", "study", "--data", "data")
    #expect(made.status == 2 && made.errors.contains("'a/notes.txt' has no sequence"), "\(made.errors)")
  }

  @Test func `a file beside the others is named as not read`() throws {
    let workspace = try Workspace()
    try workspace.write("data/a.fa", Self.fasta(Self.rows, { "s\($0)" }))
    try workspace.write("data/README", "Nothing of use.\n")
    let made = try workspace.bioarc("init", "study", "--data", "data")
    #expect(made.status == 0 && made.output.contains("not read   README"), "\(made.output)\(made.errors)")
  }

  @Test func `a study without data is made, and only once`() throws {
    let workspace = try Workspace()
    #expect(try workspace.bioarc("init", "a/b/try").status == 0)
    let again = try workspace.bioarc("init", "a/b/try")
    #expect(again.status == 2 && again.errors.contains("exists already"), "\(again.errors)")
    #expect(try workspace.bioarc("plan", "a/b/try/pipelines/try.yaml").status == 0)
  }

  /// A genome alone has nothing to rank by, and is said to have none.
  @Test func `a genome without labels leads to models, not to a ranking`() throws {
    let workspace = try Workspace()
    try workspace.write("genome.fa", ">chr\n" + (0..<300).map { Self.sequence($0, 0) + "\n" }.joined())
    let made = try workspace.bioarc("init", "study", "--data", "genome.fa")
    #expect(made.status == 0 && made.output.contains("labels     none"), "\(made.output)\(made.errors)")
    let run = try workspace.bioarc("run", "study/pipelines/study.yaml")
    let words = #/models: 6 results, held-out bits per letter \d\.\d+ to \d\.\d+, the best of models\[k=/#
    #expect(run.status == 0 && run.output.contains(words), "\(run.output)\(run.errors)")
  }

  @Test(arguments: [
    ("a,b\n1,2\n3,4\n", "no column of 'data' looks like sequences"),
    (
      "sequence,note\n" + (0..<50).map { "\(sequence($0, 0)),x\($0)\n" }.joined(),
      "no column of 'data' looks like labels"
    ),
    ("seq,label\n" + (0..<20).map { "\(sequence($0, 0)),\($0 == 8 ? "a,b" : "a")\n" }.joined(), "line 10 has 3 fields"),
    ("nothing here\n", "nothing in it looks like sequences"), ("", "nothing in it looks like sequences"),
  ]) func `data without sequences or labels are refused`(_ text: String, _ message: String) throws {
    let workspace = try Workspace()
    try workspace.write("data", text)
    let made = try workspace.bioarc("init", "study", "--data", "data")
    #expect(made.status == 2 && made.errors.contains(message), "\(made.errors)")
    #expect(!FileManager.default.fileExists(atPath: workspace.path("study")))
  }
}
