import Artifacts
import Inputs
import Stages
@testable import Tables
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// The stage `intervals`, on genomes made by hand.
@Suite struct IntervalsStageTests {
  private static func fasta(_ text: String) -> MemoryArtifact {
    MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta")
  }
  private static func bed(_ text: String) -> MemoryArtifact {
    MemoryArtifact(.intervals, ["": Array(text.utf8)], format: "bed")
  }

  private static let defaults: [String: Value] = ["length": .int(4), "avoid": .string("windows")]

  private func run(
    _ genome: [MemoryArtifact], _ intervals: MemoryArtifact, _ parameters: [String: Value] = [:]
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(
      IntervalsStage.self, Self.defaults.merging(parameters) { $1 },
      several: ["genome": genome, "intervals": [intervals]])
    return run
  }

  private func rows(_ run: MemoryRun, _ file: String) -> [String] {
    let text = String(decoding: run.output("sequences", .labelledSequences).files[file] ?? [], as: UTF8.self)
    return text.split(separator: "\n").dropFirst().map(String.init)
  }

  /// Ten times ten letters that tell where they are.
  private static let record = ["AAAA", "CCCC", "GGGG", "TTTT", "ACGT", "AACC", "GGTT", "AGAG", "CTCT", "TGCA"]

  /// Labels of a column, both strands, in genome order: each letter is where it should be.
  @Test func `rows have their letters, labels, strands and places`() throws {
    let genome = Self.fasta(">c\n" + Self.record.joined() + "\n")
    let intervals = Self.bed(
      "c\t4\t8\tcs\t1\t+\nc\t8\t12\tgs\t1\t-\nc\t16\t20\tmix\t2\t-\nc\t20\t24\tm2\t2\t+\nc\t28\t32\tag\t1\t+\n")
    let made = try run(
      [genome], intervals,
      ["label": .string("name"), "negatives": .string("none"), "dev-share": .float(0.2), "test-share": .float(0.2)])
    #expect(
      rows(made, "train.csv") == [
        "c:4-8(+),CCCC,cs,c,4,8,+,cs", "c:8-12(-),CCCC,gs,c,8,12,-,gs", "c:16-20(-),ACGT,mix,c,16,20,-,mix",
      ])
    #expect(rows(made, "dev.csv") == ["c:20-24(+),AACC,m2,c,20,24,+,m2"])
    #expect(rows(made, "test.csv") == ["c:28-32(+),AGAG,ag,c,28,32,+,ag"])
    #expect(made.warnings.isEmpty, "\(made.warnings)")
  }

  /// Features as BED and as GFF give the same rows, from one genome in two files.
  @Test func `features of GFF give the rows of BED`() throws {
    let records = [Self.fasta(">a\n" + Self.record.joined() + "\n"), Self.fasta(">b\n" + Self.record.joined() + "\n")]
    let bed = Self.bed("a\t4\t8\tx\t0\t+\na\t24\t28\ty\t0\t-\nb\t0\t4\tz\t0\t+\nb\t36\t40\tw\t0\t-\n")
    let gff = MemoryArtifact(
      .intervals,
      [
        "": Array(
          """
          a\ts\tCDS\t5\t8\t.\t+\t0\tName=x
          a\ts\tgene\t5\t8\t.\t+\t0\tName=g
          a\ts\tCDS\t25\t28\t.\t-\t0\tName=y
          b\ts\tCDS\t1\t4\t.\t+\t0\tName=z
          b\ts\tCDS\t37\t40\t.\t-\t0\tName=w
          """.utf8)
      ], format: "gff", options: ["type": "CDS"])
    let parameters: [String: Value] = [
      "label": .string("name"), "negatives": .string("none"), "center": .string("start"), "shift": .int(2),
      "dev-share": .float(0.25), "test-share": .float(0.25),
    ]
    let made = try run(records, bed, parameters)
    #expect(try made.digest == run(records, gff, parameters).digest)
    #expect(rows(made, "train.csv").map { $0.split(separator: ",")[1] } == ["CCCC", "AACC"])
  }

  /// Everything that is left out is counted under its reason, told and shown.
  @Test func `intervals that are left out are counted and told`() throws {
    let genome = Self.fasta(
      ">chr1\n" + Self.record.joined() + "\n>chr2\nNNNN" + Self.record.joined() + "\n>chr3\n" + Self.record.joined())
    let intervals = Self.bed(
      """
      1\t4\t8\tlost\t0\t+
      chr1\t0\t2\toutside\t0\t+
      chr1\t8\t12\ta\t0\t+
      chr1\t8\t12\ta\t0\t+
      chr1\t20\t24\tp\t0\t+
      chr1\t22\t26\tq\t0\t+
      chr1\t30\t34\t.\t0\t+
      chr1\t34\t38\tb\t0\t+
      chr2\t0\t4\tn\t0\t+
      chr2\t8\t12\ta\t0\t+
      chr3\t8\t12\tb\t0\t+
      """)
    let made = try run(
      [genome], intervals,
      [
        "label": .string("name"), "negatives": .string("none"), "dev": .list([.string("chr2")]),
        "test": .list([.string("chr3")]),
      ])
    let output = made.output("sequences", .labelledSequences)
    let table = try #require(try ArtifactView(output).tables.last)
    #expect(
      table.rows == [
        ["on a record that the genome has not", "1", "1:4-8(+)"], ["without a label", "1", "chr1:30-34(+)"],
        ["outside of its record", "1", "chr1:0-2(+)"], ["too many N", "1", "chr2:0-4(+)"],
        ["an earlier one has its place and label", "1", "chr1:8-12(+)"],
        ["overlaps one with another label", "2", "chr1:20-24(+)"],
      ])
    #expect(made.warnings.count == 2, "\(made.warnings)")
    #expect(made.warnings[0].contains("`1` (the genome has `chr1`); record-names: loose"), "\(made.warnings)")
    #expect(made.warnings[1].contains("2 overlaps one with another label (first chr1:20-24(+))"))
    #expect(rows(made, "train.csv").count == 2 && rows(made, "dev.csv").count == 1 && rows(made, "test.csv").count == 1)
  }

  private static func large(_ name: String, _ seed: Int) -> String { ">\(name)\n\(TaskTests.sequence(seed, 4000))\n" }

  private static let positives = bed(
    ["1", "2", "3"].flatMap { record in
      (0..<20).map { "chr\(record)\t\(100 + 150 * $0)\t\(160 + 150 * $0)\tp\t0\t\($0 % 2 == 0 ? "+" : "-")\n" }
    }.joined())

  private static let matched: [String: Value] = [
    "length": .int(40), "avoid": .string("intervals"), "ratio": .float(1.5), "gc-tolerance": .float(0.1),
    "dev": .list([.string("chr2")]), "test": .list([.string("chr3")]), "record-names": .string("loose"),
    "seed": .int(5),
  ]

  @Test func `negatives of the genome lie apart from positives`() throws {
    let genome = Self.fasta(Self.large("1", 1) + Self.large("2", 2) + Self.large("3", 3))
    let made = try run([genome], Self.positives, Self.matched)
    for (file, record) in [("train.csv", "1"), ("dev.csv", "2"), ("test.csv", "3")] {
      let fields = rows(made, file).map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      #expect(fields.count == 50 && fields.filter { $0[2] == "1" }.count == 20)
      #expect(fields.allSatisfy { $0[3] == record && $0[1].count == 40 })
      let starts = fields.compactMap { Int($0[4]) }
      #expect(starts == starts.sorted())
      for row in fields where row[2] == "0" {
        let start = try #require(Int(row[4]))
        let isNear = (0..<20).contains { start < 160 + 150 * $0 && 100 + 150 * $0 < start + 40 }
        #expect(!isNear, "\(row)")
        let others = fields.filter { $0[0] != row[0] }.compactMap { Int($0[4]) }
        #expect(others.allSatisfy { abs($0 - start) >= 40 })
      }
    }
    #expect(try run([genome], Self.positives, Self.matched).digest == made.digest)
    #expect(try run([genome], Self.positives, Self.matched.merging(["seed": .int(6)]) { $1 }).digest != made.digest)
    // The negatives of one genome do not depend on how its records are cut into files.
    let parts = [Self.fasta(Self.large("1", 1) + Self.large("2", 2)), Self.fasta(Self.large("3", 3))]
    #expect(try run(parts, Self.positives, Self.matched).digest == made.digest)
  }

  @Test func `shuffled negatives keep their positives' dinucleotides`() throws {
    let genome = Self.fasta(Self.large("1", 1) + Self.large("2", 2) + Self.large("3", 3))
    let made = try run(
      [genome], Self.positives, Self.matched.merging(["negatives": .string("shuffled"), "ratio": .float(1)]) { $1 })
    let fields = rows(made, "train.csv").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(fields.count == 40)
    for (positive, negative) in zip(fields.filter { $0[2] == "1" }, fields.filter { $0[2] == "0" }) {
      let pairs = { (text: String) in zip(text, text.dropFirst()).map { "\($0)\($1)" }.sorted() }
      #expect(pairs(positive[1]) == pairs(negative[1]) && positive[1] != negative[1])
      #expect(negative[0] == "shuffled:" + positive[0])
    }
  }

  /// Its output is a task that a fine-tune reads, also where labels are values.
  @Test func `values of intervals are a task to fine-tune on`() throws {
    let genome = Self.fasta(Self.large("1", 1) + Self.large("2", 2) + Self.large("3", 3))
    let scores = Self.bed(
      ["1", "2", "3"].flatMap { record in
        (0..<60).map { "\(record)\t\(60 * $0)\t\(60 * $0 + 50)\tp\($0)\t\(Double($0 * 37 % 11) / 4)\t+\n" }
      }.joined())
    let made = try run(
      [genome], scores,
      Self.matched.merging([
        "label": .string("score"), "labels": .string("value"), "negatives": .string("none"),
      ]) { $1 })
    let task = made.output("sequences", .labelledSequences)
    let tokens = MemoryRun()
    try tokens.run(TokenizeStage.self, ["k": .int(1)], ["sequences": task])
    let tuned = MemoryRun()
    try tuned.run(
      FineTuneStage.self, ["epochs": .int(1), "hold-out": .float(0.3)],
      [
        "tokenizer": tokens.output("tokenizer", .tokenizer), "task": task,
        "architecture": MemoryArtifact(.architecture, ["": Array("c8\n".utf8)]),
      ])
    let metrics = String(decoding: tuned.output("metrics", .metrics).files[""] ?? [], as: UTF8.self)
    #expect(metrics.contains("\"primary\" : \"spearman\""), "\(metrics)")
    var tables: [String: [UInt8]] = [:]
    let facts = try TaskTables.write(task, { name in MemoryFile { tables[name] = $0 } }, { _ in })
    #expect(facts["labels"] == "value")
    #expect(String(decoding: tables["train.tsv"] ?? [], as: UTF8.self).hasPrefix("name\tsequence\tlabel\n1:5-45(+)\t"))
  }

  @Test(arguments: [
    (["dev": Value.list([.string("chr9")])], "'dev' names the record `chr9`; the genome has `1`"),
    (["negatives": .string("none")], "they need negatives"),
    (["labels": .string("value"), "label": .string("score")], "write negatives: none"),
    (["record-names": .string("exact")], "60 of 60 intervals are on records that the genome has not"),
    (["dev": .list([.string("1")]), "test": .list([.string("chr1")])], "is named for both dev and test"),
    (
      ["label": .string("strand"), "labels": .string("value"), "negatives": .string("none")],
      "the label `+` is no number"
    ),
    (["length": .int(5000)], "no window of the 60 intervals is in train; left out: 60 outside of its record"),
    (["center": .string("summit")], "60 without a summit"),
  ]) func `parameters that cannot be met are explained`(parameters: [String: Value], message: String) throws {
    let genome = Self.fasta(Self.large("1", 1) + Self.large("2", 2) + Self.large("3", 3))
    let failure = #expect(throws: StageFailure.self) {
      try run([genome], Self.positives, Self.matched.merging(parameters) { $1 })
    }
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
  }
}

/// A file that is kept in memory.
final class MemoryFile: ByteWriter {
  private var bytes: [UInt8] = []
  private let done: ([UInt8]) -> Void
  init(_ done: @escaping ([UInt8]) -> Void) { self.done = done }
  func write(_ more: UnsafeRawBufferPointer) { bytes += more }
  func close() { done(bytes) }
}
