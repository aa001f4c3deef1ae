import Artifacts
import Inputs
import Stages
@testable import Tables
import Testing

@testable import DataStages
@testable import TaskStages

/// Labels of letters by genes, from a genome and GFF.
@Suite struct CodonTests {
  private static let genome = MemoryArtifact(
    .sequences, ["": Array((">c\n" + TaskTests.sequence(1, 127) + "\n>d\nACGTACGTACNNNNNNNNNN\n").utf8)],
    format: "fasta")

  private static func gff(_ lines: [String]) -> MemoryArtifact {
    MemoryArtifact(.intervals, ["": Array(lines.map { $0 + "\n" }.joined().utf8)], format: "gff")
  }

  private static let genes = gff([
    "c\ts\tgene\t3\t8\t.\t+\t.\tID=g", "c\ts\tCDS\t3\t8\t.\t+\t0\tID=a", "c\ts\tCDS\t8\t13\t.\t-\t0\tID=b",
    "c\ts\ttRNA\t21\t23\t.\t+\t.\tID=t", "c\ts\tpseudogene\t26\t30\t.\t+\t.\tID=p",
    "c\ts\tCDS\t125\t130\t.\t+\t0\tID=o",
    "c\ts\tCDS\t42\t47\t.\t+\t0\tID=m",
  ])

  private func run(_ parameters: [String: Value] = [:], _ genes: MemoryArtifact = Self.genes) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(
      IntervalsStage.self,
      ["labels": .string("codons"), "length": .int(10), "test-share": .float(0.3)].merging(parameters) { $1 },
      ["genome": Self.genome, "intervals": genes])
    return run
  }

  private func rows(_ run: MemoryRun, _ file: String) -> [[String]] {
    let text = String(decoding: run.output("sequences", .labelledSequences).files[file] ?? [], as: UTF8.self)
    return text.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func `windows lie side by side and each letter has its class`() throws {
    let run = try run()
    let all = ["train.csv", "dev.csv", "test.csv"].flatMap { rows(run, $0) }
    #expect(all.count == 13)
    #expect(all.map { $0[0] }.prefix(2) == ["c:0-10(+)", "c:10-20(+)"] && all.last?[0] == "d:0-10(+)")
    #expect(all.prefix(12).map { $0[1] }.joined() == TaskTests.sequence(1, 127).prefix(120))
    #expect(all.map { $0[2] }.joined().prefix(50) == "NN12312354654NNNNNNNTTTNNPPPPPNNNNNNNNNNN123123NNN")
    #expect(all.last?[2] == "NNNNNNNNNN")
    let view = try ArtifactView(run.output("sequences", .labelledSequences))
    let left = try #require(view.tables.last).rows
    #expect(
      left == [
        ["outside of its record", "1", "c:124-130(+)"], ["too many N", "1", "d:10-20(+)"],
        ["of another type than CDS, RNA and pseudogene", "1", "c:2-8(+)"],
        ["letters behind the last window of a record", "7", "c:120-127(.)"],
        ["letters of coding sequences of both strands, of which the first counts", "1", "c:7"],
      ], "\(left)")
    let letters = try #require(view.tables.dropLast().last).rows
    #expect(letters.contains(["T", "3", "0", "0"]), "\(letters)")
    #expect(run.warnings.count == 1 && run.warnings[0].hasPrefix("left out: "), "\(run.warnings)")
  }

  @Test func `the task is one of letters, measured by the MCC`() throws {
    let made = try run(["length": .int(20), "max-unknown": .float(1)]).output("sequences", .labelledSequences)
    var tables: [String: [UInt8]] = [:]
    let facts = try TaskTables.write(made, { name in MemoryFile { tables[name] = $0 } }, { _ in })
    #expect(facts["labels"] == "letters" && facts["metric"] == "mcc")
  }

  @Test func `parameters of windows on intervals are refused`() throws {
    for parameters in [["center": Value.string("start")], ["label": .string("name")], ["ratio": .float(2)]] {
      let failure = #expect(throws: StageFailure.self) { try run(parameters) }
      #expect(failure?.message.contains("they lie side by side") == true)
    }
    let bed = MemoryArtifact(.intervals, ["": Array("c\t3\t8\n".utf8)], format: "bed")
    #expect(throws: StageFailure.self) { try run([:], bed) }
  }
}
